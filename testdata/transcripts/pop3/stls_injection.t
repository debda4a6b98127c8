# rfc: 2595 §4
# What came with STLS in one piece is not obeyed inside TLS: the session ends.
setting starttls true
modes plain rocks
C: STLS
C: CAPA
S: -ERR ...
closed
