# rfc: 9051 §6.4.5.1
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

# BODY[] sets \Seen and tells so; PEEK, the header fields by PEEK, ENVELOPE do not.
C: a FETCH 1 (BODY.PEEK[] ENVELOPE BODYSTRUCTURE)
S: * 1 FETCH (BODY[] {<<one} ENVELOPE (...) BODYSTRUCTURE (...))
S: a OK ...
C: b FETCH 1 FLAGS
S: * 1 FETCH (FLAGS ())
S: b OK ...
C: c FETCH 1 BODY[TEXT]
S: * 1 FETCH (BODY[TEXT] {7}
S| hello
S|  FLAGS (\Seen)...)
S: c OK ...
C: d FETCH 1 BODY[TEXT]
S: * 1 FETCH (BODY[TEXT] {7}
S| hello
S| )
S: d OK ...
C: e FETCH 2 (FLAGS BODY[HEADER.FIELDS (SUBJECT)])
S: * 2 FETCH (FLAGS (\Seen) BODY[HEADER.FIELDS (SUBJECT)] {16}
S| Subject: one
S|
S| ...)
S: e OK ...
C: f FETCH 3 BINARY[1]
S: * 3 FETCH (BINARY[1] {7}
S| hello
S|  FLAGS (\Seen)...)
S: f OK ...
C: g FETCH 4 (BINARY.PEEK[1] BINARY.SIZE[1])
S: * 4 FETCH (BINARY[1] {7}
S| hello
S|  BINARY.SIZE[1] 7)
S: g OK ...
== one
From: Bela <bela@example.org>
Subject: one

hello
