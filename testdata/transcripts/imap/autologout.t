# rfc: 9051 §5.4
# The time limit passes: the connection ends; what was answered stays.
1 login ann
C: a APPEND INBOX {<<one}
S: a OK ...
1 timeout
1 S: * BYE ...
1 closed
2 login ann
2 C: b STATUS INBOX (MESSAGES)
2 S: * STATUS INBOX (MESSAGES 1)
2 S: b OK ...
== one
From: Bela <bela@example.org>
Subject: one

hello
