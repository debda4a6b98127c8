# rfc: 7162 §3.1.2
# The mailbox's highest modseq grows by an expunge.
mail <<one flags=\Deleted
mail <<one
1 login ann
C: e ENABLE CONDSTORE
S: * ENABLED CONDSTORE
S: e OK ...
C: s SELECT INBOX
S: * OK [HIGHESTMODSEQ $m] ...
S* * ...
S: s OK ...
C: a EXPUNGE
S: * 1 EXPUNGE
S: a OK [HIGHESTMODSEQ $n] ...
assert $n > $m
C: b STATUS INBOX (HIGHESTMODSEQ)
S: * STATUS INBOX (HIGHESTMODSEQ $n)
S: b OK ...
== one
From: Bela <bela@example.org>
Subject: one

hello
