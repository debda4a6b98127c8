# rfc: 9051 §7.5.2
# No header, no body, an unclosed boundary, a multipart without a boundary, a message that says message/rfc822 itself.
mail <<nohead
mail <<nobody
mail <<unclosed
mail <<noboundary
mail <<itself
1 login ann
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...

C: a FETCH 1:5 BODY
S: * 1 FETCH (BODY ("TEXT" "PLAIN" NIL NIL NIL "7BIT" $a $b))
S: * 2 FETCH (BODY ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 0 0))
S: * 3 FETCH (BODY (("TEXT" "PLAIN" NIL NIL NIL "7BIT" ...) "MIXED"))
S: * 4 FETCH (BODY ...)
S: * 5 FETCH (BODY ("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 25 (NIL "inside" NIL NIL NIL NIL NIL NIL NIL NIL) ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 6 1) 3))
S: a OK ...
C: b FETCH 5 (BODY.PEEK[1.HEADER] BODY.PEEK[1.1] BODY.PEEK[HEADER.FIELDS (CONTENT-TYPE)])
S: * 5 FETCH (...)
S: b OK ...
C: c FETCH 1 (BODY.PEEK[HEADER] BODY.PEEK[TEXT])
S: * 1 FETCH (...)
S: c OK ...
== nohead escaped
\r\njust text\r\n
== nobody escaped
Subject: nothing\r\n\r\n
== unclosed
Content-Type: multipart/mixed; boundary=x

--x

text without an end
== noboundary
Content-Type: multipart/mixed

text
== itself
Content-Type: message/rfc822

Subject: inside

text
