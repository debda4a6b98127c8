# rfc: 1939 §10
# The example session: two messages of 120 and 200 octets are looked at, taken, removed.
mail <<first
mail <<second
S: +OK ... ready
C: USER ann@example.org
S: +OK ...
C: PASS secret
S: +OK 2 messages
C: STAT
S: +OK 2 320
C: LIST
S: +OK ...
S: 1 120
S: 2 200
S: .
C: RETR 1
S: +OK 120 octets
S. first
C: DELE 1
S: +OK ...
C: RETR 2
S: +OK 200 octets
S. second
C: DELE 2
S: +OK ...
C: QUIT
S: +OK ...
closed
2 login ann
2 C: STAT
2 S: +OK 0 0
== first
From: Bela <bela@example.org>
Subject: one

xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
== second
From: Bela <bela@example.org>
Subject: two

yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy
