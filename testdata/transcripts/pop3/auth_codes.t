# rfc: 3206 §4
# Wrong passwords and unknown names get one and the same answer.
C: USER ann@example.org
S: +OK ...
C: PASS wrong
S: -ERR [AUTH] wrong user name or password
C: USER nobody@example.org
S: +OK ...
C: PASS wrong
S: -ERR [AUTH] wrong user name or password
2 C: USER ann@elsewhere.example
2 S: +OK ...
2 C: PASS secret
2 S: -ERR [AUTH] wrong user name or password
