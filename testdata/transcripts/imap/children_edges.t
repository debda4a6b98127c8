# rfc: 3348 §3, 5258 §4
1 login ann
# A name that begins alike is no child, nor is one that is only subscribed.
C: a CREATE ab
S: a OK ...
C: b CREATE a
S: b OK ...
C: c CREATE a-b
S: c OK ...
C: d SUBSCRIBE a/ghost
S: d OK ...
C: e LIST "" a%
S: * LIST (\HasNoChildren) "/" a
S: * LIST (\HasNoChildren) "/" a-b
S: * LIST (\HasNoChildren) "/" ab
S: e OK ...
# A grandchild has a parent; it is a child of both. Siblings that sort in between do not part them.
C: f CREATE a/x/y
S: f OK ...
C: g CREATE a!
S: g OK ...
C: h LIST "" a*
S: * LIST (\HasChildren) "/" a
S: * LIST (\HasNoChildren) "/" a!
S: * LIST (\HasNoChildren) "/" a-b
S: * LIST (\HasChildren) "/" a/x
S: * LIST (\HasNoChildren) "/" a/x/y
S: * LIST (\HasNoChildren) "/" ab
S: h OK ...
# Deleted with a child it stays as a name that cannot be selected.
C: i DELETE a
S: i OK ...
C: j LIST "" a RETURN (CHILDREN)
S: * LIST (\Noselect \HasChildren) "/" a
S: j OK ...
C: k RENAME a/x b
S: k OK ...
C: l LIST "" (a b*)
S! * LIST (...\HasChildren...) "/" a
S* * LIST ... "/" a
S: * LIST (\HasChildren) "/" b
S: * LIST (\HasNoChildren) "/" b/y
S: l OK ...
# INBOX's, however it is written.
C: m CREATE iNboX/sub
S: m OK ...
C: n LIST "" inbox
S: * LIST (\HasChildren) "/" INBOX
S: n OK ...
