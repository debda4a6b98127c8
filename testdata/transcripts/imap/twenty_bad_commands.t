# rfc: 9051 §7.1.5
1 login ann
C: a XYZZY
C: a XYZZY
C: a XYZZY
C: a XYZZY
C: a XYZZY
C: a XYZZY
C: a XYZZY
C: a XYZZY
C: a XYZZY
C: a XYZZY
C: a XYZZY
C: a XYZZY
C: a XYZZY
C: a XYZZY
C: a XYZZY
C: a XYZZY
C: a XYZZY
C: a XYZZY
C: a XYZZY
C: a XYZZY
S* a BAD ...
S: * BYE ...
closed
