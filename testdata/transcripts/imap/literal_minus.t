# rfc: 7888 §5
1 login ann
C: a APPEND INBOX {<<one+}
S: a OK [APPENDUID $v 1] ...
C: b SELECT {<<inbox+}
S* * ...
S: b OK ...
== inbox escaped
INBOX
== one
From: Bela <bela@example.org>
Subject: one

hello
