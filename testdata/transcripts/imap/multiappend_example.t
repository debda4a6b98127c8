# rfc: 3502 §6.3.11
1 login ann
C: a CREATE saved-messages
S: a OK ...
C: b CREATE test
S: b OK ...
C: A003 APPEND saved-messages (\Seen) {<<first} (\Seen) " 7-Feb-1994 22:43:04 -0800" {<<second}
S: A003 OK [APPENDUID $v 1:2] ...
C: A004 APPEND bogusname (\Flagged) {<<first}
S: A004 NO [TRYCREATE] ...
quota ann 1000
C: A005 APPEND test (\Flagged) {<<hmm} {35403}
S: A005 NO [...] ...
C: c STATUS test (MESSAGES)
S: * STATUS test (MESSAGES 0)
S: c OK ...
C: d EXAMINE saved-messages
S* * ...
S: d OK ...
C: e FETCH 1:* (UID FLAGS INTERNALDATE BODY.PEEK[TEXT])
S: * 1 FETCH (UID 1 FLAGS (\Seen \Recent) INTERNALDATE "15-Jan-2027 08:00:00 +0000" BODY[TEXT] {55}
S| Hello Joe, do you think we can meet at 3:30 tomorrow?
S| )
S: * 2 FETCH (UID 2 FLAGS (\Seen \Recent) INTERNALDATE "07-Feb-1994 22:43:04 -0800" BODY[TEXT] {23}
S| 3:30 is fine with me.
S| )
S: e OK ...
== first
Date: Mon, 7 Feb 1994 21:52:25 -0800 (PST)
From: Fred Foobar <foobar@Blurdybloop.example.COM>
Subject: afternoon meeting

Hello Joe, do you think we can meet at 3:30 tomorrow?
== second
Date: Mon, 7 Feb 1994 22:43:04 -0800 (PST)
From: Joe Mooch <mooch@OWaTaGu.example.net>
Subject: Re: afternoon meeting

3:30 is fine with me.
== hmm
From: Fred Foobar <fred@example.com>
Subject: hmm...

