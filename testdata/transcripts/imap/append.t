# rfc: 9051 §6.3.12
1 login ann
C: A003 APPEND Drafts (\Seen $$Forwarded) "07-Feb-1994 21:52:25 -0800" {<<msg}
S: A003 OK [APPENDUID $v 1] ...
C: A004 APPEND nothing {<<msg}
S: A004 NO [TRYCREATE] ...
C: A005 APPEND Drafts {<<msg}
S: A005 OK [APPENDUID $v 2] ...
C: e ENABLE IMAP4rev2
S: * ENABLED IMAP4rev2
S: e OK ...

C: s SELECT Drafts
S* * ...
S: s OK ...
C: b FETCH 1:2 (FLAGS INTERNALDATE RFC822.SIZE BODY[])
S: * 1 FETCH (FLAGS (\Seen $$Forwarded) INTERNALDATE "07-Feb-1994 21:52:25 -0800" RFC822.SIZE $n BODY[] {<<msg})
S: * 2 FETCH (FLAGS (\Seen) INTERNALDATE "15-Jan-2027 08:00:00 +0000" RFC822.SIZE $n BODY[] {<<msg})
S: b OK ...
# \Recent is of the server alone: not kept.
C: c APPEND Drafts (\Recent \Draft) {<<msg}
S: * 3 EXISTS
S: c OK [APPENDUID $v 3] ...
C: g FETCH 3 FLAGS
S: * 3 FETCH (FLAGS (\Draft))
S: g OK ...
C: d APPEND Drafts "31-Feb-1994 21:52:25 -0800" {10}
S: + ...
C: 0123456789
S: d BAD ...
C: e APPEND Drafts {0}
S: + ...
C: 
S: e NO ...
C: f FETCH 1 FLAGS
S: * 1 FETCH (FLAGS (\Seen $$Forwarded))
S: f OK ...
== msg
Date: Mon, 7 Feb 1994 21:52:25 -0800 (PST)
From: Fred Foobar <foobar@Blurdybloop.example>
Subject: afternoon meeting
To: mooch@owatagu.siam.edu.example
Message-Id: <B27397-0100000@Blurdybloop.example>
MIME-Version: 1.0
Content-Type: TEXT/PLAIN; CHARSET=US-ASCII

Hello Joe, do you think we can meet at 3:30 tomorrow?
