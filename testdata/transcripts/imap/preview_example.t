# rfc: 8970 §3.2, §5, examples 1 to 3
mail <<lorem
mail <<multi
mail <<encrypted
1 login ann
C: A1 CAPABILITY
S: * CAPABILITY ... PREVIEW ...
S: A1 OK ...
C: s SELECT INBOX
S* * ...
S: s OK ...
C: A2 FETCH 1 (RFC822.SIZE PREVIEW)
S: * 1 FETCH (RFC822.SIZE $n PREVIEW "Lorem ipsum dolor sit amet, consectetur adipiscing elit.")
S: A2 OK ...
C: B1 FETCH 1:3 (ENVELOPE PREVIEW (LAZY))
S: * 1 FETCH (ENVELOPE ("Wed, 23 Sep 2020 15:03:11 +0000" ...) PREVIEW "Lorem ipsum dolor sit amet, consectetur adipiscing elit.")
S: * 2 FETCH (ENVELOPE (...) PREVIEW "Preview text!")
S: * 3 FETCH (ENVELOPE (...) PREVIEW "")
S: B1 OK ...
C: C2 SEARCH RETURN (SAVE) FROM "FOO"
C: C3 FETCH $$ (UID PREVIEW (LAZY))
S: C2 OK ...
S: * 2 FETCH (UID 2 PREVIEW "Preview text!")
S: C3 OK ...
C: C4 UID FETCH 2 (PREVIEW)
S: * 2 FETCH (UID 2 PREVIEW "Preview text!")
S: C4 OK ...
== lorem
Date: Wed, 23 Sep 2020 15:03:11 +0000
Subject: lorem

Lorem ipsum dolor sit amet,
consectetur adipiscing elit.
== multi
From: foo@example.org
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/html

<p>Preview text!</p>
--b
Content-Type: text/plain

Preview text!
--b--
== encrypted
MIME-Version: 1.0
Content-Type: application/pkcs7-mime

AAAA
