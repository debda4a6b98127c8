# rfc: 1939 §6
# QUIT that arrives in part is no QUIT.
mail <<one
1 login ann
1 C: DELE 1
1 S: +OK ...
1 cut 4
1 C: QUIT
2 login ann
2 C: STAT
2 S: +OK 1 15
== one
A: 1

hello
