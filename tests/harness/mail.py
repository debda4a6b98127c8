"""Small generated messages and the Python clients, ready to use."""

import imaplib
import poplib
import smtplib

PASSWORD = "secret-of-tests"


def message(subject, body="Hello\r\n", sender="bob@example.net", to="ann@example.org", mid=None):
    mid = mid or subject.replace(" ", "-")
    return (
        f"From: Bob <{sender}>\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{mid}@example.net>\r\n"
        f"Date: Tue, 24 Nov 2026 10:00:00 +0000\r\n\r\n{body}"
    ).encode()


def lmtp(server, recipient, content, sender="bob@example.net"):
    with smtplib.LMTP("127.0.0.1", server.ports["lmtp"]) as client:
        return client.sendmail(sender, [recipient] if isinstance(recipient, str) else recipient, content)


def imap(server, user="ann@example.org", password=PASSWORD):
    client = imaplib.IMAP4("127.0.0.1", server.ports["imap"], timeout=30)
    client.login(user, password)
    return client


def pop3(server, user="ann@example.org", password=PASSWORD):
    client = poplib.POP3("127.0.0.1", server.ports["pop3"], timeout=30)
    client.user(user)
    client.pass_(password)
    return client
