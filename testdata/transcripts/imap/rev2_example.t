# rfc: 9051 §8
mail <<minutes date=837596665,-420 flags=\Seen
S: * OK [CAPABILITY IMAP4rev1 IMAP4rev2...] ...
C: A001 AUTHENTICATE PLAIN AGFubkBleGFtcGxlLm9yZwBzZWNyZXQ=
S: A001 OK ...
C: babc ENABLE IMAP4rev2
S: * ENABLED IMAP4rev2
S: babc OK ...
C: a002 select inbox
S: * 1 EXISTS
S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft)
S: * OK [UIDVALIDITY $v] ...
S: * LIST (\Subscribed \HasNoChildren) "/" INBOX
S* * OK ...
S: a002 OK [READ-WRITE] ...
C: a003 fetch 1 full
S: * 1 FETCH (FLAGS (\Seen) INTERNALDATE "17-Jul-1996 02:44:25 -0700" RFC822.SIZE $n ENVELOPE ("Wed, 17 Jul 1996 02:23:25 -0700 (PDT)" "IMAP4rev2 WG mtg summary and minutes" (("Terry Gray" NIL "gray" "cac.washington.edu")) (("Terry Gray" NIL "gray" "cac.washington.edu")) (("Terry Gray" NIL "gray" "cac.washington.edu")) ((NIL NIL "imap" "cac.washington.edu")) ((NIL NIL "minutes" "CNRI.Reston.VA.US")("John Klensin" NIL "KLENSIN" "MIT.EDU")) NIL NIL "<B27397-0100000@cac.washington.edu>") BODY ("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 18 2))
S: a003 OK ...
C: a004 fetch 1 body[header]
S: * 1 FETCH (BODY[HEADER] {<<header})
S: a004 OK ...
C: a005 store 1 +flags \deleted
S: * 1 FETCH (FLAGS (\Seen \Deleted))
S: a005 OK ...
C: a006 logout
S: * BYE ...
S: a006 OK ...
closed
== minutes
Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)
From: Terry Gray <gray@cac.washington.edu>
Subject: IMAP4rev2 WG mtg summary and minutes
To: imap@cac.washington.edu
cc: minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>
Message-Id: <B27397-0100000@cac.washington.edu>
MIME-Version: 1.0
Content-Type: TEXT/PLAIN; CHARSET=US-ASCII

Minutes
Summary
== header escaped
Date: Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\r\nFrom: Terry Gray <gray@cac.washington.edu>\r\nSubject: IMAP4rev2 WG mtg summary and minutes\r\nTo: imap@cac.washington.edu\r\ncc: minutes@CNRI.Reston.VA.US, John Klensin <KLENSIN@MIT.EDU>\r\nMessage-Id: <B27397-0100000@cac.washington.edu>\r\nMIME-Version: 1.0\r\nContent-Type: TEXT/PLAIN; CHARSET=US-ASCII\r\n\r\n
