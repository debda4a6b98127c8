# rfc: 9051 §6.4.4
mail <<m1
mail <<m2
1 login ann
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...

C: a SEARCH CHARSET UTF-8 SUBJECT {<<gruss+}
S: * SEARCH 1
S: a OK ...
C: b SEARCH CHARSET UTF-8 BODY {<<kaese}
S: * SEARCH 1 2
S: b OK ...
C: c SEARCH CHARSET US-ASCII SUBJECT gr
S: * SEARCH 1
S: c OK ...
C: d SEARCH CHARSET X-UNHEARDOF ALL
S: d NO [BADCHARSET...] ...
C: e SEARCH CHARSET UTF-8 SUBJECT {<<bad+}
S: e BAD ...
== m1
Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

K=C3=A4se
== m2
Subject: x
MIME-Version: 1.0
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: base64

S+RzZQ0K
== gruss escaped
Grüß
== kaese escaped
KÄSE
== bad escaped
\xff\xfe
