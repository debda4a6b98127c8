# rfc: 5182 §2.2, examples 1 to 5; §2.3, examples 6 to 9; §2.4
mail <<smith flags=\Flagged
mail <<jones flags=\Flagged
mail <<jones
mail <<jones flags=\Flagged
1 login ann
C: c CREATE "Other Messages"
S: c OK ...
C: s SELECT INBOX
S* * ...
S: s OK [READ-WRITE] ...
C: A282 SEARCH RETURN (SAVE) FLAGGED SINCE 1-Feb-1994 NOT FROM "Smith"
S: A282 OK ...
C: A283 FETCH $$ (UID FLAGS)
S: * 2 FETCH (UID 2 FLAGS (\Flagged \Recent))
S: * 4 FETCH (UID 4 FLAGS (\Flagged \Recent))
S: A283 OK ...
# Example 2: pipelined.
C: A282 SEARCH RETURN (SAVE) FLAGGED SINCE 1-Feb-1994 NOT FROM "Smith"
C: A283 FETCH $$ (UID)
S: A282 OK ...
S: * 2 FETCH (UID 2)
S: * 4 FETCH (UID 4)
S: A283 OK ...
# Example 3: in a SEARCH, as numbers and as UIDs.
C: A300 SEARCH RETURN (SAVE) SINCE 1-Jan-2004 NOT FROM "Smith"
S: A300 OK ...
C: A301 UID SEARCH UID $$ SMALLER 4096
S: * SEARCH 2 3 4
S: A301 OK ...
C: A301 UID SEARCH $$ SMALLER 4096
S: * SEARCH 2 3 4
S: A301 OK ...
# Example 4: within OR, with text as UTF-8.
C: P283 SEARCH CHARSET UTF-8 (OR $$ 1,3000:3021) TEXT {<<text}
S: * SEARCH 1 2 3 4
S: P283 OK ...
# Example 6: an empty one.
C: E282 SEARCH RETURN (SAVE) SINCE 28-Oct-2306 NOT FROM "Eric"
C: E283 COPY $$ "Other Messages"
S: E282 OK ...
S! E283 OK [COPYUID ...
S: E283 OK ...
# Example 7
C: F282 SEARCH RETURN (SAVE) KEYWORD $$Junk
C: F283 COPY $$ "Junk"
C: F284 STORE $$ +FLAGS.Silent (\Deleted)
S: F282 OK ...
S: F283 OK ...
S: F284 OK ...
# Example 9: the second one counts.
C: H282 SEARCH RETURN (SAVE) KEYWORD $$Junk
C: H283 SEARCH RETURN (SAVE) SINCE 28-Oct-2006 FROM "Smith"
S: H282 OK ...
S: H283 OK ...
C: H284 SEARCH $$
S: * SEARCH 1
S: H284 OK ...
# §2.4: with MIN and MAX what they name, with ALL or COUNT everything.
C: C284 SEARCH RETURN (SAVE MIN) FLAGGED
S: * ESEARCH (TAG "C284") MIN 1
S: C284 OK ...
C: i SEARCH $$
S: * SEARCH 1
S: i OK ...
C: C285 SEARCH RETURN (MAX SAVE MIN) FLAGGED
S: * ESEARCH (TAG "C285") MIN 1 MAX 4
S: C285 OK ...
C: j SEARCH $$
S: * SEARCH 1 4
S: j OK ...
C: C286 SEARCH RETURN (MAX SAVE MIN COUNT) FLAGGED
S: * ESEARCH (TAG "C286") MIN 1 MAX 4 COUNT 3
S: C286 OK ...
C: k SEARCH $$
S: * SEARCH 1 2 4
S: k OK ...
# Example 5 and §2.1: a NO to a SEARCH with SAVE empties it.
C: B283 SEARCH RETURN (SAVE) CHARSET X-NOBODY (OR $$ 1,3000:3021) TEXT {<<text}
S: B283 NO [BADCHARSET ...] ...
C: l FETCH $$ UID
S: l OK ...
== smith
From: Smith <smith@example.org>
Subject: hello

hello
== jones
From: Jones <jones@example.org>
Subject: hello

hello
== text escaped
hello
