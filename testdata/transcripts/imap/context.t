# rfc: 5267 §4.2, §4.3
mail <<a
mail <<b
mail <<c
mail <<d
1 login ann
2 login ann
1 C: s SELECT INBOX
1 S* * ...
1 S: s OK ...
2 C: s SELECT INBOX
2 S* * ...
2 S: s OK ...
# A hint, no more.
1 C: A01 SEARCH RETURN (CONTEXT COUNT) UNDELETED UNKEYWORD $$Junk
1 S: * ESEARCH (TAG "A01") COUNT 4
1 S: A01 OK ...
1 C: B01 UID SEARCH RETURN (UPDATE COUNT) DELETED KEYWORD $$Junk
1 S: * ESEARCH (TAG "B01") UID COUNT 0
1 S: B01 OK ...
# The tag is in use.
1 C: B01 SORT RETURN (UPDATE) (ARRIVAL) UTF-8 FLAGGED
1 S: B01 BAD ...
1 C: B01 SEARCH RETURN (UPDATE) FLAGGED
1 S: B01 BAD ...
2 C: a STORE 2:3 +FLAGS.SILENT ($$Junk)
2 S* * ...
2 S: a OK ...
1 C: c NOOP
1 S: * FLAGS (... $$Junk)
1 S: * OK [PERMANENTFLAGS (... $$Junk \*)] ...
1 S: * 2 FETCH (FLAGS ($$Junk \Recent))
1 S: * 3 FETCH (FLAGS ($$Junk \Recent))
1 S: c OK ...
2 C: d STORE 1:3 +FLAGS.SILENT (\Deleted)
2 S: d OK ...
1 C: e IDLE
1 S: + idling
1 S> * 1 FETCH (FLAGS (\Deleted \Recent))
1 S> * 2 FETCH (FLAGS (\Deleted $$Junk \Recent))
1 S> * 3 FETCH (FLAGS (\Deleted $$Junk \Recent))
1 S> * ESEARCH (TAG "B01") UID ADDTO (0 2:3)
2 C: f STORE 2 -FLAGS.SILENT (\Deleted)
2 S: f OK ...
1 S> * 2 FETCH (FLAGS ($$Junk \Recent))
1 S> * ESEARCH (TAG "B01") UID REMOVEFROM (0 2)
# §4.3.4: before the EXPUNGE.
2 C: g EXPUNGE
2 S* * ...
2 S: g OK ...
1 S> * ESEARCH (TAG "B01") UID REMOVEFROM (0 3)
1 S> * 3 EXPUNGE
1 S> * 1 EXPUNGE
1 C: DONE
1 S: e OK ...
# What the client does itself, too.
1 C: h UID STORE 2 +FLAGS.SILENT (\Deleted)
1 S: * ESEARCH (TAG "B01") UID ADDTO (0 2)
1 S: h OK ...
1 C: B04 CANCELUPDATE "B01"
1 S: B04 OK ...
1 C: i UID STORE 2 -FLAGS.SILENT (\Deleted)
1 S: i OK ...

# Numbers, and messages that arrive: after the EXISTS. RFC 5465 §7: with items, before the ESEARCH.
1 C: a00 SEARCH RETURN (COUNT UPDATE (UID BODY[HEADER.FIELDS (TO FROM SUBJECT)])) FROM "boss"
1 S: * ESEARCH (TAG "a00") COUNT 0
1 S: a00 OK ...
1 C: j NOTIFY SET (SELECTED (MessageNew MessageExpunge))
1 S: j OK ...
mail <<boss
1 S> * 3 EXISTS
1 S> * 3 RECENT
1 S> * 3 FETCH (UID 5 BODY[HEADER.FIELDS (TO FROM SUBJECT)] {<<header} FLAGS (\Seen \Recent))
1 S> * ESEARCH (TAG "a00") ADDTO (0 3)
mail <<a
1 S> * 4 EXISTS
1 S> * 4 RECENT
1 C: k UID MOVE 2 Archive
1 S> * OK [COPYUID ...] ...
1 S> * 1 EXPUNGE
1 S: k OK ...
1 C: l UID STORE 5 +FLAGS.SILENT (\Deleted)
1 S: l OK ...
1 C: m EXPUNGE
1 S> * ESEARCH (TAG "a00") REMOVEFROM (0 2)
1 S> * 2 EXPUNGE
1 S: m OK ...
# §4.3: it ends with the mailbox.
1 C: n SELECT INBOX
1 S* * ...
1 S: n OK ...
mail <<boss
1 S> * 3 EXISTS
1 S> * 1 RECENT
== a
Subject: a

x
== b
Subject: b

x
== c
Subject: c

x
== d
Subject: d

x
== boss
Subject: Re: good morning
From: myboss@example.org
To: bob@example.org

x
== header escaped
Subject: Re: good morning\r\nFrom: myboss@example.org\r\nTo: bob@example.org\r\n\r\n
