# rfc: 8474 §5.2: related messages have one THREADID, in whatever mailbox they are
mail <<question
mail <<answer
mail <<again
mail <<other
mail <<nameless
mail <<nameless
1 login ann
C: s SELECT INBOX
S* * ...
S: s OK ...
C: a FETCH 1:4 (THREADID)
S: * 1 FETCH (THREADID ($t))
S: * 2 FETCH (THREADID ($t))
S: * 3 FETCH (THREADID ($t))
S: * 4 FETCH (THREADID ($u))
S: a OK ...
C: b FETCH 5 (EMAILID THREADID)
S: * 5 FETCH (EMAILID ($m) THREADID ($n))
S: b OK ...

# Of messages with one EMAILID there is one THREADID.
C: c FETCH 6 (EMAILID THREADID)
S: * 6 FETCH (EMAILID ($m) THREADID ($n))
S: c OK ...
C: d SEARCH THREADID $t
S: * SEARCH 1 2 3
S: d OK ...
C: e SEARCH NOT THREADID $t
S: * SEARCH 4 5 6
S: e OK ...
C: f SEARCH THREADID T0
S: * SEARCH
S: f OK ...
C: g COPY 2 Archive
S: g OK ...
C: h SELECT Archive
S* * ...
S: h OK ...
C: i FETCH 1 (THREADID)
S: * 1 FETCH (THREADID ($t))
S: i OK ...
== question
Subject: plan
Message-ID: <1@example.org>

x
== answer
Subject: Re: plan
Message-ID: <2@example.org>
In-Reply-To: <1@example.org>

x
== again
Subject: something else
Message-ID: <3@example.org>
References: <1@example.org> <2@example.org>

x
== other
Subject: plan
Message-ID: <4@example.org>

x
== nameless
Subject: no id

x
