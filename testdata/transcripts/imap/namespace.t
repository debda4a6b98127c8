# rfc: 2342 §5; the mailboxes that others share are in a namespace of their own
C: A001 NAMESPACE
S: A001 BAD ...
1 login ann
C: A002 NAMESPACE
S: * NAMESPACE (("" "/")) (("Other Users/" "/")) NIL
S: A002 OK ...
