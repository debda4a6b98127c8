# rfc: 9051 §4.3
# A literal that never ends is no message.
1 login ann
C: a APPEND INBOX {60}
S: + ...
1 cut 20
C: Subject: this one is cut in the middle
2 login ann
2 C: b STATUS INBOX (MESSAGES)
2 S: * STATUS INBOX (MESSAGES 0)
2 S: b OK ...
