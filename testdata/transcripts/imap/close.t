# rfc: 9051 §6.4.1
mail <<one flags=\Deleted
mail <<one
1 login ann
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...

C: A341 CLOSE
S: A341 OK ...
C: a FETCH 1 FLAGS
S: a BAD ...
C: b STATUS INBOX (MESSAGES)
S: * STATUS INBOX (MESSAGES 1)
S: b OK ...
== one
From: Bela <bela@example.org>
Subject: one

hello
