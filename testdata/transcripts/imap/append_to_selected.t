# rfc: 9051 §6.3.12
1 login ann
C: e ENABLE IMAP4rev2
S: * ENABLED IMAP4rev2
S: e OK ...
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...

C: a APPEND INBOX {<<one}
S: * 1 EXISTS
S: a OK [APPENDUID $v 1] ...
C: b NOOP
S: b OK ...
C: c APPEND INBOX (\Seen) {<<one}
S: * 2 EXISTS
S: c OK [APPENDUID $v 2] ...
== one
From: Bela <bela@example.org>
Subject: one

hello
