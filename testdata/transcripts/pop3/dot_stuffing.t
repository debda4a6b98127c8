# rfc: 1939 §3
# Lines that begin with a dot, a lone dot, and a last line without an end.
mail <<dots
mail <<unended
1 login ann
C: RETR 1
S: +OK 28 octets
S: A: 1
S:
S: ..
S: ...
S: ..x
S: x.
S: end
S: .
C: RETR 2
S: +OK 12 octets
S: A: 1
S:
S: ..end
S: .
== dots
A: 1

.
..
.x
x.
end
== unended escaped
A: 1\r\n\r\n.end
