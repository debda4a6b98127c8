# rfc: 8474 §5.1
mail <<one
mail <<one
1 login ann
C: e ENABLE IMAP4rev2
S: * ENABLED IMAP4rev2
S: e OK ...
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...

# The id stays over COPY and MOVE, and differs between messages.
C: a FETCH 1:2 (EMAILID)
S: * 1 FETCH (EMAILID ($x))
S: * 2 FETCH (EMAILID ($y))
S: a OK ...
C: b MOVE 1 Archive
S> * OK [COPYUID ...] ...
S> * 1 EXPUNGE
S: b OK ...
C: c SEARCH EMAILID $y
S: * ESEARCH (TAG "c") ALL 1
S: c OK ...
C: d SELECT Archive
S* * ...
S: d OK ...
C: e FETCH 1 (EMAILID THREADID)
S: * 1 FETCH (EMAILID ($x) THREADID ($t))
S: e OK ...
== one
From: Bela <bela@example.org>
Subject: one

hello
