# rfc: 9051 §5.1
mail <<one
1 login ann

C: a STATUS iNbOx (MESSAGES)
S: * STATUS INBOX (MESSAGES 1)
S: a OK ...
C: b SELECT "inbox"
S: * 1 EXISTS
S* * ...
S: b OK ...
C: c LIST "" "InBox"
S: * LIST (\HasNoChildren) "/" INBOX
S: c OK ...
C: d CREATE "Inbox/Sub"
S: d OK ...
C: e LIST "" "*Sub"
S: * LIST (\HasNoChildren) "/" INBOX/Sub
S: e OK ...
C: f SUBSCRIBE inbox
S: f OK ...
C: g LIST (SUBSCRIBED) "" "INBOX"
S: * LIST (\Subscribed \HasChildren) "/" INBOX
S: g OK ...
== one
From: Bela <bela@example.org>
Subject: one

hello
