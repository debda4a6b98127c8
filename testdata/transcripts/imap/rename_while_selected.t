# rfc: 9051 §6.3.6
# The selected mailbox goes on under its new name.
1 login ann
2 login ann
1 C: a CREATE x
1 S: a OK ...
1 C: b SELECT x
1 S* * ...
1 S: b OK ...
2 C: c RENAME x y
2 S: c OK ...
2 C: d APPEND y {<<one}
2 S: d OK ...
1 C: e NOOP
1 S> * 1 EXISTS
1 S> * 1 RECENT
1 S: e OK ...
1 C: f FETCH 1 UID
1 S: * 1 FETCH (UID 1)
1 S: f OK ...
== one
From: Bela <bela@example.org>
Subject: one

hello
