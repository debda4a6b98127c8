# rfc: 4467 §4–§7: a URL with the right to read a part of a message, for those whom it names
mail <<letter
1 login ann
2 login bela
C: a CAPABILITY
S: * CAPABILITY ... URLAUTH ...
S: a OK ...
let u imap://ann%40example.org@mail.example.org/INBOX/;uid=1/;section=2
C: b GENURLAUTH "$u;urlauth=user+bela%40example.org" INTERNAL "$u;urlauth=authuser" internal
S: * GENURLAUTH "$u;urlauth=user+bela%40example.org:internal:$t" "$u;urlauth=authuser:internal:$v"
S: b OK ...
2 C: a URLFETCH "$u;urlauth=user+bela%40example.org:internal:$t"
2 S: * URLFETCH "$u;urlauth=user+bela%40example.org:internal:$t" {<<two}
2 S: a OK ...

# Not for others; what is not bela's, bela can see only so; nothing is marked as seen.
C: c URLFETCH "$u;urlauth=user+bela%40example.org:internal:$t" "$u;urlauth=authuser:INTERNAL:$v"
S: * URLFETCH "$u;urlauth=user+bela%40example.org:internal:$t" NIL "$u;urlauth=authuser:INTERNAL:$v" {<<two}
S: c OK ...
2 C: b STATUS "Other Users/ann@example.org/INBOX" (MESSAGES)
2 S: b NO [NONEXISTENT] ...
C: d STATUS INBOX (UNSEEN)
S: * STATUS INBOX (UNSEEN 1)
S: d OK ...

# The key is the same for all URLs of a mailbox, and the signature is of the whole URL.
C: e GENURLAUTH "$u;URLAUTH=authuser" INTERNAL
S: * GENURLAUTH "$u;URLAUTH=authuser:internal:$w"
S: e OK ...
assert $v != $w
C: f GENURLAUTH "$u;urlauth=authuser" INTERNAL
S: * GENURLAUTH "$u;urlauth=authuser:internal:$v"
S: f OK ...

# Whose work it is to send mail: the submission server alone.
C: g GENURLAUTH "$u;urlauth=submit+ann%40example.org" INTERNAL "$u;urlauth=anonymous" INTERNAL
S: * GENURLAUTH "$u;urlauth=submit+ann%40example.org:internal:$x" "$u;urlauth=anonymous:internal:$y"
S: g OK ...
C: h URLFETCH "$u;urlauth=submit+ann%40example.org:internal:$x" "$u;urlauth=anonymous:internal:$y"
S: * URLFETCH "$u;urlauth=submit+ann%40example.org:internal:$x" NIL "$u;urlauth=anonymous:internal:$y" {<<two}
S: h OK ...
== letter
Subject: x
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b

one
--b

two
--b--
== two escaped
two
