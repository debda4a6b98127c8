# rfc: 9051 §7.5.2
# Groups, missing fields, encoded words as they are, Sender and Reply-To by default From, comments, several lines.
mail <<m1
mail <<m2
mail <<m3
1 login ann
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...

C: a FETCH 1 ENVELOPE
S: * 1 FETCH (ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL))
S: a OK ...
C: b FETCH 2 ENVELOPE
S: * 2 FETCH (ENVELOPE (NIL "=?utf-8?Q?Gr=C3=BC=C3=9Fe?=" (("Joe \"J\" Doe" NIL "joe" "b.example")) (("Joe \"J\" Doe" NIL "joe" "b.example")) ((NIL NIL "list" "b.example")) ((NIL NIL "undisclosed-recipients" NIL)(NIL NIL NIL NIL)) NIL NIL "<in@reply>" "<mid@b>"))
S: b OK ...
C: c FETCH 3 ENVELOPE
S: * 3 FETCH (ENVELOPE (NIL "a folded subject" ((NIL NIL "x" "y.example")) ((NIL NIL "x" "y.example")) ((NIL NIL "x" "y.example")) ((NIL NIL "A Group" NIL)("Ed" NIL "ed" "c.example")(NIL NIL "joe" "d.example")(NIL NIL NIL NIL)) NIL NIL NIL NIL))
S: c OK ...
== m1
X-Nothing: at all

x
== m2
From: "Joe \"J\" Doe" <joe@b.example>
Reply-To: list@b.example
To: undisclosed-recipients:;
Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=
In-Reply-To: <in@reply>
Message-ID: <mid@b>

x
== m3
From: x@y.example
To: A Group:Ed <ed@c.example>,joe@d.example;
Subject: a
 folded
 subject

x
