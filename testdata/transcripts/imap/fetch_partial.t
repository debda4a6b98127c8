# rfc: 9051 §6.4.5.1
mail <<one
1 login ann
C: e ENABLE IMAP4rev2
S: * ENABLED IMAP4rev2
S: e OK ...
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...

C: a FETCH 1 BODY.PEEK[]<0.5>
S: * 1 FETCH (BODY[]<0> {5}
S| From:)
S: a OK ...
C: b FETCH 1 BODY.PEEK[TEXT]<2.100>
S: * 1 FETCH (BODY[TEXT]<2> {5}
S| llo
S| )
S: b OK ...
C: c FETCH 1 BODY.PEEK[]<1000.10>
S: * 1 FETCH (BODY[]<1000> ...)
S: c OK ...
C: d FETCH 1 BODY.PEEK[HEADER.FIELDS (SUBJECT)]<9.3>
S: * 1 FETCH (BODY[HEADER.FIELDS (SUBJECT)]<9> {3}
S| one)
S: d OK ...
C: e FETCH 1 BODY.PEEK[]<0.0>
S: e BAD ...
C: f FETCH 1 BODY.PEEK[]<-1.5>
S: f BAD ...
C: g FETCH 1 BODY.PEEK[]<5>
S: g BAD ...
C: h FETCH 1 BINARY.PEEK[1]<1.3>
S: * 1 FETCH (BINARY[1]<1> {3}
S| ell)
S: h OK ...
C: i FETCH 1 BODY.PEEK[]<0.99999999999999999999>
S: i BAD ...
== one
From: Bela <bela@example.org>
Subject: one

hello
