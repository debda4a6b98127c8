# rfc: 2449 §6.6
# Announced where the server is set so, and in both states.
setting pipelining true
C: CAPA
S: +OK ...
S: TOP
S: UIDL
S: PIPELINING
S* ...
S: .
1 login ann
C: CAPA
S: +OK ...
S: TOP
S: UIDL
S: PIPELINING
S* ...
S: .
