# rfc: 5256 §3 THREAD, §4: parents, siblings, one that is missing, subjects
mail <<root
mail <<reply
mail <<answer
mail <<second
mail <<orphan
mail <<sibling
1 login ann
C: s SELECT INBOX
S* * ...
S: s OK ...
C: A283 THREAD ORDEREDSUBJECT UTF-8 SINCE 5-MAR-2000
S: * THREAD (1 (2)(3)(4))(5 6)
S: A283 OK ...
C: A284 THREAD ORDEREDSUBJECT US-ASCII TEXT "gewp"
S: * THREAD
S: A284 OK ...
C: A285 THREAD REFERENCES UTF-8 SINCE 5-MAR-2000
S: * THREAD (1 (2 3)(4))((5)(6))
S: A285 OK ...
C: r THREAD REFS UTF-8 ALL
S: * THREAD (1 (2 3)(4))((5)(6))
S: r OK ...
C: A286 UID THREAD REFERENCES UTF-8 2:3
S: * THREAD (2 3)
S: A286 OK ...
C: A287 THREAD NOSUCH UTF-8 ALL
S: A287 BAD ...
== root
Subject: plan
Message-ID: <1@example.org>
Date: Mon, 3 Jan 2022 10:00:00 +0000

x
== reply
Subject: Re: plan
Message-ID: <2@example.org>
In-Reply-To: <1@example.org>
Date: Mon, 3 Jan 2022 11:00:00 +0000

x
== answer
Subject: Re: plan
Message-ID: <3@example.org>
References: <1@example.org> <"2"@example.org>
Date: Mon, 3 Jan 2022 12:00:00 +0000

x
== second
Subject: Fwd: plan
Message-ID: <4@example.org>
References: <1@example.org>
Date: Mon, 3 Jan 2022 13:00:00 +0000

x
== orphan
Subject: other
Message-ID: <5@example.org>
References: <gone@example.org>
Date: Mon, 3 Jan 2022 14:00:00 +0000

x
== sibling
Subject: other
Message-ID: <6@example.org>
References: <gone@example.org>
Date: Mon, 3 Jan 2022 15:00:00 +0000

x
