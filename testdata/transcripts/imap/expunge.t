# rfc: 9051 §6.4.3
# The section expunges from the front (3, 3, 5, 8); from the end the numbers need no shifting.
mail <<one
mail <<one
mail <<one flags=\Deleted
mail <<one flags=\Deleted
mail <<one
mail <<one
mail <<one flags=\Deleted
mail <<one
mail <<one
mail <<one
mail <<one flags=\Deleted
1 login ann
C: e ENABLE IMAP4rev2
S: * ENABLED IMAP4rev2
S: e OK ...
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...

C: A202 EXPUNGE
S> * 11 EXPUNGE
S> * 7 EXPUNGE
S> * 4 EXPUNGE
S> * 3 EXPUNGE
S: A202 OK ...
C: A203 FETCH 7 UID
S: * 7 FETCH (UID 10)
S: A203 OK ...
C: A204 FETCH 8 UID
S: A204 BAD ...
C: A205 EXPUNGE
S: A205 OK ...
== one
From: Bela <bela@example.org>
Subject: one

hello
