# rfc: 9051 §6.4.4
mail <<one
mail <<two
1 login ann
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...

C: a SEARCH LARGER 53
S: * SEARCH 1 2
S: a OK ...
C: b SEARCH LARGER 54
S: * SEARCH 2
S: b OK ...
C: c SEARCH SMALLER 54
S: * SEARCH
S: c OK ...
C: d SEARCH SMALLER 55
S: * SEARCH 1
S: d OK ...
C: e SEARCH LARGER 99999999999999999999999
S: e BAD ...
== two
From: Bela <bela@example.org>
Subject: a longer one

hello, hello, hello
== one
From: Bela <bela@example.org>
Subject: one

hello
