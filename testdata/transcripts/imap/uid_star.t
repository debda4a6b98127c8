# rfc: 9051 §9 seq-number: "*" is the largest UID in use
mail <<one
mail <<one
mail <<one
1 login ann
C: a SELECT INBOX
S* * ...
S: a OK ...
C: b UID STORE 2:3 +FLAGS.SILENT (\Deleted)
S: b OK ...
C: c UID EXPUNGE 2:3
S: * 3 EXPUNGE
S: * 2 EXPUNGE
S: c OK ...
# The highest that ever was has gone; the highest that is there is meant.
C: d UID FETCH * UID
S: * 1 FETCH (UID 1)
S: d OK ...
C: e UID FETCH 4:* UID
S: * 1 FETCH (UID 1)
S: e OK ...
C: f UID SEARCH UID 3:*
S: * SEARCH 1
S: f OK ...
C: g UID STORE *:3 +FLAGS.SILENT (\Deleted)
S: g OK ...
C: h UID COPY * Archive
S: h OK [COPYUID $v 1 1] ...
C: i SEARCH UID *:*
S: * SEARCH 1
S: i OK ...
C: j UID EXPUNGE 2:*
S: * 1 EXPUNGE
S: j OK ...
# Of none at all, nothing.
C: k UID FETCH * UID
S: k OK ...
C: l SEARCH UID *
S: * SEARCH
S: l OK ...
# What has arrived and is not told yet is not meant; what has gone and is not told yet is.
2 login ann
2 C: a SELECT INBOX
2 S* * ...
2 S: a OK ...
mail <<one
C: m NOOP
S: * 1 EXISTS
S: * 1 RECENT
S: m OK ...
C: n FETCH * UID
S: * 1 FETCH (UID 4)
S: n OK ...
== one
Subject: one

x
