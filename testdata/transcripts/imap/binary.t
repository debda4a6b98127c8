# rfc: 3516 §4.2, §4.3
mail <<mixed
mail <<strange
1 login ann
C: e ENABLE IMAP4rev2
S: * ENABLED IMAP4rev2
S: e OK ...
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...
# Decoded; PEEK leaves \Seen alone.
C: a FETCH 1 (BINARY.PEEK[1] BINARY.SIZE[1])
S: * 1 FETCH (BINARY[1] {<<cheese} BINARY.SIZE[1] 5)
S: a OK ...
# NUL only in a literal8.
C: b FETCH 1 BINARY.PEEK[2]
S/ \* 1 FETCH \(BINARY\[2\] ~\{4\}\r\na[^a]bc\)
S: b OK ...
C: c FETCH 1 BINARY.SIZE[2]
S: * 1 FETCH (BINARY.SIZE[2] 4)
S: c OK ...
# <> counts decoded octets.
C: d FETCH 1 BINARY.PEEK[2]<2.9>
S: * 1 FETCH (BINARY[2]<2> {2}
S| bc)
S: d OK ...
C: f FETCH 1 BINARY.PEEK[2]<9.9>
S: * 1 FETCH (BINARY[2]<9> {0}
S| )
S: f OK ...
# A multipart and what is attached have no encoding of their own.
C: g FETCH 1 BINARY.SIZE[3]
S: * 1 FETCH (BINARY.SIZE[3] $n)
S: g OK ...
C: h FETCH 1 BINARY.PEEK[3.1]
S: * 1 FETCH (BINARY[3.1] {5}
S| inner)
S: h OK ...
C: i FETCH 1 (BINARY.PEEK[4] BINARY.SIZE[4])
S: * 1 FETCH (BINARY[4] NIL BINARY.SIZE[4] 0)
S: i OK ...
C: j FETCH 1 BINARY[1]
S: * 1 FETCH (BINARY[1] {<<cheese} FLAGS (\Seen))
S: j OK ...
C: k FETCH 1 BINARY.PEEK[1.HEADER]
S: k BAD ...
C: l FETCH 1 BINARY[1.MIME]
S: l BAD ...
C: m FETCH 1 BINARY.SIZE[1]<0.3>
S: m BAD ...
# §4.3: of an encoding that nobody knows.
C: n FETCH 2 BINARY.PEEK[1]
S: n NO [UNKNOWN-CTE] ...
C: o FETCH 2 BINARY.SIZE[1]
S: o NO [UNKNOWN-CTE] ...
C: p FETCH 2 BODY.PEEK[1]
S: * 2 FETCH (BODY[1] {6}
S| what
S| )
S: p OK ...
== cheese escaped
Käse
== mixed
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

K=C3=A4se=
--b
Content-Type: application/octet-stream
Content-Transfer-Encoding: base64

YQBiYw==
--b
Content-Type: message/rfc822

Subject: inner

inner
--b--
== strange
Content-Type: application/octet-stream
Content-Transfer-Encoding: x-uuencode

what
