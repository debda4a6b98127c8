# rfc: 5465 §5.4, §5.5
1 login ann
2 login ann
1 C: a NOTIFY SET (PERSONAL (MailboxName SubscriptionChange MessageNew MessageExpunge))
1 S: a OK ...
2 C: a CREATE NewMailbox
2 S: a OK ...
1 S: * LIST (\Subscribed \HasNoChildren) "/" NewMailbox
2 C: b UNSUBSCRIBE NewMailbox
2 S: b OK ...
1 S: * LIST (\HasNoChildren) "/" NewMailbox
2 C: c SUBSCRIBE NewMailbox
2 S: c OK ...
1 S: * LIST (\Subscribed \HasNoChildren) "/" NewMailbox
2 C: d RENAME NewMailbox Newer
2 S: d OK ...
1 S: * LIST (\Subscribed \HasNoChildren) "/" Newer ("OLDNAME" (NewMailbox))
# The parent of what came or went is affected; children of what was renamed follow without a word.
2 C: e CREATE Newer/Child
2 S: e OK ...
1 S: * LIST (\Subscribed \HasNoChildren) "/" Newer/Child
1 S: * LIST (\Subscribed \HasChildren) "/" Newer
2 C: f RENAME Newer Newest
2 S: f OK ...
1 S: * LIST (\Subscribed \HasChildren) "/" Newest ("OLDNAME" (Newer))
2 C: g UNSUBSCRIBE Newest
2 S: g OK ...
1 S: * LIST (\HasChildren) "/" Newest
2 C: h DELETE Newest/Child
2 S: h OK ...
1 S: * LIST (\NonExistent \Subscribed \HasNoChildren) "/" Newest/Child
1 S: * LIST (\HasNoChildren) "/" Newest
2 C: i DELETE Newest
2 S: i OK ...
1 S: * LIST (\NonExistent \HasNoChildren) "/" Newest
# A subscription to what is not there.
2 C: j SUBSCRIBE never/there
2 S: j OK ...
1 S: * LIST (\NonExistent \Subscribed \HasNoChildren) "/" never/there
# INBOX is emptied; no event for it (§5.4), but for what takes its messages.
mail <<one
1 S: * STATUS INBOX (UIDNEXT 2 MESSAGES 1)
2 C: k RENAME INBOX old
2 S: k OK ...
1 S: * LIST (\Subscribed \HasNoChildren) "/" old
1 S: * STATUS old (UIDNEXT 2 MESSAGES 1)
1 S: * STATUS INBOX (UIDNEXT 2 MESSAGES 0)

# §5: what this client does itself is no news.
1 C: l CREATE mine
1 S: l OK ...
1 C: m SUBSCRIBE mine
1 S: m OK ...
1 C: n RENAME mine yours
1 S: n OK ...
1 C: o APPEND yours {<<one}
1 S: o OK [APPENDUID ...] ...
1 C: p DELETE yours
1 S: p OK ...
1 C: q NOOP
1 S: q OK ...

# Only what was asked for; names of mailboxes, patterns they are not (§6.6).
1 C: r NOTIFY SET (MAILBOXES ("X*" X) (MailboxName)) (SUBSCRIBED (MessageNew MessageExpunge)) (SUBTREE-ONE T (MailboxName))
1 S: r OK ...
2 C: s CREATE XY
2 S: s OK ...
2 C: t CREATE X
2 S: t OK ...
1 S: * LIST (\Subscribed \HasNoChildren) "/" X
2 C: u CREATE T/a/b
2 S: u OK ...
1 S: * LIST (\Subscribed \HasChildren) "/" T
1 S: * LIST (\Subscribed \HasChildren) "/" T/a
# §6.4: the list of subscriptions is looked at anew.
2 C: v UNSUBSCRIBE XY
2 S: v OK ...
mail <<one mailbox=XY
1 S!
2 C: w SUBSCRIBE XY
2 S: w OK ...
mail <<one mailbox=XY
1 S: * STATUS XY (UIDNEXT 3 MESSAGES 2)
== one
Subject: one

x
