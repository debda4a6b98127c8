# rfc: 1939 §5
# A removed message keeps its number for the session; RSET takes all marks back.
mail <<one
mail <<one
mail <<one
1 login ann
C: DELE 2
S: +OK ...
C: STAT
S: +OK 2 30
C: LIST
S: +OK ...
S: 1 15
S: 3 15
S: .
C: LIST 2
S: -ERR ...
C: DELE 2
S: -ERR ...
C: RETR 2
S: -ERR ...
C: TOP 2 0
S: -ERR ...
C: UIDL 2
S: -ERR ...
C: RETR 3
S: +OK 15 octets
S. one
C: RSET
S: +OK ...
C: STAT
S: +OK 3 45
== one
A: 1

hello
