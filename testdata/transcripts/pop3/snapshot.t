# rfc: 1939 §4
# A session is a snapshot: what arrives, or what IMAP removes, during it changes no number; what is gone can still be
# read or is refused, never another message in its place.
mail <<one
mail <<two
1 login ann
2 connect imap
2 login ann
2 C: a SELECT INBOX
2 S* * ...
2 S: a OK ...
2 C: b STORE 1 +FLAGS.SILENT (\Deleted)
2 S: b OK ...
2 C: c EXPUNGE
2 S: * 1 EXPUNGE
2 S: c OK ...
mail <<one
1 C: STAT
1 S: +OK 2 30
1 C: RETR 2
1 S: +OK 15 octets
1 S. two
1 C: DELE 2
1 S: +OK ...
1 C: QUIT
1 S: +OK ...
2 C: d NOOP
2 S> * 1 EXPUNGE
2 S> * 1 EXISTS
2 S? * 1 RECENT
2 S: d OK ...
== one
A: 1

hello
== two
A: 2

world
