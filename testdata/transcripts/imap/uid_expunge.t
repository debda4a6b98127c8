# rfc: 4315 §2.1
mail <<one flags=\Deleted
mail <<one flags=\Deleted
mail <<one flags=\Deleted
mail <<one flags=\Deleted
mail <<one
1 login ann
C: e ENABLE IMAP4rev2
S: * ENABLED IMAP4rev2
S: e OK ...
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...

C: A003 UID EXPUNGE 2:3,5
S> * 3 EXPUNGE
S> * 2 EXPUNGE
S: A003 OK ...
C: a UID FETCH 1:* (FLAGS)
S: * 1 FETCH (UID 1 FLAGS (\Deleted))
S: * 2 FETCH (UID 4 FLAGS (\Deleted))
S: * 3 FETCH (UID 5 FLAGS ())
S: a OK ...
C: b UID EXPUNGE 100:200
S: b OK ...
C: c UID EXPUNGE
S: c BAD ...
== one
From: Bela <bela@example.org>
Subject: one

hello
