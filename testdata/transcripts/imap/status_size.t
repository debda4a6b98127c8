# rfc: 8438 §3
mail <<one
mail <<one
1 login ann
C: e ENABLE IMAP4rev2
S: * ENABLED IMAP4rev2
S: e OK ...
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...

C: a FETCH 1:2 RFC822.SIZE
S: * 1 FETCH (RFC822.SIZE $n)
S: * 2 FETCH (RFC822.SIZE $n)
S: a OK ...
C: b STATUS INBOX (MESSAGES SIZE)
S: * STATUS INBOX (MESSAGES 2 SIZE 108)
S: b OK ...
assert $n == 54
== one
From: Bela <bela@example.org>
Subject: one

hello
