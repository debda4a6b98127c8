# rfc: 5256 §2.2, §3; 5957 §3: no Date, no names, groups; numbers while a message is gone but not told
mail <<nothing date=300
mail <<group date=200
mail <<named date=100
1 login ann
C: s SELECT INBOX
S* * ...
S: s OK ...
C: a SORT (DATE) UTF-8 ALL
S: * SORT 3 2 1
S: a OK ...
C: b SORT (DISPLAYFROM) UTF-8 ALL
S: * SORT 1 3 2
S: b OK ...
C: c SORT (DISPLAYTO) UTF-8 ALL
S: * SORT 1 2 3
S: c OK ...
C: d SORT (REVERSE CC) UTF-8 ALL
S: * SORT 1 2 3
S: d OK ...
== nothing
Date: no date

x
== group
From: zoe@example.org
To: Alice: bob@example.org;

x
== named
From: "Ann" <zzz@example.org>
To: =?utf-8?Q?=C3=84?= <aaa@example.org>

x
