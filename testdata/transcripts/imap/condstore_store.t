# rfc: 7162 §3.1.3, §3.2.4
mail <<one
mail <<one
mail <<one
1 login ann

C: s SELECT INBOX (CONDSTORE)
S: * OK [HIGHESTMODSEQ $m] ...
S* * ...
S: s OK ...
C: a UID FETCH 1:3 (MODSEQ)
S: * 1 FETCH (UID 1 MODSEQ ($m1))
S: * 2 FETCH (UID 2 MODSEQ ($m2))
S: * 3 FETCH (UID 3 MODSEQ ($m3))
S: a OK ...
assert $m3 <= $m
C: b STORE 1 (UNCHANGEDSINCE $m) +FLAGS.SILENT (\Flagged)
S: * 1 FETCH (UID 1 MODSEQ ($n1))
S: b OK ...
assert $n1 > $m
C: c STORE 1:2 (UNCHANGEDSINCE $m) +FLAGS.SILENT (\Deleted)
S: * 1 FETCH (UID 1 FLAGS (\Flagged \Recent) MODSEQ ($n1))
S: * 2 FETCH (UID 2 MODSEQ ($n2))
S: c OK [MODIFIED 1] ...
assert $n2 > $n1
C: d FETCH 1:3 (FLAGS) (CHANGEDSINCE $m)
S: * 1 FETCH (FLAGS (\Flagged \Recent) MODSEQ ($n1))
S: * 2 FETCH (FLAGS (\Deleted \Recent) MODSEQ ($n2))
S: d OK ...
C: e SEARCH MODSEQ $n2
S: * SEARCH 2 (MODSEQ $n2)
S: e OK ...
C: f SEARCH MODSEQ 99999999
S: * SEARCH
S: f OK ...
C: g STORE 1 (UNCHANGEDSINCE 0) +FLAGS (\Seen)
S: * 1 FETCH (UID 1 FLAGS (\Flagged \Recent) MODSEQ ($n1))
S: g OK [MODIFIED 1] ...
C: h UID STORE 1 (UNCHANGEDSINCE $n1) +FLAGS (\Seen)
S: * 1 FETCH (UID 1 FLAGS (\Seen \Flagged \Recent) MODSEQ ($o1))
S: h OK ...
assert $o1 > $n2
C: i STATUS INBOX (HIGHESTMODSEQ)
S: * STATUS INBOX (HIGHESTMODSEQ $o1)
S: i OK ...
== one
From: Bela <bela@example.org>
Subject: one

hello
