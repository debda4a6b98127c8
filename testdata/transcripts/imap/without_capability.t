# rfc: 9051 §6.1.1
# What is switched off for the server, before login and after it.
setting without UNAUTHENTICATE
setting without MOVE
mail <<one
1 S/ \* OK \[CAPABILITY IMAP4rev1 (?!.*IMAP4rev2).*\] .*
1 C: a LOGIN ann@example.org secret
# IMAP4rev2 contains MOVE, so it is not there either.
1 S/ a OK \[CAPABILITY IMAP4rev1 (?!.*(IMAP4rev2|UNAUTHENTICATE| MOVE )).*\] .*
1 C: b ENABLE IMAP4rev2 UTF8=ACCEPT
1 S: * ENABLED UTF8=ACCEPT
1 S: b OK ...
1 C: c SELECT INBOX
1 S* * ...
1 S: c OK [READ-WRITE] ...
1 C: d MOVE 1 Trash
1 S: d BAD unknown command
1 C: e UID MOVE 1 Trash
1 S: e BAD unknown command
1 C: f COPY 1 Trash
1 S: f OK [COPYUID ...
1 C: g UNAUTHENTICATE
1 S: g BAD unknown command
1 C: h FROBNICATE
1 S: h BAD unknown command

# More of them for one account; what needs them goes with them.
without ann CONDSTORE
without ann COMPRESS=DEFLATE
without ann SORT
without ann APPENDLIMIT
without ann QUOTA
2 C: a LOGIN ann@example.org secret
2 S/ a OK \[CAPABILITY (?!.*(CONDSTORE|QRESYNC|COMPRESS|SORT|APPENDLIMIT|QUOTA)).* THREAD=REFERENCES .*\] .*
2 C: b ENABLE CONDSTORE QRESYNC
2 S: * ENABLED
2 S: b OK ...
2 C: c COMPRESS DEFLATE
2 S: c BAD unknown command
2 C: d SELECT INBOX (CONDSTORE)
2 S: d BAD unknown command
2 C: e SELECT INBOX
2 S* * ...
2 S: e OK [READ-WRITE] ...
2 C: f UID SORT (DATE) UTF-8 ALL
2 S: f BAD unknown command
2 C: g SORT RETURN (COUNT) (DATE) UTF-8 ALL
2 S: g BAD unknown command
2 C: h GETQUOTAROOT INBOX
2 S: h BAD unknown command
2 C: i THREAD REFERENCES UTF-8 ALL
2 S: * THREAD (1)
2 S: i OK ...

# Other accounts keep them.
3 C: a LOGIN bela@example.org secret
3 S/ a OK \[CAPABILITY (?=.* CONDSTORE )(?=.* SORT )(?=.* COMPRESS=DEFLATE ).*\] .*
== one
From: Bela <bela@example.org>
Subject: one

hello
