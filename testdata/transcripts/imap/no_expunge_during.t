# rfc: 9051 §7.5.1
mail <<one
mail <<one
mail <<one
mail <<one
1 login ann
2 login ann
1 C: e ENABLE IMAP4rev2
1 S: * ENABLED IMAP4rev2
1 S: e OK ...
2 C: e ENABLE IMAP4rev2
2 S: * ENABLED IMAP4rev2
2 S: e OK ...
1 C: s SELECT INBOX
1 S* * ...
1 S: s OK [READ-WRITE] ...
2 C: s SELECT INBOX
2 S* * ...
2 S: s OK [READ-WRITE] ...

# No EXPUNGE in the reply to FETCH, STORE or SEARCH; it comes with the next command that allows it.
2 C: a STORE 2 +FLAGS.SILENT (\Deleted)
2 S: a OK ...
2 C: b EXPUNGE
2 S: * 2 EXPUNGE
2 S: b OK ...
1 C: c FETCH 3 UID
1 S: * 3 FETCH (UID 3)
1 S: c OK ...
1 C: d STORE 4 +FLAGS (\Seen)
1 S: * 4 FETCH (FLAGS (\Seen))
1 S: d OK ...
1 C: e SEARCH ALL
1 S: * ESEARCH (TAG "e") ALL 1,3:4
1 S: e OK ...
1 C: f FETCH 1:4 UID
1 S: * 1 FETCH (UID 1)
1 S: * 3 FETCH (UID 3)
1 S: * 4 FETCH (UID 4)
1 S: f OK [EXPUNGEISSUED] ...
1 C: g UID FETCH 3 FLAGS
1 S: * 3 FETCH (UID 3 FLAGS ())
1 S> * 2 EXPUNGE
1 S: g OK ...
1 C: h FETCH 3 UID
1 S: * 3 FETCH (UID 4)
1 S: h OK ...
== one
From: Bela <bela@example.org>
Subject: one

hello
