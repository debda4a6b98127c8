# rfc: 9051 §11
# A browser made to speak to this port.
C: GET / HTTP/1.1
S: * BAD ...
closed
2 C: EHLO client.example
2 S: * BAD ...
2 closed
