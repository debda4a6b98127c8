# rfc: 7162 §3.1.3, examples 3 to 8; §3.1.4.1, example 13; §3.1.5, examples 15 and 16; §3.1.9
mail <<one
mail <<one
mail <<one
mail <<one
mail <<one
1 login ann
C: x SELECT INBOX
S: * OK [HIGHESTMODSEQ $m] ...
S* * ...
S: x OK ...
2 login ann
2 C: x SELECT INBOX
2 S* * ...
2 S: x OK ...
# Examples 3 and 5: all pass; the first of these commands is answered by HIGHESTMODSEQ.
C: a103 UID STORE 3,1,4 (UNCHANGEDSINCE $m) +FLAGS.SILENT (\Deleted)
S: * OK [HIGHESTMODSEQ $m] ...
S: * 1 FETCH (UID 1 MODSEQ ($n))
S: * 3 FETCH (UID 3 MODSEQ ($n3))
S: * 4 FETCH (UID 4 MODSEQ ($n4))
S: a103 OK ...
# Example 4: "*", and a keyword that is new.
C: a104 STORE * (UNCHANGEDSINCE $m) +FLAGS.SILENT (\Deleted $$Processed)
S* * FLAGS ...
S* * OK [PERMANENTFLAGS ...
S: * 5 FETCH (UID 5 MODSEQ ($p))
S: a104 OK ...
assert $p > $n
# Examples 6 and 7: those that fail are all named, and told as they are.
C: d105 STORE 3,2,5 (UNCHANGEDSINCE $m) +FLAGS.SILENT (\Seen)
S: * 3 FETCH (UID 3 FLAGS (\Deleted...) MODSEQ ($n3))
S: * 2 FETCH (UID 2 MODSEQ ($q))
S: * 5 FETCH (UID 5 FLAGS (\Deleted $$Processed...) MODSEQ ($p))
S: d105 OK [MODIFIED 3,5] ...
# Example 8: 0 never passes.
C: a102 STORE 2 (UNCHANGEDSINCE 0) +FLAGS.SILENT ($$MDNSent)
S: * 2 FETCH (UID 2 FLAGS (\Seen...) MODSEQ ($q))
S: a102 OK [MODIFIED 2] ...
# Example 13
C: s100 UID FETCH 1:* (FLAGS) (CHANGEDSINCE $n)
S: * 2 FETCH (UID 2 FLAGS (\Seen...) MODSEQ ($q))
S: * 5 FETCH (UID 5 FLAGS (\Deleted $$Processed...) MODSEQ ($p))
S: s100 OK ...
# Examples 15 and 16; of SORT as of SEARCH (§3.1.9), and THREAD as ever.
C: a SEARCH MODSEQ "/flags/\\draft" all $p
S: * SEARCH 2 5 (MODSEQ $q)
S: a OK ...
C: t SEARCH OR NOT MODSEQ 1 LARGER 50000
S: * SEARCH
S: t OK ...
C: u SORT (REVERSE ARRIVAL ARRIVAL) UTF-8 MODSEQ $p
S/ \* SORT (2 5|5 2) \(MODSEQ [0-9]+\)
S: u OK ...
C: v SORT (DATE) UTF-8 MODSEQ ${q+1}
S: * SORT
S: v OK ...
C: w THREAD ORDEREDSUBJECT UTF-8 MODSEQ $q
S: * THREAD (2)
S: w OK ...
# Example 18: HIGHESTMODSEQ of STATUS, in whatever order.
C: A042 STATUS INBOX (UIDNEXT MESSAGES HIGHESTMODSEQ)
S: * STATUS INBOX (UIDNEXT 6 MESSAGES 5 HIGHESTMODSEQ $q)
S: A042 OK ...
# Example 14: others are told the flags, and no MODSEQ that they did not ask for.
2 C: C180 NOOP
2 S* * FLAGS ...
2 S* * OK [PERMANENTFLAGS ...
2 S: * 1 FETCH (FLAGS (\Deleted))
2 S: * 2 FETCH (FLAGS (\Seen))
2 S: * 3 FETCH (FLAGS (\Deleted))
2 S: * 4 FETCH (FLAGS (\Deleted))
2 S: * 5 FETCH (FLAGS (\Deleted $$Processed))
2 S: C180 OK ...
== one
Subject: one

x
