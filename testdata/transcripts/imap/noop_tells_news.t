# rfc: 9051 §6.1.2
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

mail <<one
2 login ann
2 C: e ENABLE IMAP4rev2
2 S: * ENABLED IMAP4rev2
2 S: e OK ...
2 C: s SELECT INBOX
2 S* * ...
2 S: s OK [READ-WRITE] ...

2 C: x STORE 2 +FLAGS.SILENT (\Deleted)
2 S: x OK ...
2 C: y EXPUNGE
2 S: * 2 EXPUNGE
2 S: y OK ...
2 C: z STORE 1 +FLAGS.SILENT (\Flagged)
2 S: z OK ...
1 C: a047 NOOP
1 S> * 2 EXPUNGE
1 S> * 3 EXISTS
1 S: * 1 FETCH (UID 1 FLAGS (\Flagged)...)
1 S: a047 OK ...
1 C: b NOOP
1 S: b OK ...
== one
From: Bela <bela@example.org>
Subject: one

hello
