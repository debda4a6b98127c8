# rfc: 9051 §6.4.6
mail <<one
mail <<one
mail <<one
mail <<one
1 login ann
C: e ENABLE IMAP4rev2
S: * ENABLED IMAP4rev2
S: e OK ...
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...

C: A003 STORE 2:4 +FLAGS (\Deleted)
S: * 2 FETCH (FLAGS (\Deleted))
S: * 3 FETCH (FLAGS (\Deleted))
S: * 4 FETCH (FLAGS (\Deleted))
S: A003 OK ...
C: a STORE 2 FLAGS.SILENT (\Seen)
S: a OK ...
C: b STORE 2 -FLAGS (\Seen \Flagged)
S: * 2 FETCH (FLAGS ())
S: b OK ...
C: c STORE 2 +FLAGS \Seen
S: * 2 FETCH (FLAGS (\Seen))
S: c OK ...
C: d STORE 2 +FLAGS (\Unheard)
S: d NO [CANNOT] ...
C: e STORE 1 +FLAGS ($$Forwarded)
S: * FLAGS (... $$Forwarded)
S: * OK [PERMANENTFLAGS (... $$Forwarded \*)] ...
S: * 1 FETCH (FLAGS ($$Forwarded))
S: e OK ...
C: f STORE 1 -FLAGS ($$forwarded)
S: * 1 FETCH (FLAGS ())
S: f OK ...
C: g UID STORE 99 +FLAGS (\Seen)
S: g OK ...
C: h UID STORE 2:3 +FLAGS (\Flagged)
S: * 2 FETCH (UID 2 FLAGS (\Seen \Flagged))
S: * 3 FETCH (UID 3 FLAGS (\Flagged \Deleted))
S: h OK ...
C: i STORE 9 +FLAGS (\Seen)
S: i BAD ...
C: j STORE 1 FLAGS ()
S: * 1 FETCH (FLAGS ())
S: j OK ...
C: k STORE 1 COLOUR (red)
S: k BAD ...
== one
From: Bela <bela@example.org>
Subject: one

hello
