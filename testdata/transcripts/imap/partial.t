# rfc: 9394 §3.1, §3.3, §3.4
mail <<one
mail <<one
mail <<one
mail <<one
mail <<one
mail <<one
mail <<one
mail <<one
1 login ann
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...
C: t UID STORE 3,5 +FLAGS.SILENT (\Deleted)
S: t OK ...
# Six results: 1, 2, 4, 6, 7, 8.
C: A01 UID SEARCH RETURN (PARTIAL -1:-3) UNDELETED UNKEYWORD $$Junk
S: * ESEARCH (TAG "A01") UID PARTIAL (-1:-3 6:8)
S: A01 OK ...
C: A02 UID SEARCH RETURN (PARTIAL 5:9) UNDELETED UNKEYWORD $$Junk
C: A03 UID SEARCH RETURN (PARTIAL 1:3) UNDELETED UNKEYWORD $$Junk
C: A04 UID SEARCH RETURN (PARTIAL 7:12) UNDELETED UNKEYWORD $$Junk
S: * ESEARCH (TAG "A02") UID PARTIAL (5:9 7:8)
S: A02 OK ...
S: * ESEARCH (TAG "A03") UID PARTIAL (1:3 1:2,4)
S: A03 OK ...
S: * ESEARCH (TAG "A04") UID PARTIAL (7:12 NIL)
S: A04 OK ...
# §3.3: the last three, the first two.
C: 10 UID FETCH 2:7 (UID FLAGS) (PARTIAL -1:-3)
S: * 5 FETCH (UID 5 FLAGS (\Deleted \Recent))
S: * 6 FETCH (UID 6 FLAGS (\Recent))
S: * 7 FETCH (UID 7 FLAGS (\Recent))
S: 10 OK ...
C: 11 UID FETCH 2:7 (UID FLAGS) (PARTIAL 1:2)
S: * 2 FETCH (UID 2 FLAGS (\Recent))
S: * 3 FETCH (UID 3 FLAGS (\Deleted \Recent))
S: 11 OK ...
# §3.4: the last two, and of these what has changed.
C: 12 STATUS INBOX (HIGHESTMODSEQ)
S: * STATUS INBOX (HIGHESTMODSEQ $m)
S: * OK [HIGHESTMODSEQ $m] ...
S: 12 OK ...
C: 13 UID STORE 1,6 +FLAGS.SILENT (\Seen)
S: * 1 FETCH (UID 1 MODSEQ ($n))
S: * 6 FETCH (UID 6 MODSEQ ($n))
S: 13 OK ...
C: 101 UID FETCH 1:7 (UID FLAGS) (PARTIAL -1:-2 CHANGEDSINCE $m)
S: * 6 FETCH (UID 6 FLAGS (\Seen \Recent) MODSEQ ($n))
S: 101 OK ...
C: 102 UID FETCH 1:7 (UID FLAGS) (CHANGEDSINCE $m PARTIAL -1:-2)
S: * 6 FETCH (UID 6 FLAGS (\Seen \Recent) MODSEQ ($n))
S: 102 OK ...
== one
Subject: one

x
