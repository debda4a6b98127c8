# rfc: 5321 §4.1.1
# A browser made to speak to this port: one 421 and the end.
C: POST / HTTP/1.1
S: 421 4.7.0 ...
closed
