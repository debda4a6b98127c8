# rfc: 9051 §5.5
mail <<one
mail <<one
mail <<one
1 login ann
C: e ENABLE IMAP4rev2
S: * ENABLED IMAP4rev2
S: e OK ...

C: a SELECT INBOX
C: b FETCH 1 UID
C: c STORE 1 +FLAGS (\Deleted)
C: d EXPUNGE
C: e FETCH 1 UID
C: f SEARCH ALL
C: g CLOSE
C: h NOOP
S* * ...
S: a OK ...
S: * 1 FETCH (UID 1)
S: b OK ...
S: * 1 FETCH (FLAGS (\Deleted))
S: c OK ...
S: * 1 EXPUNGE
S: d OK ...
S: * 1 FETCH (UID 2)
S: e OK ...
S: * ESEARCH (TAG "f") ALL 1:2
S: f OK ...
S: g OK ...
S: h OK ...
== one
From: Bela <bela@example.org>
Subject: one

hello
