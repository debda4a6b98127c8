# rfc: 5255 §4.2, §4.4, §4.6, §4.7, §4.9; 5051 §2
mail <<umlaut
mail <<kelvin
mail <<broken
1 login ann
C: a CAPABILITY
S: * CAPABILITY ... I18NLEVEL=2 ...
S: a OK ...
C: s SELECT INBOX
S* * ...
S: s OK ...
# Titlecase, then decomposed: case does not count beyond ASCII, in the header (decoded) and in the body.
C: b SEARCH CHARSET UTF-8 SUBJECT {<<upper+}
S: * SEARCH 1
S: b OK ...
C: c SEARCH CHARSET UTF-8 BODY {<<upper+}
S: * SEARCH 1
S: c OK ...
C: d SEARCH SUBJECT "ang"
S: * SEARCH 2
S: d OK ...
# U+212B is the same as the letter with a ring.
C: e SEARCH CHARSET UTF-8 SUBJECT {<<ring+}
S: * SEARCH 2
S: e OK ...
# §4.6: of a charset that is not known, or octets that are none of it, no failure.
C: f SEARCH SUBJECT "broken"
S: * SEARCH 3
S: f OK ...
C: g SORT (SUBJECT) UTF-8 1:2
S: * SORT 2 1
S: g OK ...
# §4.7
C: A001 COMPARATOR "cz;*" i;unicode-casemap
S: * COMPARATOR i;unicode-casemap
S: A001 OK ...
C: A002 COMPARATOR
S: * COMPARATOR i;unicode-casemap
S: A002 OK ...
C: A003 COMPARATOR "default"
S: * COMPARATOR i;unicode-casemap
S: A003 OK ...
C: A004 COMPARATOR i;octet
S: A004 NO [BADCOMPARATOR] ...
C: A005 COMPARATOR ()
S: A005 BAD ...
2 C: A006 COMPARATOR
2 S: A006 BAD ...
== upper escaped
GRÜSSE
== ring escaped
å
== umlaut escaped
Subject: =?iso-8859-1?Q?gr=FCsse?=\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGr\xFCsse\r\n
== kelvin escaped
Subject: =?utf-8?B?4oSrbmcgYW5n?=\r\n\r\nx\r\n
== broken escaped
Subject: =?x-nobody?Q?=FF?= broken =?utf-8?Q?=FF?=\r\n\r\nx\r\n
