# rfc: 4469 A
# Example 1: the attachment of a draft is replaced without it being sent anew; the new one is message 2.
mail <<draft mailbox=Drafts
mail <<zip mailbox=Drafts
1 login ann
1 C: rev2 ENABLE IMAP4rev2
1 S: * ENABLED IMAP4rev2
1 S: rev2 OK ...
C: s STATUS Drafts (UIDVALIDITY)
S: * STATUS Drafts (UIDVALIDITY $v)
S: s OK ...
C: A003 APPEND Drafts (\Seen \Draft $$MDNSent) CATENATE (URL "/Drafts;UIDVALIDITY=$v/;UID=1/;section=HEADER" TEXT {<<open} URL "/Drafts;UIDVALIDITY=$v/;UID=1/;section=1.MIME" URL "/Drafts;UIDVALIDITY=$v/;UID=1/;section=1" TEXT {<<between} URL "/Drafts;UIDVALIDITY=$v/;UID=2" TEXT {<<end})
S: A003 OK [APPENDUID $v 3] ...
C: a SELECT Drafts
S* * ...
S: a OK ...
C: b FETCH 3 (FLAGS BODY.PEEK[])
S: * 3 FETCH (FLAGS (\Seen \Draft $$MDNSent) BODY[] {<<result})
S: b OK ...
# \Seen is not set by it.
C: c FETCH 1:2 FLAGS
S: * 1 FETCH (FLAGS ())
S: * 2 FETCH (FLAGS ())
S: c OK ...
# Example 4: one is missing, and nothing is appended.
C: d APPEND Sent CATENATE (TEXT {<<open} URL "/Drafts;UIDVALIDITY=$v/;UID=1" URL "/INBOX/;UID=113330/;section=1.5.9" TEXT {<<end+})
S: d NO [BADURL "/INBOX/;UID=113330/;section=1.5.9"] ...
C: e STATUS Sent (MESSAGES)
S: * STATUS Sent (MESSAGES 0)
S: e OK ...
# RFC 8508 §4.2: a header is put in front of what is there.
C: A011 UID REPLACE 2 Drafts CATENATE (TEXT {<<header} URL "/Drafts/;UID=2/;SECTION=TEXT")
S> * OK [APPENDUID $v 4] ...
S> * 2 EXPUNGE
S> * 3 EXISTS
S: A011 OK ...
C: f FETCH 3 BODY.PEEK[]
S: * 3 FETCH (BODY[] {<<replaced})
S: f OK ...
== draft
From: Bob Ar <bar@example.org>
Subject: About our holiday trip
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

Our travel agent
--b
Content-Type: application/x-zip-compressed

PK
--b--
== zip
Content-Type: application/zip

NEW
== open escaped
--b\r\n
== between escaped
\r\n--b\r\n
== end escaped
\r\n--b--\r\n
== result escaped
From: Bob Ar <bar@example.org>\r\nSubject: About our holiday trip\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nOur travel agent\r\n--b\r\nContent-Type: application/zip\r\n\r\nNEW\r\n\r\n--b--\r\n
== header escaped
To: Mitzy <miss.mitzy@example.org>\r\n\r\n
== replaced escaped
To: Mitzy <miss.mitzy@example.org>\r\n\r\nNEW\r\n
