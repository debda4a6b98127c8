# rfc: 1939 §3
# Command words are in any case; empty and endless lines are errors, not the end after login.
mail <<one
C: user ann@example.org
S: +OK ...
C: Pass secret
S: +OK 1 messages
C: stat
S: +OK 1 15
C: liSt 1
S: +OK 1 15
C: 
S: -ERR ...
C: LIST 4294967297
S: -ERR ...
C: LIST 1x
S: -ERR ...
C: ${x*20000}
S: -ERR ...
C: STAT
S: +OK 1 15
== one
A: 1

hello
