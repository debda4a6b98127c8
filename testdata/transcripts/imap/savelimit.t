# rfc: 9738 §3
setting save_limit 2
mail <<one
mail <<one
mail <<one
1 S: * OK ...
1 C: a LOGIN ann@example.org secret
1 S/ a OK \[CAPABILITY (?!.*MESSAGELIMIT).* SAVELIMIT=2.*\] .*
1 C: b SELECT INBOX
1 S* * ...
1 S: b OK [READ-WRITE] ...
1 C: c SEARCH ALL
1 S: * SEARCH 1 2 3
1 S/ c OK (?!\[).*
1 C: d COPY 1:3 Trash
1 S: d NO [MESSAGELIMIT 2] ...
1 C: e COPY 1:2 Trash
1 S: e OK [COPYUID ...
1 C: f MOVE 1:3 Trash
1 S* * ...
1 S/ f OK (?!\[).*
1 C: g APPEND INBOX {<<one+} {<<one+} {<<one+}
1 S: g NO [MESSAGELIMIT 2] ...
1 C: h APPEND Trash {<<one+} {<<one+}
1 S: h OK [APPENDUID ...
# Switched off for this account, it does not hold either.
without bela SAVELIMIT
2 C: a LOGIN bela@example.org secret
2 S/ a OK \[CAPABILITY (?!.*LIMIT=2).*\] .*
2 C: b APPEND Trash {<<one+} {<<one+} {<<one+}
2 S: b OK [APPENDUID ...
== one
From: Bela <bela@example.org>
Subject: one

hello
