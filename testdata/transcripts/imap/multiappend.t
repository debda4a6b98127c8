# rfc: 3502 §6
1 login ann
C: A003 APPEND Drafts (\Seen) {<<one} (\Draft) " 7-Feb-1994 22:43:04 -0800" {<<two}
S: A003 OK [APPENDUID $v 1:2] ...
C: A004 STATUS Drafts (MESSAGES UNSEEN)
S: * STATUS Drafts (MESSAGES 2 UNSEEN 1)
S: A004 OK ...
C: A005 APPEND Drafts {<<one} {0}
S: + ...
C: 
S: A005 NO ...
C: A006 STATUS Drafts (MESSAGES)
S: * STATUS Drafts (MESSAGES 2)
S: A006 OK ...
== two
Subject: two

x
== one
From: Bela <bela@example.org>
Subject: one

hello
