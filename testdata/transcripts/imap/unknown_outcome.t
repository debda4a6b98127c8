# rfc: 9051 §6.3.12
# The outcome of a commit is not known: never OK. It was applied; a look shows it.
1 login ann
fail-store 1 commits unknown applied
C: a APPEND INBOX {<<one}
S? a NO [UNAVAILABLE] ...
S? a OK [APPENDUID $v 1] ...
heal
C: b STATUS INBOX (MESSAGES)
S: * STATUS INBOX (MESSAGES 1)
S: b OK ...
== one
From: Bela <bela@example.org>
Subject: one

hello
