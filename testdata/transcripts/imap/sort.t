# rfc: 5256 §3 SORT: the RFC's dialogue, over our own messages
mail <<one
mail <<two
mail <<three
1 login ann
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...
C: A282 SORT (SUBJECT) UTF-8 SINCE 1-Feb-1994
S: * SORT 2 1 3
S: A282 OK ...
C: A283 SORT (SUBJECT REVERSE DATE) UTF-8 ALL
S: * SORT 2 3 1
S: A283 OK ...
C: A284 SORT (SUBJECT) US-ASCII TEXT "not in mailbox"
S: * SORT
S: A284 OK ...
C: A285 UID SORT (REVERSE SIZE) UTF-8 UID 1:2
S: * SORT 1 2
S: A285 OK ...
# the charset is no option (§3)
C: A286 SORT (DATE) ALL
S: A286 NO [BADCHARSET ...
C: A287 SORT () UTF-8 ALL
S: A287 BAD ...
== one
Subject: Re: beta
Date: Mon, 3 Jan 2022 10:00:00 +0000

longer
== two
Subject: alpha
Date: Mon, 3 Jan 2022 10:00:00 +0100

x
== three
Subject: [list] Beta
Date: Mon, 3 Jan 2022 12:00:00 +0000

x
