# rfc: 5321 §4.1.1.1
# HELO still works and announces nothing; MAIL without either is refused.
C: MAIL FROM:<a@b.example>
S: 503 5.5.1 ...
C: HELO bar.example
S: 250 mail.example.org
C: MAIL FROM:<a@b.example>
S: 250 ...
C: RCPT TO:<ann@example.org>
S: 250 ...
C: DATA
S: 354 ...
C. text
S: 250 ...
2 connect pop3
2 login ann
2 C: TOP 1 0
2 S: +OK ...
2 S: Return-Path: <a@b.example>
2 S* ...
2 S: 	by mail.example.org with SMTP id $id
2 S: 	for <ann@example.org>;
2 S* ...
2 S: .
== text
Subject: x

y
