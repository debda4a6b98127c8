# rfc: 9051 §2.3.1.1
# A mailbox made again under the same name is another one.
1 login ann
C: a CREATE x
S: a OK ...
C: b APPEND x {<<one}
S: b OK [APPENDUID $v 1] ...
C: c DELETE x
S: c OK ...
C: d CREATE x
S: d OK ...
C: e APPEND x {<<one}
S: e OK [APPENDUID $w 1] ...
assert $w > $v
C: f RENAME x y
S: f OK ...
C: g STATUS y (UIDVALIDITY UIDNEXT)
S: * STATUS y (UIDVALIDITY $u UIDNEXT 2)
S: g OK ...
== one
From: Bela <bela@example.org>
Subject: one

hello
