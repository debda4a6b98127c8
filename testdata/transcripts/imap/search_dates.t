# rfc: 9051 §6.4.4
# Internal dates: 1 and 2 February 1994, and now (15 January 2027). The day is the one the client gave with its zone.
mail <<d1 date=760060800
mail <<d2 date=760147200
mail <<d3
1 login ann
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...
C: a SEARCH SINCE 1-Feb-1994
S: * SEARCH 1 2 3
S: a OK ...
C: a SEARCH SINCE 2-Feb-1994
S: * SEARCH 2 3
S: a OK ...
C: a SEARCH BEFORE 2-Feb-1994
S: * SEARCH 1
S: a OK ...
C: a SEARCH ON 2-Feb-1994
S: * SEARCH 2
S: a OK ...
C: a SEARCH ON "02-Feb-1994"
S: * SEARCH 2
S: a OK ...
C: a SEARCH SINCE 1-Jan-2027
S: * SEARCH 3
S: a OK ...
C: a SEARCH SENTON 7-Mar-1995
S: * SEARCH 1
S: a OK ...
C: a SEARCH SENTSINCE 8-Mar-1995
S: * SEARCH 2
S: a OK ...
C: a SEARCH SENTBEFORE 8-Mar-1995
S: * SEARCH 1
S: a OK ...
C: a SEARCH SENTSINCE 7-Mar-1995 SENTBEFORE 9-Mar-1995
S: * SEARCH 1 2
S: a OK ...
C: a SEARCH YOUNGER 3600
S: * SEARCH 3
S: a OK ...
C: a SEARCH OLDER 3600
S: * SEARCH 1 2
S: a OK ...
C: b SEARCH SINCE 31-Foo-1994
S: b BAD ...
C: c SEARCH ON 1994-02-01
S: c BAD ...
C: d SEARCH YOUNGER 0
S: d BAD ...
== d1
Date: Tue, 7 Mar 1995 23:30:00 -0800
Subject: one

x
== d2
Date: Wed, 8 Mar 1995 01:00:00 +0000
Subject: two

x
== d3
Subject: without a date

x
