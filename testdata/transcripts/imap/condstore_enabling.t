# rfc: 7162 §3.1
mail <<one

# The first one is answered by HIGHESTMODSEQ. After a CONDSTORE enabling command all FETCH replies have MODSEQ, those nobody asked for, too.
1 login ann
2 login ann
1 C: s SELECT INBOX
1 S* * ...
1 S: s OK [READ-WRITE] ...
2 C: s SELECT INBOX
2 S* * ...
2 S: s OK [READ-WRITE] ...

1 C: a FETCH 1 (FLAGS MODSEQ)
1 S: * OK [HIGHESTMODSEQ $m] ...
1 S: * 1 FETCH (FLAGS (\Recent) MODSEQ ($m))
1 S: a OK ...
2 C: b STORE 1 +FLAGS.SILENT (\Seen)
2 S: b OK ...
1 C: c NOOP
1 S: * 1 FETCH (UID 1 FLAGS (\Seen \Recent) MODSEQ ($n))
1 S: c OK ...
assert $n > $m
2 C: d STORE 1 -FLAGS (\Seen)
2 S: * 1 FETCH (FLAGS ())
2 S: d OK ...
== one
From: Bela <bela@example.org>
Subject: one

hello
