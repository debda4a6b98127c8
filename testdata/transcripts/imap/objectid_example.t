# rfc: 8474 §4.1, §4.2, §4.3, §5.1, §5.3, §6
1 login ann
C: 3 create foo
S: 3 OK [MAILBOXID ($foo)] ...
C: 4 create bar
S: 4 OK [MAILBOXID ($bar)] ...
assert $foo != $bar
C: 5 create foo
S: 5 NO [ALREADYEXISTS] ...
C: 27 select "foo"
S: * OK [MAILBOXID ($foo)] ...
S* * ...
S: 27 OK [READ-WRITE] ...
C: 6 status foo (mailboxid)
S: * STATUS foo (MAILBOXID ($foo))
S: 6 OK ...
C: 7 status bar (mailboxid)
S: * STATUS bar (MAILBOXID ($bar))
S: 7 OK ...
C: 8 rename foo renamed
S: 8 OK ...
C: 9 status renamed (mailboxid)
S: * STATUS renamed (MAILBOXID ($foo))
S: 9 OK ...
C: 11 list "" (bar renamed) return (status (mailboxid))
S: * LIST (\HasNoChildren) "/" bar
S: * STATUS bar (MAILBOXID ($bar))
S: * LIST (\HasNoChildren) "/" renamed
S: * STATUS renamed (MAILBOXID ($foo))
S: 11 OK ...
# §5.3: an answer is of the thread of what it answers, and another message of another.
C: 15 append inbox "20-Mar-2018 03:07:37 +1100" {<<first}
S: 15 OK [APPENDUID $v 1] ...
C: 16 append inbox "20-Mar-2018 03:07:37 +1100" {<<answer}
S: 16 OK [APPENDUID $v 2] ...
C: 17 append inbox "20-Mar-2018 03:07:37 +1100" {<<other}
S: 17 OK [APPENDUID $v 3] ...
C: 21 select inbox
S* * ...
S: 21 OK ...
C: 22 fetch 1:* (emailid threadid)
S: * 1 FETCH (EMAILID ($m1) THREADID ($t1))
S: * 2 FETCH (EMAILID ($m2) THREADID ($t1))
S: * 3 FETCH (EMAILID ($m3) THREADID ($t3))
S: 22 OK ...
C: 23 move 2 bar
S: * OK [COPYUID ... 2 1] ...
S: * 2 EXPUNGE
S: 23 OK ...
C: 24 fetch 1:* (emailid threadid)
S: * 1 FETCH (EMAILID ($m1) THREADID ($t1))
S: * 2 FETCH (EMAILID ($m3) THREADID ($t3))
S: 24 OK ...
C: 27 search emailid $m3
S: * SEARCH 2
S: 27 OK ...
C: 28 search threadid $t1
S: * SEARCH 1
S: 28 OK ...
C: 25 select "bar"
S* * ...
S: 25 OK [READ-WRITE] ...
C: 26 fetch 1:* (emailid threadid)
S: * 1 FETCH (EMAILID ($m2) THREADID ($t1))
S: 26 OK ...
== first
From: Some Example <example@example.com>
Message-ID: <fake.1521475658@example.com>
Subject: Message A

Test
== answer
From: Some Example <example@example.com>
Message-ID: <fake.1521475659@example.com>
References: <fake.1521475658@example.com>
Subject: Re: Message A

Test
== other
From: Some Example <example@example.com>
Message-ID: <fake.1521475660@example.com>
Subject: Message C

Test
