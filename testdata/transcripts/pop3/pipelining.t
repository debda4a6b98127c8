# rfc: 2449 §6.6
# Commands sent in one go are answered in order, the login among them.
mail <<one
mail <<one
C: USER ann@example.org
C: PASS secret
C: STAT
C: LIST
C: RETR 1
C: NOOP
C: DELE 1
C: QUIT
S: +OK password, please
S: +OK 2 messages
S: +OK 2 30
S: +OK ...
S: 1 15
S: 2 15
S: .
S: +OK ...
S. one
S: +OK ...
S: +OK ...
S: +OK ...
closed
== one
A: 1

hello
