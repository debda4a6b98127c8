# rfc: 9051 §7.4.1
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

# Gone and arrived between two commands: EXISTS never tells a number that EXPUNGE has yet to take down.
2 C: a STORE 1,3 +FLAGS.SILENT (\Deleted)
2 S: a OK ...
2 C: b EXPUNGE
2 S> * 3 EXPUNGE
2 S> * 1 EXPUNGE
2 S: b OK ...
mail <<one
mail <<one
1 C: c FETCH 2 UID
1 S: * 2 FETCH (UID 2)
1 S> * 5 EXISTS
1 S: c OK ...
1 C: d NOOP
1 S> * 3 EXPUNGE
1 S> * 1 EXPUNGE
1 S: d OK ...
1 C: e FETCH 1:* UID
1 S: * 1 FETCH (UID 2)
1 S: * 2 FETCH (UID 4)
1 S: * 3 FETCH (UID 5)
1 S: e OK ...
== one
From: Bela <bela@example.org>
Subject: one

hello
