# rfc: 1939 §3
# A browser made to speak to this port gets nowhere near a password.
C: POST / HTTP/1.1
C: Host: mail.example.org
C: Content-Length: 40
C: 
C: USER ann@example.org
C: PASS secret
S: -ERR ...
S: -ERR ...
S: -ERR ...
closed
