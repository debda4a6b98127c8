# rfc: 6203 §3, §4, §6
mail <<marked
mail <<plain
mail <<other
1 login ann
C: e ENABLE UTF8=ACCEPT
S: * ENABLED UTF8=ACCEPT
S: e OK ...
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...
# Marks on letters do not count, on either side.
C: A0 SEARCH SUBJECT "kase"
S: * SEARCH 2
S: A0 OK ...
C: A1 SEARCH FUZZY SUBJECT "kase"
S: * SEARCH 1 2
S: A1 OK ...
C: A2 SEARCH FUZZY SUBJECT "KÄSE" FROM third@example.org
S: * SEARCH
S: A2 OK ...
C: A3 SEARCH FUZZY SUBJECT "käse" FROM marked@example.org
S: * SEARCH 1
S: A3 OK ...
C: A4 SEARCH SUBJECT "käse"
S: * SEARCH 1
S: A4 OK ...
# §4: who matches without FUZZY matches better.
C: B1 SEARCH RETURN (RELEVANCY ALL) FUZZY SUBJECT "käse"
S: * ESEARCH (TAG "B1") ALL 1:2 RELEVANCY (100 50)
S: B1 OK ...
C: B2 UID SEARCH RETURN (RELEVANCY) FUZZY SUBJECT "kase"
S: * ESEARCH (TAG "B2") UID RELEVANCY (50 100)
S: B2 OK ...
C: B3 SEARCH RETURN (RELEVANCY ALL) FUZZY SUBJECT "nothing"
S: * ESEARCH (TAG "B3")
S: B3 OK ...
# §6: the highest score first.
C: C1 SORT (RELEVANCY) UTF-8 FUZZY SUBJECT "kase"
S: * SORT 2 1
S: C1 OK ...
C: C2 SORT RETURN (RELEVANCY ALL) (RELEVANCY) UTF-8 FUZZY SUBJECT "kase"
S: * ESEARCH (TAG "C2") ALL 2,1 RELEVANCY (100 50)
S: C2 OK ...
C: C3 SORT RETURN (PARTIAL 1:1 RELEVANCY) (RELEVANCY) UTF-8 FUZZY SUBJECT "kase"
S: * ESEARCH (TAG "C3") PARTIAL (1:1 2) RELEVANCY (100)
S: C3 OK ...
C: C4 SORT (REVERSE RELEVANCY) UTF-8 FUZZY SUBJECT "kase"
S: * SORT 1 2
S: C4 OK ...
C: C5 ESEARCH IN (mailboxes INBOX) RETURN (RELEVANCY ALL) FUZZY SUBJECT "kase"
S: * ESEARCH (TAG "C5" MAILBOX INBOX UIDVALIDITY ...) UID ALL 1:2 RELEVANCY (50 100)
S: C5 OK ...
== marked
From: marked@example.org
Subject: =?utf-8?Q?K=C3=A4se?=
Content-Type: text/plain; charset=utf-8

Crème
== plain
From: plain@example.org
Subject: Kase

Creme
== other
From: third@example.org
Subject: bread

x
