# rfc: 9051 §5.2
1 login ann
2 login ann
1 C: e ENABLE IMAP4rev2
1 S: * ENABLED IMAP4rev2
1 S: e OK ...
2 C: e ENABLE IMAP4rev2
2 S: * ENABLED IMAP4rev2
2 S: e OK ...
1 C: s SELECT INBOX
1 S* * ...
1 S: s OK [READ-WRITE] ...
2 C: s SELECT INBOX
2 S* * ...
2 S: s OK [READ-WRITE] ...

mail <<one
1 C: a NOOP
1 S: * 1 EXISTS
1 S: a OK ...
2 C: b FETCH 1 UID
2 S? * 1 EXISTS
2 S: b BAD ...
2 C: c NOOP
2 S? * 1 EXISTS
2 S: c OK ...
2 C: d FETCH 1 UID
2 S: * 1 FETCH (UID 1)
2 S: d OK ...
== one
From: Bela <bela@example.org>
Subject: one

hello
