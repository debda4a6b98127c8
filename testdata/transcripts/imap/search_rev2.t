# rfc: 9051 §7.3.4
# With IMAP4rev2 SEARCH is answered by ESEARCH, also without RETURN.
mail <<one
mail <<one flags=\Seen
mail <<one
1 login ann
C: e ENABLE IMAP4rev2
S: * ENABLED IMAP4rev2
S: e OK ...
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...

C: a SEARCH UNSEEN
S: * ESEARCH (TAG "a") ALL 1,3
S: a OK ...
C: b UID SEARCH ALL
S: * ESEARCH (TAG "b") UID ALL 1:3
S: b OK ...
C: c SEARCH FLAGGED
S: * ESEARCH (TAG "c")
S: c OK ...
== one
From: Bela <bela@example.org>
Subject: one

hello
