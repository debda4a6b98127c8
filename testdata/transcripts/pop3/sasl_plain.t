# rfc: 5034 §4
# With an initial response, without, cancelled, bad base64, wrong password.
C: AUTH PLAIN AGFubkBleGFtcGxlLm9yZwBzZWNyZXQ=
S: +OK 0 messages
C: QUIT
S: +OK ...
closed
2 C: AUTH PLAIN
2 S: + 
2 C: *
2 S: -ERR ...
2 C: AUTH PLAIN
2 S: + 
2 C: AGFubkBleGFtcGxlLm9yZwBzZWNyZXQ=
2 S: +OK 0 messages
2 C: AUTH PLAIN AGFubkBleGFtcGxlLm9yZwBzZWNyZXQ=
2 S: -ERR ...
3 C: AUTH PLAIN !!!!
3 S: -ERR ...
3 C: AUTH PLAIN AGFubkBleGFtcGxlLm9yZwB3cm9uZw==
3 S: -ERR [AUTH] ...
4 C: AUTH UNHEARDOF
4 S: -ERR ...
