# rfc: 9051 §6.3.4, §6.3.5; 8474 §4; 6154 §3
# A name that was deleted, and stayed for what is below it, is another mailbox when it is made again.
1 login ann
C: a CREATE p/q
S: a OK [MAILBOXID ...] ...
C: b STATUS p (UIDVALIDITY MAILBOXID)
S: * STATUS p (UIDVALIDITY $v MAILBOXID ($id))
S: b OK ...
C: d DELETE p
S: d OK ...
C: e STATUS p (UIDVALIDITY)
S: e NO [NONEXISTENT] ...
C: f CREATE p (USE (\Flagged))
S: f OK [MAILBOXID ($again)] ...
assert $again != $id
C: g STATUS p (UIDVALIDITY MAILBOXID)
S: * STATUS p (UIDVALIDITY $w MAILBOXID ($again))
S: g OK ...
assert $w > $v
C: h LIST "" p* RETURN (SUBSCRIBED)
S: * LIST (\Subscribed \HasChildren \Flagged) "/" p
S: * LIST (\Subscribed \HasNoChildren) "/" p/q
S: h OK ...
mail <<one mailbox=p
C: i SELECT p
S: * 1 EXISTS
S: * OK [MAILBOXID ($again)] ...
S* * ...
S: i OK ...
restart
1 login ann
C: j STATUS p (MESSAGES UIDVALIDITY MAILBOXID)
S: * STATUS p (MESSAGES 1 UIDVALIDITY $w MAILBOXID ($again))
S: j OK ...
C: k STATUS p/q (MESSAGES)
S: * STATUS p/q (MESSAGES 0)
S: k OK ...
== one
Subject: one

x
