# rfc: 9051 §6.3.12
# The outcome of a commit is not known to the store: the account looks, and finds that it was applied. It is there once.
1 login ann
fail-store 1 commits unknown applied
C: a APPEND INBOX {<<one}
S: a OK [APPENDUID $v 1] ...
heal
C: b STATUS INBOX (MESSAGES)
S: * STATUS INBOX (MESSAGES 1)
S: b OK ...
== one
From: Bela <bela@example.org>
Subject: one

hello
