# rfc: 7162 §3.2.7, §3.2.8, §6
# VANISHED stands for EXPUNGE; where it must wait, HIGHESTMODSEQ is held back.
mail <<one
mail <<one
mail <<one
mail <<one
1 login ann
2 login ann
1 C: a ENABLE QRESYNC
1 S: * ENABLED QRESYNC
1 S: a OK ...
1 C: b SELECT INBOX
1 S: * OK [HIGHESTMODSEQ $m] ...
1 S* * ...
1 S: b OK [READ-WRITE] ...
2 C: b SELECT INBOX
2 S* * ...
2 S: b OK [READ-WRITE] ...

2 C: c STORE 4 +FLAGS.SILENT (\Deleted)
2 S: c OK ...
2 C: d EXPUNGE
2 S: * 4 EXPUNGE
2 S: d OK ...
1 C: e STORE 1 +FLAGS.SILENT (\Seen)
1 S: * 1 FETCH (UID 1 MODSEQ ($n))
1 S: * OK [HIGHESTMODSEQ $h] ...
1 S: e OK ...
assert $n > $h
assert $h >= $m
1 C: f NOOP
1 S: * VANISHED 4
1 S: f OK ...
1 C: g UID STORE 1:2 +FLAGS.SILENT (\Deleted)
1 S: * 1 FETCH (UID 1 MODSEQ ($k))
1 S: * 2 FETCH (UID 2 MODSEQ ($k))
1 S: g OK ...
1 C: h EXPUNGE
1 S: * VANISHED 1:2
1 S: h OK [HIGHESTMODSEQ $x] ...
assert $x > $k
1 C: i STORE 1 +FLAGS.SILENT (\Deleted)
1 S: * 1 FETCH (UID 3 MODSEQ ($y))
1 S: i OK ...
1 C: j CLOSE
1 S: j OK Done
== one
From: Bela <bela@example.org>
Subject: one

hello
