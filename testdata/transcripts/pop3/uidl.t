# rfc: 1939 §7
# Unique for ever: the same in the next session, another for another message of the same text.
mail <<one
mail <<one
1 login ann
C: UIDL
S: +OK ...
S: 1 $a
S: 2 $b
S: .
assert $a != $b
C: UIDL 1
S: +OK 1 $a
C: UIDL 3
S: -ERR ...
C: DELE 1
S: +OK ...
C: QUIT
S: +OK ...
closed
mail <<one
1 login ann
C: UIDL
S: +OK ...
S: 1 $b
S: 2 $c
S: .
assert $c != $a
assert $c != $b
== one
A: 1

hello
