# rfc: 5465 §3.1
# The example; with MessageExpunge, as §5 demands it.
1 login ann
C: x CREATE Lists/Lemonade
S: x OK ...
C: y CREATE Lists/Im2000
S: y OK ...
mail <<morning to=ann mailbox=Lists/Lemonade
C: b notify set status (selected MessageNew (uid body.peek[header.fields (from to subject)]) MessageExpunge) (subtree Lists (MessageNew MessageExpunge))
S: * STATUS Lists (MESSAGES 0 UIDNEXT 1 UIDVALIDITY $l)
S: * STATUS Lists/Lemonade (MESSAGES 1 UIDNEXT 2 UIDVALIDITY $v)
S: * STATUS Lists/Im2000 (MESSAGES 0 UIDNEXT 1 UIDVALIDITY $w)
S: b OK ...
C: c select inbox
S* * ...
S: c OK [READ-WRITE] ...
# No command is in progress from here on.
mail <<morning mailbox=Lists/Lemonade
S: * STATUS Lists/Lemonade (UIDNEXT 3 MESSAGES 2)
mail <<morning
S> * 1 EXISTS
S> * 1 RECENT
S> * 1 FETCH (UID 1 BODY[HEADER.FIELDS (from to subject)] {<<header})
# Not asked for.
mail <<morning mailbox=Archive
S!

C: d STATUS Archive (UIDVALIDITY UIDNEXT MESSAGES)
S: * STATUS Archive (UIDVALIDITY $u UIDNEXT 2 MESSAGES 1)
S: d OK ...
C: e notify set (selected MessageNew (uid body.peek[header.fields (from to subject)]) MessageExpunge) (subtree Lists (MessageNew MessageExpunge)) (mailboxes Archive (MessageNew MessageExpunge))
S: e OK ...
mail <<morning mailbox=Archive
S: * STATUS Archive (UIDNEXT 3 MESSAGES 2)

# §5.3: others expunge.
2 login ann
2 C: a SELECT INBOX
2 S* * ...
2 S: a OK ...
2 C: b STORE 1 +FLAGS.SILENT (\Deleted)
2 S: b OK ...
# FlagChange was not asked for.
1 S!
2 C: c EXPUNGE
2 S: * 1 EXPUNGE
2 S: c OK ...
1 S: * 1 EXPUNGE
2 C: d SELECT Archive
2 S* * ...
2 S: d OK ...
2 C: e STORE 1 +FLAGS.SILENT (\Deleted)
2 S: e OK ...
2 C: f EXPUNGE
2 S: * 1 EXPUNGE
2 S: f OK ...
1 S: * STATUS Archive (UIDNEXT 3 MESSAGES 1)

# §4: IDLE tells the same.
1 C: g IDLE
1 S: + idling
mail <<morning mailbox=Lists/Im2000
1 S: * STATUS Lists/Im2000 (UIDNEXT 2 MESSAGES 1)
1 C: DONE
1 S: g OK ...
== morning
Subject: Re: good morning
From: alice@example.org
To: bob@example.org

Good morning
== header escaped
Subject: Re: good morning\r\nFrom: alice@example.org\r\nTo: bob@example.org\r\n\r\n
