# rfc: 5256 §2.1, §3
mail <<loop1
mail <<loop2
mail <<self
mail <<nothing
mail <<nothing
mail <<twin
mail <<twin
mail <<quoted
mail <<child
1 login ann
C: z THREAD REFERENCES UTF-8 ALL
S: z BAD ...
C: s SELECT INBOX
S* * ...
S: s OK ...
# Two that name each other, and one that names itself, are in the answer once; no loop is made.
C: a THREAD REFERENCES UTF-8 1:2
S/ \* THREAD (\(1 2\)|\(2 1\))
S: a OK ...
C: b THREAD REFERENCES UTF-8 3
S: * THREAD (3)
S: b OK ...
# Without any subject, each is alone.
C: c THREAD REFERENCES UTF-8 4:5
S: * THREAD (4)(5)
S: c OK ...
# The same Message-ID twice: the second one counts as having none.
C: d UID THREAD REFERENCES UTF-8 6:7
S/ \* THREAD .*6.*7.*|\* THREAD .*7.*6.*
S: d OK ...
# A msg-id is the same whether it is quoted or not.
C: e THREAD REFERENCES UTF-8 8:9
S: * THREAD (8 9)
S: e OK ...
# Of nothing, no thread; the charset must be there, and known.
C: f THREAD REFERENCES UTF-8 FLAGGED
S: * THREAD
S: f OK ...
C: g THREAD REFERENCES X-NOBODY ALL
S: g NO [BADCHARSET ...] ...
C: h THREAD REFERENCES ALL
S/ h (BAD|NO \[BADCHARSET .*\]) .*
C: i THREAD UTF-8 ALL
S: i BAD ...
C: j THREAD (REFERENCES) UTF-8 ALL
S: j BAD ...
C: k THREAD REFERENCES UTF-8
S: k BAD ...
C: l THREAD orderedsubject "utf-8" 4:5
S/ \* THREAD \(4 5\)|\* THREAD \(4\)\(5\)
S: l OK ...
C: m SELECT Archive
S* * ...
S: m OK ...
C: n THREAD ORDEREDSUBJECT UTF-8 1:*
S: * THREAD
S: n OK ...
== loop1
Subject: a
Message-ID: <l1@example.org>
References: <l2@example.org>
Date: Mon, 3 Jan 2022 10:00:00 +0000

x
== loop2
Subject: b
Message-ID: <l2@example.org>
References: <l1@example.org>
Date: Mon, 3 Jan 2022 11:00:00 +0000

x
== self
Subject: c
Message-ID: <s@example.org>
References: <s@example.org> <s@example.org>
Date: Mon, 3 Jan 2022 12:00:00 +0000

x
== nothing
Date: Mon, 3 Jan 2022 13:00:00 +0000

x
== twin
Subject: twin
Message-ID: <t@example.org>
Date: Mon, 3 Jan 2022 14:00:00 +0000

x
== quoted
Subject: d
Message-ID: <"01KF8JCEOCBS0045PS"@xxx.example>
Date: Mon, 3 Jan 2022 15:00:00 +0000

x
== child
Subject: other words
Message-ID: <c@example.org>
In-Reply-To: <01KF8JCEOCBS0045PS@xxx.example> someone@example.org
Date: Mon, 3 Jan 2022 16:00:00 +0000

x
