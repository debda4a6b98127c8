# rfc: 9586 §3
mail <<one
mail <<one
mail <<one
1 login ann
2 login ann
C: a CAPABILITY
S: * CAPABILITY ... UIDONLY ...
S: a OK ...
1 C: b ENABLE UIDONLY
1 S: * ENABLED UIDONLY
1 S: b OK ...
1 C: c SELECT INBOX
1 S! * OK [UNSEEN...
1 S* * ...
1 S: c OK [READ-WRITE] ...
2 C: c SELECT INBOX
2 S* * ...
2 S: c OK ...
# The number of the reply is the UID; the item only for who asks for it.
1 C: d UID FETCH 1:2 FLAGS
1 S: * 1 UIDFETCH (FLAGS (\Recent))
1 S: * 2 UIDFETCH (FLAGS (\Recent))
1 S: d OK ...
1 C: e UID FETCH 2 (UID RFC822.SIZE)
1 S: * 2 UIDFETCH (UID 2 RFC822.SIZE 19)
1 S: e OK ...
1 C: f UID STORE 2:3 +FLAGS (\Deleted)
1 S: * 2 UIDFETCH (FLAGS (\Deleted \Recent))
1 S: * 3 UIDFETCH (FLAGS (\Deleted \Recent))
1 S: f OK ...
1 C: g UID FETCH 1 BODY[TEXT]
1 S: * 1 UIDFETCH (BODY[TEXT] {3}
1 S| x
1 S|  FLAGS (\Seen \Recent))
1 S: g OK ...
# Nothing in it is a number of a message.
1 C: h EXPUNGE
1 S: * VANISHED 2:3
1 S: h OK ...
1 C: i UID SEARCH ALL
1 S: * SEARCH 1
1 S: i OK ...
1 C: j UID SEARCH UID 1:*
1 S: * SEARCH 1
1 S: j OK ...
# What others do.
1 C: k IDLE
1 S: + idling
mail <<one
1 S: * 2 EXISTS
1 S: * 2 RECENT
2 C: d NOOP
2 S* * ...
2 S: d OK ...
2 C: e STORE 2 +FLAGS.SILENT (\Flagged)
2 S: e OK ...
1 S: * 4 UIDFETCH (FLAGS (\Flagged \Recent))
2 C: f STORE 1 +FLAGS.SILENT (\Deleted)
2 S: f OK ...
1 S: * 1 UIDFETCH (FLAGS (\Seen \Deleted \Recent))
2 C: g EXPUNGE
2 S: * 1 EXPUNGE
2 S: g OK ...
1 S: * VANISHED 1
1 C: DONE
1 S: k OK ...
# With CONDSTORE: MODSEQ, and still no UID.
1 C: l UID STORE 4 (UNCHANGEDSINCE 1) +FLAGS.SILENT (\Answered)
1 S: * OK [HIGHESTMODSEQ $m] ...
1 S: * 4 UIDFETCH (FLAGS (\Flagged \Recent) MODSEQ ($n))
1 S: l OK [MODIFIED 4] ...
# NOTIFY's items (RFC 5465 §5.2).
1 C: m NOTIFY SET (SELECTED (MessageNew (RFC822.SIZE) MessageExpunge))
1 S: m OK ...
mail <<one
1 S> * 2 EXISTS
1 S> * 2 RECENT
1 S> * 5 UIDFETCH (RFC822.SIZE 19 MODSEQ ($o))
== one escaped
Subject: one\r\n\r\nx\r\n
