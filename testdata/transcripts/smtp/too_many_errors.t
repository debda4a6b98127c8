# rfc: 5321 §4.3.2
# A client that sends nonsense only is sent away.
C: EHLO bar.example
S* 250-...
S: 250 ...
C: XYZZY
C: XYZZY
C: XYZZY
C: XYZZY
C: XYZZY
C: XYZZY
C: XYZZY
C: XYZZY
C: XYZZY
C: XYZZY
C: XYZZY
C: XYZZY
C: XYZZY
C: XYZZY
C: XYZZY
C: XYZZY
C: XYZZY
C: XYZZY
C: XYZZY
C: XYZZY
S* 500 5.5.1 ...
S: 421 4.7.0 ...
closed
