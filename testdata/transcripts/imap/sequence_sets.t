# rfc: 9051 §9
mail <<one
mail <<one
mail <<one
mail <<one
mail <<one
1 login ann
C: e ENABLE IMAP4rev2
S: * ENABLED IMAP4rev2
S: e OK ...
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...

C: a FETCH 4:2 UID
S: * 2 FETCH (UID 2)
S: * 3 FETCH (UID 3)
S: * 4 FETCH (UID 4)
S: a OK ...
C: b FETCH *:4,1 UID
S: * 1 FETCH (UID 1)
S: * 4 FETCH (UID 4)
S: * 5 FETCH (UID 5)
S: b OK ...
C: c FETCH 1,1,1:1 UID
S: * 1 FETCH (UID 1)
S: c OK ...
C: d FETCH 1:9 UID
S: d BAD ...
C: e UID FETCH 9:3 UID
S: * 3 FETCH (UID 3)
S: * 4 FETCH (UID 4)
S: * 5 FETCH (UID 5)
S: e OK ...
C: f FETCH 1: UID
S: f BAD ...
C: g FETCH ,1 UID
S: g BAD ...
C: h UID FETCH 4294967296 UID
S: h BAD ...
C: i UID FETCH 4294967295 UID
S: i OK ...
C: j UID FETCH 0:1 UID
S: j BAD ...
== one
From: Bela <bela@example.org>
Subject: one

hello
