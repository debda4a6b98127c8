# rfc: 1939 §7
# TOP counts lines of the body; the dot is stuffed; more lines than there are is the whole message.
mail <<one
1 login ann
C: TOP 1 0
S: +OK ...
S: A: 1
S: B: 2
S:
S: .
C: TOP 1 2
S: +OK ...
S: A: 1
S: B: 2
S:
S: first
S: ..second
S: .
C: TOP 1 100
S: +OK ...
S. one
C: TOP 1
S: -ERR ...
C: TOP 1 -1
S: -ERR ...
C: TOP 0 1
S: -ERR ...
C: TOP 2 1
S: -ERR ...
== one
A: 1
B: 2

first
.second
third
