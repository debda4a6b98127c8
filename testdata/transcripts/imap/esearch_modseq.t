# rfc: 7162 §3.1.10
mail <<one
mail <<one
mail <<one
1 login ann
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...

C: z FETCH 3 MODSEQ
S: * OK [HIGHESTMODSEQ $m] ...
S: * 3 FETCH (MODSEQ ($m))
S: z OK ...
C: a SEARCH RETURN (ALL) MODSEQ 1
S: * ESEARCH (TAG "a") ALL 1:3 MODSEQ $m
S: a OK ...
C: b SEARCH RETURN (MIN) MODSEQ "/flags/\\draft" all 1
S: * ESEARCH (TAG "b") MIN 1 MODSEQ $k
S: b OK ...
assert $k < $m
== one
From: Bela <bela@example.org>
Subject: one

hello
