# rfc: 1939 §5
# A message larger than every buffer, with a dot at each line's start.
setting message_size_max 2000000
modes plain random rocks
mail <<big
1 login ann
C: LIST 1
S: +OK 1 $size
C: RETR 1
S: +OK $size octets
S. big
C: TOP 1 1
S: +OK ...
S: A: 1
S:
S: .${.x*30}
S: .
== big escaped
A: 1\r\n\r\n${.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x.x\r\n*3000}
