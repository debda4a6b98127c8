# rfc: 4467 §5–§7: what is forged, over or withdrawn is NIL; nothing tells why
mail <<one
1 login ann
2 login bela
let u imap://ann%40example.org@mail.example.org/INBOX/;uid=1
C: a GENURLAUTH "$u;expire=2027-01-15T08:00:30Z;urlauth=authuser" INTERNAL "$u;urlauth=authuser" INTERNAL
S: * GENURLAUTH "$u;expire=2027-01-15T08:00:30Z;urlauth=authuser:internal:$t" "$u;urlauth=authuser:internal:$v"
S: a OK ...
2 C: a URLFETCH "$u;expire=2027-01-15T08:00:30Z;urlauth=authuser:internal:$t"
2 S: * URLFETCH "$u;expire=2027-01-15T08:00:30Z;urlauth=authuser:internal:$t" {<<one}
2 S: a OK ...

# Another moment, another message, no moment, another's signature.
2 C: b URLFETCH "$u;expire=2027-01-15T08:00:31Z;urlauth=authuser:internal:$t"
2 S: * URLFETCH "$u;expire=2027-01-15T08:00:31Z;urlauth=authuser:internal:$t" NIL
2 S: b OK ...
2 C: c URLFETCH "$u;urlauth=authuser:internal:$t" "$u;urlauth=anonymous:internal:$v" "$u;urlauth=authuser:internal:00$v"
2 S: * URLFETCH "$u;urlauth=authuser:internal:$t" NIL "$u;urlauth=anonymous:internal:$v" NIL "$u;urlauth=authuser:internal:00$v" NIL
2 S: c OK ...
2 C: d URLFETCH "$u;urlauth=authuser" "$u" "http://example.org/" "" "$u;urlauth=authuser:xsample:$v"
2 S: * URLFETCH "$u;urlauth=authuser" NIL "$u" NIL http://example.org/ NIL "" NIL "$u;urlauth=authuser:xsample:$v" NIL
2 S: d OK ...
advance 30
2 C: e URLFETCH "$u;expire=2027-01-15T08:00:30Z;urlauth=authuser:internal:$t" "$u;urlauth=authuser:internal:$v"
2 S: * URLFETCH "$u;expire=2027-01-15T08:00:30Z;urlauth=authuser:internal:$t" NIL "$u;urlauth=authuser:internal:$v" {<<one}
2 S: e OK ...

# §5: a new key, of one mailbox and of all.
C: b RESETKEY INBOX INTERNAL
S: b OK [URLMECH INTERNAL] ...
2 C: f URLFETCH "$u;urlauth=authuser:internal:$v"
2 S: * URLFETCH "$u;urlauth=authuser:internal:$v" NIL
2 S: f OK ...
C: c GENURLAUTH "$u;urlauth=authuser" INTERNAL
S: * GENURLAUTH "$u;urlauth=authuser:internal:$w"
S: c OK ...
assert $v != $w
2 C: g URLFETCH "$u;urlauth=authuser:internal:$w"
2 S: * URLFETCH "$u;urlauth=authuser:internal:$w" {<<one}
2 S: g OK ...
restart
1 login ann
2 login bela
2 C: a URLFETCH "$u;urlauth=authuser:internal:$w"
2 S: * URLFETCH "$u;urlauth=authuser:internal:$w" {<<one}
2 S: a OK ...
C: a RESETKEY
S: a OK ...
2 C: b URLFETCH "$u;urlauth=authuser:internal:$w"
2 S: * URLFETCH "$u;urlauth=authuser:internal:$w" NIL
2 S: b OK ...

# §7: what cannot be signed.
C: b GENURLAUTH "$u;urlauth=authuser" XSAMPLE
S: b BAD ...
C: c GENURLAUTH "$u;urlauth=authuser:internal:$w" INTERNAL
S: c BAD ...
C: d GENURLAUTH "$u" INTERNAL
S: d BAD ...
C: e GENURLAUTH imap://bela%40example.org@mail.example.org/INBOX/;uid=1;urlauth=authuser INTERNAL
S: e BAD ...
C: f GENURLAUTH "imap://bela%40example.org@mail.example.org/INBOX/;uid=1;urlauth=authuser" INTERNAL
S: f BAD ...
C: g GENURLAUTH "imap://ann%40example.org@mail.example.org/None/;uid=1;urlauth=authuser" INTERNAL
S: g BAD ...
C: h RESETKEY None
S: h NO [NONEXISTENT] ...
C: i RESETKEY INBOX XSAMPLE
S: i BAD ...
== one
Subject: one

hello
