# rfc: 9051 §2.3.2
mail <<one
mail <<one
1 login ann
C: e ENABLE IMAP4rev2
S: * ENABLED IMAP4rev2
S: e OK ...
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...

C: a STORE 1 +FLAGS.SILENT (\Flagged $$Junk)
S: * FLAGS (... $$Junk)
S: * OK [PERMANENTFLAGS (... $$Junk \*)] ...
S: a OK ...
C: b STORE 2 +FLAGS.SILENT (\Deleted)
S: b OK ...
C: c EXPUNGE
S: * 2 EXPUNGE
S: c OK ...
restart
1 login ann
C: e ENABLE IMAP4rev2
S: * ENABLED IMAP4rev2
S: e OK ...
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...

C: d UID FETCH 1:* FLAGS
S: * 1 FETCH (UID 1 FLAGS (\Flagged $$Junk))
S: d OK ...
C: e STATUS INBOX (UIDNEXT)
S: * STATUS INBOX (UIDNEXT 3)
S: e OK ...
== one
From: Bela <bela@example.org>
Subject: one

hello
