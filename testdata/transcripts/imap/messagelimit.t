# rfc: 9738 §3.1
setting message_limit 3
mail <<one
mail <<one
mail <<one
mail <<one
mail <<one
mail <<one
1 S: * OK ...
1 C: a LOGIN ann@example.org secret
1 S/ a OK \[CAPABILITY (?!.*SAVELIMIT).* MESSAGELIMIT=3.*\] .*
1 C: b SELECT INBOX
1 S* * ...
1 S: b OK [READ-WRITE] ...

# Those with the highest UIDs, and the lowest of them.
1 C: c FETCH 1:* UID
1 S: * 4 FETCH (UID 4)
1 S: * 5 FETCH (UID 5)
1 S: * 6 FETCH (UID 6)
1 S: c OK [MESSAGELIMIT 3 4] ...
1 C: d FETCH 1:3 UID
1 S: * 1 FETCH (UID 1)
1 S: * 2 FETCH (UID 2)
1 S: * 3 FETCH (UID 3)
1 S/ d OK (?!\[).*
1 C: e UID FETCH 1:3,5 FLAGS
1 S: * 2 FETCH (UID 2 FLAGS (\Recent))
1 S: * 3 FETCH (UID 3 FLAGS (\Recent))
1 S: * 5 FETCH (UID 5 FLAGS (\Recent))
1 S: e OK [MESSAGELIMIT 3 2] ...
1 C: f STORE 1:* +FLAGS (\Flagged)
1 S: * 4 FETCH (FLAGS (\Flagged \Recent))
1 S: * 5 FETCH (FLAGS (\Flagged \Recent))
1 S: * 6 FETCH (FLAGS (\Flagged \Recent))
1 S: f OK [MESSAGELIMIT 3 4] ...

# Looked at are those that the sets of a search leave.
1 C: g SEARCH ALL
1 S: * SEARCH 4 5 6
1 S: g OK [MESSAGELIMIT 3 4] ...
1 C: h SEARCH UNFLAGGED
1 S: * SEARCH
1 S: h OK [MESSAGELIMIT 3 4] ...
1 C: i UID SEARCH UIDBEFORE 4 UNFLAGGED
1 S: * SEARCH 1 2 3
1 S/ i OK (?!\[).*
1 C: j UID SEARCH UIDAFTER 4
1 S: * SEARCH 5 6
1 S/ j OK (?!\[).*
1 C: k UID SEARCH UIDBEFORE 6
1 S: * SEARCH 3 4 5
1 S: k OK [MESSAGELIMIT 3 3] ...
1 C: l SEARCH 2:4 UNFLAGGED
1 S: * SEARCH 2 3
1 S/ l OK (?!\[).*
1 C: m SEARCH UIDAFTER 0
1 S: m BAD ...
1 C: n SEARCH RETURN (SAVE COUNT) ALL
1 S: * ESEARCH (TAG "n") COUNT 3
1 S: n OK [MESSAGELIMIT 3 4] ...
1 C: o FETCH $ UID
1 S: * 4 FETCH (UID 4)
1 S: * 5 FETCH (UID 5)
1 S: * 6 FETCH (UID 6)
1 S/ o OK (?!\[).*

# All or nothing.
1 C: p COPY 1:4 Trash
1 S: p NO [MESSAGELIMIT 3] ...
1 C: q STATUS Trash (MESSAGES)
1 S: * STATUS Trash (MESSAGES 0)
1 S: q OK ...
1 C: r COPY 1:3 Trash
1 S: r OK [COPYUID ...
1 C: s SORT (ARRIVAL) UTF-8 ALL
1 S: s NO [MESSAGELIMIT 3] ...
1 C: t SORT (ARRIVAL) UTF-8 1:3
1 S: * SORT 1 2 3
1 S: t OK ...
1 C: u THREAD REFERENCES UTF-8 ALL
1 S: u NO [MESSAGELIMIT 3] ...
1 C: v UID FETCH 1:* FLAGS (PARTIAL 1:4)
1 S: v NO [MESSAGELIMIT 3] ...

1 C: w UID MOVE 1:* Trash
1 S> * OK [COPYUID $v 4:6 4:6] ...
1 S> * 6 EXPUNGE
1 S> * 5 EXPUNGE
1 S> * 4 EXPUNGE
1 S: w OK [MESSAGELIMIT 3 4] ...

# Only what is marked counts for UID EXPUNGE; EXPUNGE is not limited.
mail <<one flags=\Deleted
mail <<one flags=\Deleted
1 C: x STORE 1:3 +FLAGS.SILENT (\Deleted)
1 S* * ...
1 S: x OK ...
1 C: y UID EXPUNGE 1:*
1 S: * 5 EXPUNGE
1 S: * 4 EXPUNGE
1 S: * 3 EXPUNGE
1 S: y OK [MESSAGELIMIT 3 3] ...
mail <<one flags=\Deleted
mail <<one flags=\Deleted
1 C: z EXPUNGE
1 S* * ...
1 S/ z OK (?!\[).*
1 C: A STATUS INBOX (MESSAGES)
1 S: * STATUS INBOX (MESSAGES 0)
1 S: A OK ...

# Where the reply has a code of its own.
mail <<one
mail <<one
mail <<one
mail <<one
1 C: B SELECT INBOX (CONDSTORE)
1 S* * ...
1 S: B OK ...
1 C: C MOVE 1:* Trash
1 S: * NO [MESSAGELIMIT 3 12] ...
1 S: * OK [COPYUID ...
1 S* * ...
1 S: C OK [HIGHESTMODSEQ ...
== one
From: Bela <bela@example.org>
Subject: one

hello
