# rfc: 8438 §3
1 login ann
C: c CREATE frop
S: c OK ...
mail <<one mailbox=frop
mail <<two mailbox=frop
C: A01 STATUS frop (MESSAGES SIZE UIDNEXT)
S: * STATUS frop (MESSAGES 2 SIZE 43 UIDNEXT 3)
S: A01 OK ...
C: A02 SELECT "frop"
S* * ...
S: A02 OK [READ-WRITE] ...
C: A03 FETCH 1:* (RFC822.SIZE)
S: * 1 FETCH (RFC822.SIZE 17)
S: * 2 FETCH (RFC822.SIZE 26)
S: A03 OK ...
C: A04 LIST "" (INBOX frop) RETURN (STATUS (MESSAGES SIZE))
S: * LIST (\HasNoChildren) "/" INBOX
S: * STATUS INBOX (MESSAGES 0 SIZE 0)
S: * LIST (\HasNoChildren) "/" frop
S: * STATUS frop (MESSAGES 2 SIZE 43)
S: A04 OK ...
== one escaped
Subject: 1\r\n\r\nx\r\n
== two escaped
Subject: two\r\n\r\nsome text\r
