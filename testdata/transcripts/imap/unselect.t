# rfc: 3691 §2
mail <<one flags=\Deleted
mail <<one
1 login ann
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...

C: A341 UNSELECT
S: A341 OK ...
C: a FETCH 1 FLAGS
S: a BAD ...
C: b STATUS INBOX (MESSAGES)
S: * STATUS INBOX (MESSAGES 2)
S: b OK ...
C: c UNSELECT
S: c BAD ...
== one
From: Bela <bela@example.org>
Subject: one

hello
