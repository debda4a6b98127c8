# rfc: 4315 §3
mail <<one
mail <<one
1 login ann
C: e ENABLE IMAP4rev2
S: * ENABLED IMAP4rev2
S: e OK ...
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...

C: A003 APPEND Archive (\Seen $$MDNSent) {<<one}
S: A003 OK [APPENDUID $v 1] ...
C: A004 COPY 2:1 Archive
S: A004 OK [COPYUID $v 1:2 2:3] ...
== one
From: Bela <bela@example.org>
Subject: one

hello
