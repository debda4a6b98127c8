# rfc: 9051 §7.5.1
# What a POP3 session removes is told to IMAP sessions as any expunge.
mail <<one
mail <<one
1 login ann
1 C: e ENABLE IMAP4rev2
1 S: * ENABLED IMAP4rev2
1 S: e OK ...
1 C: s SELECT INBOX
1 S* * ...
1 S: s OK [READ-WRITE] ...

1 C: i IDLE
1 S: + ...
2 connect pop3
2 login ann
2 C: DELE 1
2 S: +OK ...
2 C: QUIT
2 S: +OK ...
2 closed
1 S: * 1 EXPUNGE
1 C: DONE
1 S: i OK ...
== one
From: Bela <bela@example.org>
Subject: one

hello
