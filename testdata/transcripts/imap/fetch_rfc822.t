# rfc: 3501 §6.4.5
mail <<one
mail <<one
mail <<one
1 login ann
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...

C: a FETCH 1 RFC822.HEADER
S: * 1 FETCH (RFC822.HEADER {47}
S| From: Bela <bela@example.org>
S| Subject: one
S|
S| )
S: a OK ...
C: b FETCH 1 FLAGS
S: * 1 FETCH (FLAGS (\Recent))
S: b OK ...
C: c FETCH 1 RFC822.TEXT
S: * 1 FETCH (RFC822.TEXT {7}
S| hello
S|  FLAGS (\Seen \Recent))
S: c OK ...
C: d FETCH 2 RFC822
S: * 2 FETCH (RFC822 {<<one} FLAGS (\Seen \Recent))
S: d OK ...
== one
From: Bela <bela@example.org>
Subject: one

hello
