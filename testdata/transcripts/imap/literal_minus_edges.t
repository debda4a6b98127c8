# rfc: 7888 §3, §5, §8
1 login ann
# None of them is asked for; a literal of nothing, and what follows it in the same line.
C: a LIST {0+}
C:  {<<star+}
S* * LIST ...
S: a OK ...
# 4096 octets are allowed in any command, 4097 in none; APPEND's answer has TOOBIG (§5).
C: b APPEND INBOX {<<full+}
S: b OK [APPENDUID $v 1] ...
C: c APPEND INBOX {<<over+}
S/ (c BAD|\* BYE) \[TOOBIG\] .*
== star escaped
*
== full escaped
A: b\r\n\r\n${x*4088}
== over escaped
A: b\r\n\r\n${x*4089}
