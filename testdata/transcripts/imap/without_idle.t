# rfc: 2177 §3
# A client that polls, because its operator took IDLE, NOTIFY and ESEARCH away.
without ann IDLE
without ann NOTIFY
without ann ESEARCH
without ann LIST-EXTENDED
without ann UIDPLUS
mail <<one
1 login ann
1 C: a IDLE
1 S: a BAD unknown command
1 C: b NOTIFY NONE
1 S: b BAD unknown command
1 C: c LIST "" (INBOX Trash) RETURN (CHILDREN)
1 S: c BAD unknown command
1 C: d SELECT INBOX
1 S* * ...
1 S: d OK [READ-WRITE] ...
1 C: e SEARCH RETURN (COUNT) ALL
1 S: e BAD unknown command
1 C: f SEARCH ALL
1 S: * SEARCH 1
1 S: f OK ...
1 C: g UID EXPUNGE 1
1 S: g BAD unknown command
1 C: h EXPUNGE
1 S: h OK ...
1 C: i NOOP
1 S: i OK ...
== one
From: Bela <bela@example.org>
Subject: one

hello
