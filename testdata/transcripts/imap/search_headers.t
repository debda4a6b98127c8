# rfc: 9051 §6.4.4
mail <<m1
mail <<m2
mail <<m3
1 login ann
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...
C: a SEARCH FROM smith
S: * SEARCH 1
S: a OK ...
C: a SEARCH FROM SMITH
S: * SEARCH 1
S: a OK ...
C: a SEARCH FROM "smith@b"
S: * SEARCH 1
S: a OK ...
C: a SEARCH TO ann
S: * SEARCH 1 2
S: a OK ...
C: a SEARCH CC carol
S: * SEARCH 2
S: a OK ...
C: a SEARCH BCC dave
S: * SEARCH 2
S: a OK ...
C: a SEARCH SUBJECT afternoon
S: * SEARCH 1
S: a OK ...
C: a SEARCH SUBJECT "noon meet"
S: * SEARCH 1
S: a OK ...
C: a SEARCH SUBJECT nothing
S: * SEARCH
S: a OK ...
C: a SEARCH HEADER X-Test value
S: * SEARCH 3
S: a OK ...
C: a SEARCH HEADER X-Test ""
S: * SEARCH 3
S: a OK ...
C: a SEARCH HEADER Subject ""
S: * SEARCH 1 2 3
S: a OK ...
C: a SEARCH HEADER Message-ID <two@b.example>
S: * SEARCH 2
S: a OK ...
C: a SEARCH BODY hello
S: * SEARCH 1 2
S: a OK ...
C: a SEARCH BODY afternoon
S: * SEARCH
S: a OK ...
C: a SEARCH TEXT afternoon
S: * SEARCH 1
S: a OK ...
C: a SEARCH TEXT hello
S: * SEARCH 1 2
S: a OK ...
C: a SEARCH TEXT ""
S: * SEARCH 1 2 3
S: a OK ...
C: a SEARCH FROM nobody
S: * SEARCH
S: a OK ...
C: a SEARCH NOT FROM smith
S: * SEARCH 2 3
S: a OK ...
C: b SEARCH HEADER X-Test
S: b BAD ...
C: c SEARCH FROM
S: c BAD ...
== m1
From: Joe Smith <smith@b.example>
To: ann@example.org
Subject: afternoon meeting
Message-ID: <one@b.example>

Hello Joe
== m2
From: Bela <bela@example.org>
To: Ann <ann@example.org>
Cc: Carol <carol@c.example>
Bcc: dave@d.example
Subject: second
Message-ID: <two@b.example>

say HELLO again
== m3
From: x@y.example
Subject: third
X-Test: some value here

nothing
