# rfc: 2920 §3.1
# From another server nothing may come behind DATA before the 354.
modes plain rocks
C: EHLO bar.example
S* 250-...
S: 250 ...
C: MAIL FROM:<a@b.example>
C: RCPT TO:<ann@example.org>
C: DATA
C. text
S: 250 2.1.0 ...
S: 250 2.1.5 ...
S: 554 5.5.0 ...
closed
2 connect pop3
2 login ann
2 C: STAT
2 S: +OK 0 0
== text
Subject: x

y
