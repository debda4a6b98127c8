# rfc: 9051 §6.3.12
# What was answered OK is there.
1 login ann
C: a APPEND INBOX (\Flagged) {<<one}
S: a OK [APPENDUID $v 1] ...
crash
1 login ann
C: e ENABLE IMAP4rev2
S: * ENABLED IMAP4rev2
S: e OK ...
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...

C: b FETCH 1 (UID FLAGS BODY.PEEK[])
S: * 1 FETCH (UID 1 FLAGS (\Flagged) BODY[] {<<one})
S: b OK ...
C: c STATUS INBOX (UIDVALIDITY UIDNEXT)
S: * STATUS INBOX (UIDVALIDITY $v UIDNEXT 2)
S: c OK ...
== one
From: Bela <bela@example.org>
Subject: one

hello
