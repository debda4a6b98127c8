# rfc: 6856 §2, §3
# UTF8 before login; LANG lists and chooses.
mail <<one
C: UTF8
S: +OK ...
C: LANG
S: +OK ...
S: en English
S: .
C: LANG en
S: +OK en ...
C: LANG uga
S: -ERR ...
C: LANG *
S: +OK ...
C: USER ann@example.org
S: +OK ...
C: PASS secret
S: +OK 1 messages
C: RETR 1
S: +OK ...
S. one
C: UTF8
S: -ERR ...
== one
Subject: Grüße

Käse
