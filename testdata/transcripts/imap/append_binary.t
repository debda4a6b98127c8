# rfc: 3516 §4.4
# NUL needs literal8.
1 login ann
C: a APPEND Drafts ~{<<nul}
S: a OK ...
C: b APPEND Drafts {<<nul}
S: b BAD ...
C: c NOOP
S: c OK ...
== nul escaped
A: 1\r\n\r\na\0b\r\n
