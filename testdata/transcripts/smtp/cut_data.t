# rfc: 5321 §4.1.1.4
# A connection lost before the end of data delivers nothing.
C: EHLO bar.example
S* 250-...
S: 250 ...
C: MAIL FROM:<a@b.example>
S: 250 ...
C: RCPT TO:<ann@example.org>
S: 250 ...
C: DATA
S: 354 ...
1 cut 20
C. text
2 connect pop3
2 login ann
2 C: STAT
2 S: +OK 0 0
== text
Subject: x

long enough to be cut
