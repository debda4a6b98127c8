# rfc: 1730 §6.4.5
# Outlook asks for RFC822.PEEK (its statement of standards support, V0055), which RFC 2060 took out of IMAP.
mail <<one
1 login ann
1 C: a SELECT INBOX
1 S* * ...
1 S: a OK [READ-WRITE] ...
1 C: b UID FETCH 1 (UID RFC822.SIZE RFC822.PEEK)
1 S: * 1 FETCH (UID 1 RFC822.SIZE 54 RFC822 {<<one})
1 S: b OK ...
1 C: c FETCH 1 FLAGS
1 S: * 1 FETCH (FLAGS (\Recent))
1 S: c OK ...
1 C: d FETCH 1 RFC822
1 S: * 1 FETCH (RFC822 {<<one} FLAGS (\Seen \Recent))
1 S: d OK ...
== one
From: Bela <bela@example.org>
Subject: one

hello
