# rfc: 9051 §6.3.9.7
1 login ann
C: A101 LIST "" ""
S: * LIST (\Noselect) "/" ""
S: A101 OK ...
C: a CREATE foo/bar
S: a OK ...
C: A202 LIST foo/ %
S: * LIST (\HasNoChildren) "/" foo/bar
S: A202 OK ...
C: A203 LIST "" foo/%
S: * LIST (\HasNoChildren) "/" foo/bar
S: A203 OK ...
C: A204 LIST "" %
S: * LIST (\HasNoChildren) "/" INBOX
S: * LIST (\HasNoChildren \Drafts) "/" Drafts
S: * LIST (\HasNoChildren \Sent) "/" Sent
S: * LIST (\HasNoChildren \Trash) "/" Trash
S: * LIST (\HasNoChildren \Junk) "/" Junk
S: * LIST (\HasNoChildren \Archive) "/" Archive
S: * LIST (\HasChildren) "/" foo
S: A204 OK ...
C: A205 LIST "" inbox
S: * LIST (\HasNoChildren) "/" INBOX
S: A205 OK ...
C: A206 LIST "" "nothing here"
S: A206 OK ...
C: A207 LIST "" "%o%o%"
S: * LIST (\HasChildren) "/" foo
S: A207 OK ...
