# rfc: 3516 §4.2, §4.3; 9051 §6.4.5.1, §9 section-binary
mail <<mixed
mail <<plain
1 login ann
C: a SELECT INBOX
S* * ...
S: a OK ...
# Part 1 of what is no multipart is its body; there is no part 2.
C: b FETCH 2 (BINARY.PEEK[1] BINARY.SIZE[1])
S: * 2 FETCH (BINARY[1] {5}
S| Käse BINARY.SIZE[1] 5)
S: b OK ...
C: c FETCH 2 (BINARY.PEEK[2] BINARY.SIZE[2])
S: * 2 FETCH (BINARY[2] NIL BINARY.SIZE[2] 0)
S: c OK ...
# Size and content of one and the same section agree (§4.3), also when nothing is to be decoded.
C: d FETCH 1 (BINARY.SIZE[1] BINARY.PEEK[1])
S: * 1 FETCH (BINARY.SIZE[1] 3 BINARY[1] {3}
S| one)
S: d OK ...
# An empty part is an empty string, not NIL.
C: f FETCH 1 (BINARY.PEEK[2] BINARY.SIZE[2])
S: * 1 FETCH (BINARY[2] {0}
S|  BINARY.SIZE[2] 0)
S: f OK ...
# Ranges: of nothing, of all, beyond.
C: g FETCH 1 BINARY.PEEK[1]<0.4294967295>
S: * 1 FETCH (BINARY[1]<0> {3}
S| one)
S: g OK ...
C: h FETCH 1 BINARY.PEEK[1]<3.1>
S: * 1 FETCH (BINARY[1]<3> {0}
S| )
S: h OK ...
C: i FETCH 1 BINARY.PEEK[1]<0.0>
S: i BAD ...
C: j FETCH 1 BINARY.PEEK[1]<1>
S: j BAD ...
# A section is numbers only, with dots between them.
C: k FETCH 1 BINARY.PEEK[TEXT]
S: k BAD ...
C: l FETCH 1 BINARY.PEEK[1.]
S: l BAD ...
C: m FETCH 1 BINARY.PEEK[0]
S: m BAD ...
C: n FETCH 1 BINARY.PEEK
S: n BAD ...
C: o FETCH 1 BINARY.SIZE.PEEK[1]
S: o BAD ...
# \Seen by BINARY and not by its size; of a mailbox that is only looked at, by none.
C: p EXAMINE INBOX
S* * ...
S: p OK ...
C: q FETCH 1 (BINARY[1] BINARY.SIZE[1])
S: * 1 FETCH (BINARY[1] {3}
S| one BINARY.SIZE[1] 3)
S: q OK ...
C: r SEARCH SEEN
S: * SEARCH
S: r OK ...
C: s SELECT INBOX
S* * ...
S: s OK ...
C: t FETCH 1 BINARY.SIZE[1]
S: * 1 FETCH (BINARY.SIZE[1] 3)
S: t OK ...
C: u FETCH 1:2 BINARY[2]<0.1>
S/ \* 1 FETCH \(BINARY\[2\]<0> \{0\}\r\n FLAGS \(\\Seen.*\)\)
S/ \* 2 FETCH \(BINARY\[2\](<0>)? NIL FLAGS \(\\Seen.*\)\)
S: u OK ...
== mixed
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b

one
--b
Content-Transfer-Encoding: base64

--b--
== plain escaped
MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nS8Okc2U=\r\n
