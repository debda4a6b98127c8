# rfc: 7377 §3: several mailboxes, each with its own line; none for those without a match (§2.1)
1 login ann
C: c1 CREATE folder1
S: c1 OK ...
C: c2 CREATE folder2
S: c2 OK ...
C: c3 CREATE folder2/banana
S: c3 OK ...
mail <<chad mailbox=folder1
mail <<chad mailbox=folder1
mail <<other mailbox=folder2/banana
C: tag1 ESEARCH IN (mailboxes "folder1" subtree "folder2") unseen
C: tag2 ESEARCH IN (mailboxes "folder1" subtree-one "folder2") subject "chad"
S: * ESEARCH (TAG "tag1" MAILBOX folder1 UIDVALIDITY $v) UID ALL 1:2
S: * ESEARCH (TAG "tag1" MAILBOX folder2/banana UIDVALIDITY $w) UID ALL 1
S: tag1 OK ...
S: * ESEARCH (TAG "tag2" MAILBOX folder1 UIDVALIDITY $v) UID ALL 1:2
S: tag2 OK ...
C: tag3 ESEARCH IN (personal) RETURN (COUNT) subject nothing
S: tag3 OK ...
# nothing is selected (§2.2)
C: tag4 ESEARCH unseen
S: tag4 BAD ...
C: tag5 SELECT folder1
S* * ...
S: tag5 OK ...
C: tag6 ESEARCH RETURN (MAX SAVE) unseen
S: * ESEARCH (TAG "tag6" MAILBOX folder1 UIDVALIDITY $v) UID MAX 2
S: tag6 OK ...
C: tag7 ESEARCH IN (personal selected) RETURN (SAVE) unseen
S: tag7 BAD ...
C: tag8 SEARCH $
S: * SEARCH 2
S: tag8 OK ...
== chad
Subject: chad

x
== other
Subject: other

x
