# rfc: 5957 §3, §4
# The name of the first address, decoded; else mailbox@host; of a group, what its first address structure has: its name.
mail <<encoded
mail <<plain
mail <<bare
mail <<empty
mail <<group
mail <<nobody
1 login ann
C: a CAPABILITY
S: * CAPABILITY ... SORT=DISPLAY ...
S: a OK ...
C: s SELECT INBOX
S* * ...
S: s OK ...
# "", bare@, empty@, Group, Öz after Zed (RFC 5051 takes the Ö apart: O, then its dots)
C: A1 SORT (DISPLAYFROM) UTF-8 ALL
S: * SORT 6 3 4 5 1 2
S: A1 OK ...
C: A2 UID SORT (REVERSE DISPLAYFROM) UTF-8 1:3
S: * SORT 2 1 3
S: A2 OK ...
C: A3 SORT (DISPLAYTO REVERSE DISPLAYFROM) UTF-8 2:3
S: * SORT 2 3
S: A3 OK ...
# FROM looks at the mailbox alone (RFC 5256 §3).
C: A4 SORT (FROM) UTF-8 1:4
S: * SORT 3 4 1 2
S: A4 OK ...
C: A5 SORT (DISPLAYCC) UTF-8 ALL
S: A5 BAD ...
== encoded
From: =?utf-8?Q?=C3=96z?= <yyy@example.org>

x
== plain
From: Zed <zzz@example.org>, Abe <aaa@example.org>

x
== bare
From: bare@example.org

x
== empty
From: "" <empty@example.org>

x
== group
From: Group: Zoe <zoe@example.org>;

x
== nobody
Subject: from nobody

x
