# rfc: 9051 §11.2
setting starttls true
modes plain rocks
C: a STARTTLS
C: b LOGIN ann@example.org secret
S: * BYE ...
closed
