# rfc: 5267 §4.3.3, §4.3.4
# The results as they are after each line are told in comments: UIDs by subject.
mail <<d
mail <<b
mail <<f
1 login ann
1 C: r ENABLE IMAP4rev2
1 S: * ENABLED IMAP4rev2
1 S: r OK ...
1 C: s SELECT INBOX
1 S* * ...
1 S: s OK ...
# b:2 d:1 f:3
1 C: C01 UID SORT RETURN (ALL UPDATE) (SUBJECT) UTF-8 UNDELETED
1 S: * ESEARCH (TAG "C01") UID ALL 2,1,3
1 S: C01 OK ...
1 C: C02 SORT RETURN (UPDATE COUNT) (REVERSE SUBJECT) UTF-8 1:2
1 S: * ESEARCH (TAG "C02") COUNT 2
1 S: C02 OK ...
# a:4 b:2 d:1 f:3
mail <<a
1 C: a NOOP
1 S> * 4 EXISTS
1 S> * ESEARCH (TAG "C01") UID ADDTO (1 4)
1 S: a OK ...
# a:4 b:2 c:6 c:8 d:1 e:5 f:3 g:7; equal ones in mailbox order
mail <<e
mail <<c
mail <<g
mail <<c
1 C: b NOOP
1 S> * 8 EXISTS
1 S> * ESEARCH (TAG "C01") UID ADDTO (3 6,8 6 5 8 7)
1 S: b OK ...
# Flags: both ends, and two in the middle; from the end, so that the places hold.
1 C: c UID STORE 4,7,6,8 +FLAGS.SILENT (\Deleted)
1 S> * ESEARCH (TAG "C01") UID REMOVEFROM (8 7 3 6,8 1 4)
1 S: c OK ...
# b:2 d:1 e:5 f:3
1 C: d UID STORE 6 -FLAGS.SILENT (\Deleted)
1 S> * ESEARCH (TAG "C01") UID ADDTO (2 6)
1 S: d OK ...
# b:2 c:6 d:1 e:5 f:3
1 C: e EXPUNGE
1 S* * EXPUNGE
1 S* * ... EXPUNGE
1 S: e OK ...
# A sequence number meant the message that had it (§4.3): 1 and 2 were UIDs 1 and 2, in reverse d:1 b:2.
1 C: f UID STORE 1 +FLAGS.SILENT (\Deleted)
1 S> * ESEARCH (TAG "C01") UID REMOVEFROM (3 1)
1 S: f OK ...
1 C: g EXPUNGE
1 S> * ESEARCH (TAG "C02") REMOVEFROM (1 1)
1 S> * 1 EXPUNGE
1 S: g OK ...
1 C: h CANCELUPDATE "C01" "C02" "never"
1 S: h OK ...
mail <<a
1 C: i NOOP
1 S: * 5 EXISTS
1 S: i OK ...
== a
Subject: a

x
== b
Subject: b

x
== c
Subject: c

x
== d
Subject: d

x
== e
Subject: e

x
== f
Subject: f

x
== g
Subject: g

x
