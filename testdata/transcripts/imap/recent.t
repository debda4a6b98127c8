# rfc: 3501 §2.3.2
# Each message is recent to one session; EXAMINE takes it from nobody.
mail <<one
1 login ann
2 login ann
1 C: a EXAMINE INBOX
1 S: * 1 RECENT
1 S* * ...
1 S: a OK [READ-ONLY] ...
2 C: b SELECT INBOX
2 S: * 1 RECENT
2 S* * ...
2 S: b OK ...
1 C: c SELECT INBOX
1 S: * 0 RECENT
1 S* * ...
1 S: c OK ...
mail <<one
1 C: d NOOP
1 S> * 2 EXISTS
1 S> * 1 RECENT
1 S: d OK ...
2 C: e NOOP
2 S> * 2 EXISTS
2 S> * 1 RECENT
2 S: e OK ...
2 C: f SEARCH RECENT
2 S: * SEARCH 1
2 S: f OK ...
1 C: g SEARCH NEW
1 S: * SEARCH 2
1 S: g OK ...
1 C: h SEARCH OLD
1 S: * SEARCH 1
1 S: h OK ...
1 C: i STATUS INBOX (RECENT)
1 S: * STATUS INBOX (RECENT 0)
1 S: i OK ...
1 C: j STORE 1 +FLAGS (\Recent)
1 S: * 1 FETCH (FLAGS ())
1 S: j OK ...
== one
From: Bela <bela@example.org>
Subject: one

hello
