# rfc: 1939 §7
# Unique ids outlive the server's restart and a crash; so does what QUIT has removed.
mail <<one
mail <<one
1 login ann
C: UIDL
S: +OK ...
S: 1 $a
S: 2 $b
S: .
C: DELE 1
S: +OK ...
C: QUIT
S: +OK ...
crash
1 login ann
C: UIDL
S: +OK ...
S: 1 $b
S: .
restart
1 login ann
C: UIDL 1
S: +OK 1 $b
== one
A: 1

hello
