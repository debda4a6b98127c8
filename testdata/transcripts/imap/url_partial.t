# rfc: 5550 §3, 5092 §6.3: the parts of a message by URL, and parts of these
mail <<photos
mail <<photos mailbox=Sent
1 login ann
C: a STATUS INBOX (UIDVALIDITY)
S: * STATUS INBOX (UIDVALIDITY $v)
S: a OK ...
C: b APPEND Drafts CATENATE (URL "/INBOX;UIDVALIDITY=$v/;UID=1/;SECTION=HEADER" TEXT {<<start+} URL "/INBOX;UIDVALIDITY=$v/;UID=1/;SECTION=TEXT/;PARTIAL=0.5" TEXT {<<dots+} URL "/INBOX;UIDVALIDITY=$v/;UID=1/;SECTION=TEXT/;PARTIAL=6" URL "/Sent/;UID=1/;PARTIAL=0.8")
S: b OK [APPENDUID $w 1] ...
C: c EXAMINE Drafts
S* * ...
S: c OK ...
C: d FETCH 1 BODY.PEEK[]
S: * 1 FETCH (BODY[] {<<made})
S: d OK ...
C: e APPEND Drafts CATENATE (URL "/INBOX/;UID=1/;PARTIAL=0.0")
S: e NO [BADURL ...] ...
C: f APPEND Drafts CATENATE (URL "/INBOX/;UID=1/;PARTIAL=x")
S: f NO [BADURL ...] ...
== photos escaped
Subject: photos\r\n\r\nhello world\r\n
== start escaped
>
== dots escaped
...
== made escaped
Subject: photos\r\n\r\n>hello...world\r\nSubject:
