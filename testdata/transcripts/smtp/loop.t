# rfc: 5321 §6.3
# A message that has already been delivered here, and one with too many Received fields.
C: EHLO bar.example
S* 250-...
S: 250 ...
C: MAIL FROM:<a@b.example>
S: 250 ...
C: RCPT TO:<ann@example.org>
S: 250 ...
C: DATA
S: 354 ...
C. again
S: 554 5.4.6 ...
C: MAIL FROM:<a@b.example>
S: 250 ...
C: RCPT TO:<ann@example.org>
S: 250 ...
C: DATA
S: 354 ...
C. hops
S: 554 5.4.6 ...
== again
Delivered-To: ann@example.org
Subject: x

y
== hops
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Received: from a by b
Subject: x

y
