# rfc: 5267 §3: SORT RETURN; never a range that goes down (§3.2)
mail <<one date=300
mail <<one date=200
mail <<one date=100
mail <<one date=400
1 login ann
C: s SELECT INBOX
S* * ...
S: s OK ...
C: E01 UID SORT RETURN () (REVERSE ARRIVAL) UTF-8 UNDELETED UNKEYWORD $$Junk
S: * ESEARCH (TAG "E01") UID ALL 4,1:3
S: E01 OK ...
C: E02 SORT RETURN (MIN MAX COUNT ALL) (ARRIVAL) UTF-8 ALL
S: * ESEARCH (TAG "E02") MIN 3 MAX 4 COUNT 4 ALL 3,2,1,4
S: E02 OK ...
C: E03 SORT RETURN (MIN COUNT) (ARRIVAL) UTF-8 SEEN
S: * ESEARCH (TAG "E03") COUNT 0
S: E03 OK ...
C: E04 SORT RETURN (SAVE) (ARRIVAL) UTF-8 1:2
S: E04 OK ...
C: E05 SEARCH $
S: * SEARCH 1 2
S: E05 OK ...
== one
Subject: x

x
