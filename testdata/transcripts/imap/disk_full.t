# rfc: 5530 §3
mail <<one
1 login ann
C: e ENABLE IMAP4rev2
S: * ENABLED IMAP4rev2
S: e OK ...
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...

fail-store 1 later commits full
C: a APPEND INBOX {<<one}
S: a NO [UNAVAILABLE] ...
heal
C: b APPEND INBOX {<<one}
S: * 2 EXISTS
S: b OK [APPENDUID $v 2] ...
== one
From: Bela <bela@example.org>
Subject: one

hello
