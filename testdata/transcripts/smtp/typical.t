# rfc: 5321 appendix D.1
# Two of three recipients exist; the message goes to them.
C: EHLO bar.example
S: 250-mail.example.org
S* 250-...
S: 250 ...
C: MAIL FROM:<Smith@bar.example>
S: 250 2.1.0 ...
C: RCPT TO:<ann@example.org>
S: 250 2.1.5 ...
C: RCPT TO:<Green@example.org>
S: 550 5.1.1 ...
C: RCPT TO:<bela@example.org>
S: 250 2.1.5 ...
C: DATA
S: 354 ...
C. text
S: 250 2.0.0 ...
C: QUIT
S: 221 2.0.0 mail.example.org ...
closed
2 connect pop3
2 login ann
2 C: RETR 1
2 S: +OK ... octets
2 S: Return-Path: <Smith@bar.example>
2 S: Delivered-To: ann@example.org
2 S: Received: from bar.example ([192.0.2.1])
2 S: 	by mail.example.org with ESMTP id $id;
2 S: 	Fri, 15 Jan 2027 08:00:00 +0000
2 S. text
3 connect pop3
3 login bela
3 C: STAT
3 S: +OK 1 ...
== text
From: Smith@bar.example
Subject: blah

Blah blah blah...
...etc. etc. etc.
