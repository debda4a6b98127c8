# rfc: 5530 §3
mail <<one
mail <<one
1 login ann
C: e ENABLE IMAP4rev2
S: * ENABLED IMAP4rev2
S: e OK ...
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...

# Reads fail: NO, no half reply, and the session goes on.
fail-store 1 later
C: a FETCH 1:2 BODY.PEEK[]
S: a NO [UNAVAILABLE] ...
C: b SEARCH BODY hello
S: b NO [UNAVAILABLE] ...
heal
C: c FETCH 1 BODY.PEEK[]
S: * 1 FETCH (BODY[] {<<one})
S: c OK ...
C: d SEARCH BODY hello
S: * ESEARCH (TAG "d") ALL 1:2
S: d OK ...
== one
From: Bela <bela@example.org>
Subject: one

hello
