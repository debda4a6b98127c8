# rfc: 9051 §6.4.5
# Larger than what is kept in memory at once: whole, in part, and its text.
setting message_size_max 2000000
modes plain random rocks
mail <<big
1 login ann
C: e ENABLE IMAP4rev2
S: * ENABLED IMAP4rev2
S: e OK ...
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...

C: a FETCH 1 (RFC822.SIZE BODY.PEEK[])
S: * 1 FETCH (RFC822.SIZE $n BODY[] {<<big})
S: a OK ...
C: b FETCH 1 BODY.PEEK[TEXT]<310000.62>
S: * 1 FETCH (BODY[TEXT]<310000> {62}
S| ${.x*30}
S| )
S: b OK ...
C: c SEARCH BODY needle
S: * ESEARCH (TAG "c") ALL 1
S: c OK ...
== big escaped
Subject: big\r\n\r\n${.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x\r\n*6000}needle\r\n
