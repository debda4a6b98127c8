# rfc: 6409 §8.3
# A Message-ID that is there is not replaced.
1 login ann
C: MAIL FROM:<ann@example.org>
C: RCPT TO:<bela@example.org>
C: DATA
S: 250 ...
S: 250 ...
S: 354 ...
C. text
S: 250 ...
2 connect pop3
2 login bela
2 C: TOP 1 0
2 S! Message-ID: <...@mail.example.org>
2 S: +OK ...
2 S* ...
2 S: Message-ID: <mine@client.example>
2 S: Subject: x
2 S:
2 S: .
== text
Message-ID: <mine@client.example>
Subject: x

y
