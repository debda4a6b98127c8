# rfc: 9051 §7.5.2
mail <<m
1 login ann
C: e ENABLE IMAP4rev2
S: * ENABLED IMAP4rev2
S: e OK ...
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...

C: a FETCH 1 BODYSTRUCTURE
S: * 1 FETCH (BODYSTRUCTURE ((("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "7BIT" 5 1 NIL NIL NIL NIL)("TEXT" "HTML" ("CHARSET" "utf-8") NIL NIL "QUOTED-PRINTABLE" 16 1 NIL NIL NIL NIL) "ALTERNATIVE" ("BOUNDARY" "inner") NIL NIL NIL)("MESSAGE" "RFC822" NIL NIL "forwarded" "7BIT" 93 (NIL "inside" ((NIL NIL "c" "d.example")) ((NIL NIL "c" "d.example")) ((NIL NIL "c" "d.example")) NIL NIL NIL NIL NIL) ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 10 1 NIL NIL NIL NIL) 6 NIL NIL NIL NIL)("APPLICATION" "OCTET-STREAM" ("NAME" "x.bin") "<cid@b>" NIL "BASE64" 8 NIL ("attachment" ("FILENAME" "x.bin")) "en" NIL) "MIXED" ("BOUNDARY" "outer") NIL NIL NIL))
S: a OK ...
C: b FETCH 1 BODY
S: * 1 FETCH (BODY ((("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "7BIT" 5 1)("TEXT" "HTML" ("CHARSET" "utf-8") NIL NIL "QUOTED-PRINTABLE" 16 1) "ALTERNATIVE")(...)("APPLICATION" "OCTET-STREAM" ("NAME" "x.bin") "<cid@b>" NIL "BASE64" 8) "MIXED"))
S: b OK ...
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
