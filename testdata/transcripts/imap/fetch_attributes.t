# rfc: 9051 §6.4.5
mail <<m date=760060800,-480 flags=\Seen
1 login ann
C: e ENABLE IMAP4rev2
S: * ENABLED IMAP4rev2
S: e OK ...
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...

C: a FETCH 1 FAST
S: * 1 FETCH (FLAGS (\Seen) INTERNALDATE "31-Jan-1994 16:00:00 -0800" RFC822.SIZE $n)
S: a OK ...
C: b FETCH 1 ALL
S: * 1 FETCH (FLAGS (\Seen) INTERNALDATE "..." RFC822.SIZE $n ENVELOPE ("Wed, 17 Jul 1996 02:23:25 -0700 (PDT)" "IMAP4rev2 WG mtg summary and minutes" (("Terry Gray" NIL "gray" "cac.washington.edu")) (("Terry Gray" NIL "gray" "cac.washington.edu")) (("Terry Gray" NIL "gray" "cac.washington.edu")) ((NIL NIL "imap" "cac.washington.edu")) ((NIL NIL "minutes" "CNRI.Reston.VA.US")("John Klensin" NIL "KLENSIN" "MIT.EDU")) NIL NIL "<B27397-0100000@cac.washington.edu>"))
S: b OK ...
C: c FETCH 1 FULL
S: * 1 FETCH (FLAGS (\Seen) INTERNALDATE "..." RFC822.SIZE $n ENVELOPE (...) BODY ("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 28 2))
S: c OK ...
C: d FETCH 1 (UID BODY[HEADER.FIELDS (FROM SUBJECT)])
S: * 1 FETCH (UID 1 BODY[HEADER.FIELDS (FROM SUBJECT)] {<<fs})
S: d OK ...
C: e FETCH 1 (FAST)
S: e BAD ...
C: f FETCH 1 (FLAGS COLOUR)
S: f BAD ...
C: g FETCH 1 ()
S: g BAD ...
C: h FETCH 2 FLAGS
S: h BAD ...
C: i FETCH 0 FLAGS
S: i BAD ...
C: j UID FETCH 99 FLAGS
S: j OK ...
C: k UID FETCH 99:* FLAGS
S: * 1 FETCH (UID 1 FLAGS (\Seen))
S: k OK ...
== fs
From: Terry Gray <gray@cac.washington.edu>
Subject: IMAP4rev2 WG mtg summary and minutes

== m
Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)
From: Terry Gray <gray@cac.washington.edu>
Subject: IMAP4rev2 WG mtg summary and minutes
To: imap@cac.washington.edu
cc: minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>
Message-Id: <B27397-0100000@cac.washington.edu>
MIME-Version: 1.0
Content-Type: TEXT/PLAIN; CHARSET=US-ASCII

first line
second of them
