# rfc: 5465, 2177: who has another's mailbox selected is told of it at once, and of the own mailboxes with the next command
mail <<one
1 login ann
2 login bela
1 C: a SETACL INBOX bela@example.org lrs
1 S: a OK ...
2 C: a NOTIFY SET (SELECTED (MessageNew MessageExpunge FlagChange)) (PERSONAL (MessageNew MessageExpunge))
2 S: a OK ...
2 C: b SELECT "Other Users/ann@example.org/INBOX"
2 S* * ...
2 S: b OK ...

# Another's mailbox, as it happens; the others of that user never.
mail <<one
2 S: * 2 EXISTS
2 S* * 0 RECENT
mail <<one mailbox=Archive
2 S!
1 C: b SELECT INBOX
1 S* * ...
1 S: b OK ...
1 C: c STORE 1 +FLAGS.SILENT (\Deleted)
1 S: c OK ...
2 S: * 1 FETCH (UID 1 FLAGS (\Deleted))

# The own ones.
mail <<one to=bela
2 C: c NOOP
2 S: * STATUS INBOX (...)
2 S: c OK ...
1 C: d EXPUNGE
1 S: * 1 EXPUNGE
1 S: d OK ...
2 S: * 1 EXPUNGE

# POP3 and LMTP know one's own mailboxes alone.
3 connect pop3
3 login bela
3 C: STAT
3 S: +OK 1 ...
== one
Subject: one

hello
