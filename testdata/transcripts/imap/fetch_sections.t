# rfc: 9051 §6.4.5.1
mail <<m
1 login ann
C: e ENABLE IMAP4rev2
S: * ENABLED IMAP4rev2
S: e OK ...
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...

C: a FETCH 1 BODY.PEEK[1.1]
S: * 1 FETCH (BODY[1.1] {5}
S| plain)
S: a OK ...
C: b FETCH 1 BODY.PEEK[1.2.MIME]
S: * 1 FETCH (BODY[1.2.MIME] {87}
S| Content-Type: text/html; charset=utf-8
S| Content-Transfer-Encoding: quoted-printable
S|
S| )
S: b OK ...
C: c FETCH 1 BODY.PEEK[2.HEADER]
S: * 1 FETCH (BODY[2.HEADER] {83}
S| From: c@d.example
S| Subject: inside
S| MIME-Version: 1.0
S| Content-Type: text/plain
S|
S| )
S: c OK ...
C: d FETCH 1 BODY.PEEK[2.TEXT]
S: * 1 FETCH (BODY[2.TEXT] {10}
S| inner text)
S: d OK ...
C: e FETCH 1 BODY.PEEK[2.1]
S: * 1 FETCH (BODY[2.1] {10}
S| inner text)
S: e OK ...
C: f FETCH 1 BODY.PEEK[3]
S: * 1 FETCH (BODY[3] {8}
S| AAECAw==)
S: f OK ...
C: g FETCH 1 BINARY.PEEK[3]
S: * 1 FETCH (BINARY[3] ~{4}
S| ...)
S: g OK ...
C: h FETCH 1 (BINARY.SIZE[3] BINARY.PEEK[1.2])
S: * 1 FETCH (BINARY.SIZE[3] 4 BINARY[1.2] {12}
S| <b>ränk</b>)
S: h OK ...
C: i FETCH 1 BODY.PEEK[4]
S: * 1 FETCH (BODY[4] NIL)
S: i OK ...
C: j FETCH 1 BODY.PEEK[2.HEADER.FIELDS.NOT (FROM)]
S: * 1 FETCH (BODY[2.HEADER.FIELDS.NOT (FROM)] {64}
S| Subject: inside
S| MIME-Version: 1.0
S| Content-Type: text/plain
S|
S| )
S: j OK ...
C: k FETCH 1 BODY.PEEK[MIME]
S: k BAD ...
C: l FETCH 1 BODY.PEEK[0]
S: l BAD ...
C: m FETCH 1 BODY.PEEK[1.1.1.1.1.1]
S: * 1 FETCH (BODY[1.1.1.1.1.1] NIL)
S: m OK ...
C: n FETCH 1 BODY.PEEK[HEADER.FIELDS ()]
S: n BAD ...
== m
From: a@b.example
Subject: parts
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=outer

preamble
--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=utf-8

plain
--inner
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<b>r=C3=A4nk</b>
--inner--
--outer
Content-Type: message/rfc822
Content-Description: forwarded

From: c@d.example
Subject: inside
MIME-Version: 1.0
Content-Type: text/plain

inner text
--outer
Content-Type: application/octet-stream; name=x.bin
Content-Disposition: attachment; filename=x.bin
Content-Transfer-Encoding: base64
Content-ID: <cid@b>
Content-Language: en

AAECAw==
--outer--
epilogue
