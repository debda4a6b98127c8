# rfc: 1939 §6
# Without QUIT nothing is removed: closed by the client, or by the time limit.
mail <<one
1 login ann
1 C: DELE 1
1 S: +OK ...
1 close
2 login ann
2 C: STAT
2 S: +OK 1 15
2 C: DELE 1
2 S: +OK ...
2 timeout
2 closed
3 login ann
3 C: STAT
3 S: +OK 1 15
== one
A: 1

hello
