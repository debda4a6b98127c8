# rfc: 8970 §3
mail <<text
mail <<html
mail <<none
mail <<long
1 login ann
C: e ENABLE UTF8=ACCEPT IMAP4rev2
S: * ENABLED UTF8=ACCEPT IMAP4rev2
S: e OK ...
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...
C: A1 FETCH 1 (PREVIEW)
S: * 1 FETCH (PREVIEW "Käse is what I want to tell you about.")
S: A1 OK ...
# It is computed at delivery, so LAZY has it as well; \Seen stays.
C: B1 FETCH 1:3 (PREVIEW (LAZY) FLAGS)
S: * 1 FETCH (PREVIEW "Käse is what I want to tell you about." FLAGS ())
S: * 2 FETCH (PREVIEW "Bread & butter" FLAGS ())
S: * 3 FETCH (PREVIEW "" FLAGS ())
S: B1 OK ...
# §3.2: at most 256 characters.
C: C1 FETCH 4 PREVIEW
S: * 4 FETCH (PREVIEW "${y*256}")
S: C1 OK ...
C: D1 FETCH 1 PREVIEW (EAGER)
S: D1 BAD ...
C: E1 FETCH 1 PREVIEW ()
S: E1 BAD ...
C: F1 FETCH 1 PREVIEW(LAZY)
S: F1 BAD ...
== text
Subject: x
Content-Type: text/plain; charset=utf-8

Käse is what I want
   to tell you about.
== html
Subject: x
Content-Type: text/html

<html><head><title>no</title></head><body><p>Bread &amp; butter</p></body></html>
== none
Subject: x
Content-Type: application/octet-stream

abc
== long escaped
Subject: x\r\n\r\n${y*3000}\r\n
