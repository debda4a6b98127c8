# rfc: 5819 §2
mail <<one
mail <<one flags=\Seen
1 login ann

C: a CREATE foo/bar
S: a OK ...
C: b DELETE foo
S: b OK ...
C: A01 LIST "" (INBOX foo*) RETURN (STATUS (MESSAGES UNSEEN))
S> * LIST (\HasNoChildren) "/" INBOX
S> * LIST (\Noselect \HasChildren) "/" foo
S> * LIST (\HasNoChildren) "/" foo/bar
S: * STATUS INBOX (MESSAGES 2 UNSEEN 1)
S: * STATUS foo/bar (MESSAGES 0 UNSEEN 0)
S: A01 OK ...
== one
From: Bela <bela@example.org>
Subject: one

hello
