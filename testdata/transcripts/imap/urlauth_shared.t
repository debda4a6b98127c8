# rfc: 4467, 4314: keys are the owner's; who guesses at URLs is sent away
mail <<one
1 login ann
2 login bela
C: a SETACL INBOX bela@example.org lrswipkxtean
S: a OK ...
2 C: a RESETKEY "Other Users/ann@example.org/INBOX"
2 S: a NO [NOPERM] ...
2 C: b RESETKEY "Other Users/ann@example.org/None"
2 S: b NO [NONEXISTENT] ...
2 C: c GENURLAUTH "imap://bela%40example.org@h/Other%20Users/ann@example.org/INBOX/;uid=1;urlauth=authuser" INTERNAL
2 S: c BAD ...
2 C: d URLFETCH a b c d e f g h i j k l m n o p q r s
2 S: * URLFETCH a NIL b NIL ... s NIL
2 S: * BYE ...
2 S: d OK ...
2 closed
== one
Subject: one

hello
