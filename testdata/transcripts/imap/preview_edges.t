# rfc: 8970 §3.2, §3.3, §4, §6
mail <<astral
mail <<empty
mail <<quoted
1 login ann
C: s SELECT INBOX
S* * ...
S: s OK ...
# At most 256 characters, not octets; whole ones.
C: a FETCH 1 (PREVIEW (LAZY LAZY) UID)
S: * 1 FETCH (PREVIEW {<<two56} UID 1)
S: a OK ...
# Nothing to be shown is a string of no octets, never NIL.
C: b FETCH 2 PREVIEW
S: * 2 FETCH (PREVIEW "")
S: b OK ...
C: c FETCH 3 preview (lazy)
S: * 3 FETCH (PREVIEW "say \"hi\" \\ bye")
S: c OK ...
# It does not read the message: \Seen stays away.
C: d SEARCH SEEN
S: * SEARCH
S: d OK ...
C: e FETCH 3 (PREVIEW PREVIEW (LAZY))
S: * 3 FETCH (PREVIEW "say \"hi\" \\ bye" PREVIEW "say \"hi\" \\ bye")
S: e OK ...
C: f FETCH 3 PREVIEW (NOSUCH)
S: f BAD ...
C: g FETCH 3 (PREVIEW(LAZY))
S: g BAD ...
C: h FETCH 3 PREVIEW LAZY
S: h BAD ...
C: i FETCH 3 PREVIEW.PEEK
S: i BAD ...
C: j FETCH 3 (PREVIEW () UID)
S: j BAD ...
C: k SEARCH PREVIEW x
S: k BAD ...
# With a modifier of FETCH behind its own.
C: l FETCH 3 PREVIEW (LAZY) (CHANGEDSINCE 1)
S* * OK [HIGHESTMODSEQ ...
S: * 3 FETCH (PREVIEW "say \"hi\" \\ bye" MODSEQ (...))
S: l OK ...
C: m UID FETCH 9 PREVIEW
S: m OK ...
== astral escaped
Subject: astral\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${😀*300}\r\n
== two56 escaped
${😀*256}
== empty
Subject: empty

== quoted
Subject: quoted

say "hi" \ bye
