# rfc: 9051 §6.3.6
mail <<one
mail <<one
1 login ann

C: a CREATE INBOX/sub
S: a OK ...
C: b RENAME INBOX old-mail
S: b OK ...
C: c STATUS old-mail (MESSAGES)
S: * STATUS old-mail (MESSAGES 2)
S: c OK ...
C: d STATUS INBOX (MESSAGES)
S: * STATUS INBOX (MESSAGES 0)
S: d OK ...
C: e LIST "" INBOX*
S: * LIST (\HasChildren) "/" INBOX
S: * LIST (\HasNoChildren) "/" INBOX/sub
S: e OK ...
== one
From: Bela <bela@example.org>
Subject: one

hello
