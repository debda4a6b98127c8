# rfc: 2177 §3
mail <<one
1 login ann
C: e ENABLE IMAP4rev2
S: * ENABLED IMAP4rev2
S: e OK ...
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...

2 login ann
2 C: e ENABLE IMAP4rev2
2 S: * ENABLED IMAP4rev2
2 S: e OK ...
2 C: s SELECT INBOX
2 S* * ...
2 S: s OK [READ-WRITE] ...

1 C: A002 IDLE
1 S: + idling
mail <<one
1 S: * 2 EXISTS
2 C: a NOOP
2 S: * 2 EXISTS
2 S: a OK ...
2 C: b STORE 1 +FLAGS (\Deleted)
2 S: * 1 FETCH (FLAGS (\Deleted)...)
2 S: b OK ...
1 S: * 1 FETCH (UID 1 FLAGS (\Deleted)...)
2 C: c EXPUNGE
2 S: * 1 EXPUNGE
2 S: c OK ...
1 S: * 1 EXPUNGE
1 C: DONE
1 S: A002 OK ...
1 C: A003 NOOP
1 S: A003 OK ...
== one
From: Bela <bela@example.org>
Subject: one

hello
