# rfc: 1939 §6
# Each device has its own view: what one removes, the others still get.
setting pop3_policy device
device ann phone
mail <<one
mail <<one
1 login ann
1 C: DELE 1
1 S: +OK ...
1 C: QUIT
1 S: +OK ...
1 closed
1 login ann
1 C: STAT
1 S: +OK 1 15
2 login ann $phone
2 C: STAT
2 S: +OK 2 30
2 C: DELE 2
2 S: +OK ...
2 C: QUIT
2 S: +OK ...
2 closed
1 C: RETR 1
1 S: +OK ...
1 S. one
== one
A: 1

hello
