# rfc: 9051 §9
# NUL is in no command and no literal that is no literal8.
1 login ann
C~ a LOGIN ann\0 x\r\n
S: a BAD ...
C: b NOOP
S: b OK ...
