# rfc: 3206 §3
# The store is away: SYS/TEMP, never AUTH; later it works.
mail <<one
1 login ann
fail-store 1 later
C: RETR 1
S: -ERR [SYS/TEMP] ...
heal
C: RETR 1
S: +OK ...
S. one
C: DELE 1
S: +OK ...
fail-store 1 later
C: QUIT
S: -ERR [SYS/TEMP] ...
closed
heal
2 login ann
2 C: STAT
2 S: +OK 1 15
== one
A: 1

hello
