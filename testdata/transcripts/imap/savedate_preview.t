# rfc: 8514 §4, 8970 §4
mail <<one date=760060800
1 login ann
C: e ENABLE IMAP4rev2
S: * ENABLED IMAP4rev2
S: e OK ...
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...

C: a FETCH 1 (SAVEDATE PREVIEW)
S: * 1 FETCH (SAVEDATE "15-Jan-2027 08:00:00 +0000" PREVIEW "hello")
S: a OK ...
C: b SEARCH SAVEDSINCE 15-Jan-2027
S: * ESEARCH (TAG "b") ALL 1
S: b OK ...
C: c SEARCH SAVEDBEFORE 15-Jan-2027
S: * ESEARCH (TAG "c")
S: c OK ...
== one
From: Bela <bela@example.org>
Subject: one

hello
