"""Python's imaplib, poplib and smtplib: full rounds."""

import imaplib
import poplib
import smtplib
import ssl
import unittest

from harness.mail import PASSWORD, imap, lmtp, message, pop3
from harness.server import Server


def untrusted():
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class PythonClients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.server.start()
        cls.server.add_accounts("ann@example.org", "ben@example.org", "cleo@example.org")

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def test_imap_full_round(self):
        for n in range(3):
            lmtp(self.server, "ann@example.org", message(f"round {n}"))
        c = imap(self.server)
        self.assertEqual(c.select("INBOX"), ("OK", [b"3"]))
        _, data = c.fetch("1:*", "(UID FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")
        subjects = [part[1] for part in data if isinstance(part, tuple)]
        self.assertEqual(subjects, [f"Subject: round {n}\r\n\r\n".encode() for n in range(3)])
        self.assertEqual(c.store("1", "+FLAGS", r"(\Seen $Work)")[0], "OK")
        self.assertEqual(c.search(None, "SEEN"), ("OK", [b"1"]))
        self.assertEqual(c.create("Work/2026")[0], "OK")
        self.assertEqual(c.copy("1:2", "Work/2026")[0], "OK")
        self.assertEqual(c.uid("MOVE", "3", "Work/2026")[0], "OK")
        self.assertEqual(c.store("1", "+FLAGS", r"\Deleted")[0], "OK")
        c.response("EXPUNGE")  # what MOVE has told
        self.assertEqual(c.expunge(), ("OK", [b"1"]))
        self.assertEqual(c.append("Drafts", r"\Draft", None, message("draft"))[0], "OK")
        self.assertEqual(c.select("Work/2026"), ("OK", [b"3"]))
        _, data = c.fetch("1", "(FLAGS)")
        self.assertIn(b"$Work", data[0])
        names = b" ".join(c.list()[1])
        for name in (b"INBOX", b"Drafts", b"Sent", b"Trash", b"Junk", b"Archive", b"Work/2026"):
            self.assertIn(name, names)
        self.assertEqual(c.status("INBOX", "(MESSAGES UNSEEN)"), ("OK", [b"INBOX (MESSAGES 1 UNSEEN 1)"]))
        self.assertEqual(c.delete("Work/2026")[0], "OK")
        c.logout()

    def test_imap_idle_hears_of_a_delivery(self):
        c = imap(self.server, "ben@example.org")
        c.select("INBOX")
        c.send(b"i1 IDLE\r\n")
        self.assertTrue(c.readline().startswith(b"+"))
        lmtp(self.server, "ben@example.org", message("news"))
        self.assertTrue(c.readline().endswith(b" EXISTS\r\n"))
        self.assertTrue(c.readline().endswith(b" RECENT\r\n"))
        c.send(b"DONE\r\n")
        self.assertTrue(c.readline().startswith(b"i1 OK"))
        c.logout()

    def test_tls_listeners_and_starttls(self):
        with imaplib.IMAP4_SSL("127.0.0.1", self.server.ports["imaps"], ssl_context=untrusted()) as c:
            c.login("ann@example.org", PASSWORD)
        with imaplib.IMAP4("127.0.0.1", self.server.ports["imap"]) as c:
            c.starttls(untrusted())
            c.login("ann@example.org", PASSWORD)
        p = poplib.POP3_SSL("127.0.0.1", self.server.ports["pop3s"], context=untrusted())
        p.user("ann@example.org")
        p.pass_(PASSWORD)
        p.quit()
        p = poplib.POP3("127.0.0.1", self.server.ports["pop3"])
        p.stls(untrusted())
        p.user("ann@example.org")
        p.pass_(PASSWORD)
        p.quit()

    def test_wrong_passwords_are_refused(self):
        with self.assertRaises(imaplib.IMAP4.error):
            imap(self.server, password="wrong")
        with self.assertRaises(poplib.error_proto):
            pop3(self.server, user="nobody@example.org")

    def test_pop3_full_round(self):
        for n in range(4):
            lmtp(self.server, "cleo@example.org", message(f"pop {n}", to="cleo@example.org"))
        p = pop3(self.server, "cleo@example.org")
        count, size = p.stat()
        self.assertEqual(count, 4)
        _, lines, octets = p.retr(2)
        self.assertIn(b"Subject: pop 1", lines)
        self.assertEqual(octets, int(p.list(2).split()[2]))
        self.assertEqual(size, sum(int(row.split()[1]) for row in p.list()[1]))
        uidls = p.uidl()[1]
        p.dele(1)
        p.quit()
        p = pop3(self.server, "cleo@example.org")
        self.assertEqual([row.split()[1] for row in p.uidl()[1]], [row.split()[1] for row in uidls[1:]])
        p.quit()

    def test_submission_and_smtp(self):
        with smtplib.SMTP("127.0.0.1", self.server.ports["submission"]) as s:
            s.starttls(context=untrusted())
            s.login("ann@example.org", PASSWORD)
            s.sendmail("ann@example.org", ["ben@example.org"], message("submitted", sender="ann@example.org"))
            with self.assertRaises(smtplib.SMTPRecipientsRefused):
                s.sendmail("ann@example.org", ["x@elsewhere.example"], message("away"))
        with smtplib.SMTP_SSL("127.0.0.1", self.server.ports["submissions"], context=untrusted()) as s:
            s.login("ann@example.org", PASSWORD)
        with smtplib.SMTP("127.0.0.1", self.server.ports["smtp"]) as s:
            s.sendmail("bob@example.net", ["ben@example.org"], message("by smtp"))
            with self.assertRaises(smtplib.SMTPRecipientsRefused):
                s.sendmail("bob@example.net", ["nobody@example.org"], message("nobody"))
            with self.assertRaises(smtplib.SMTPRecipientsRefused):
                s.sendmail("bob@example.net", ["x@elsewhere.example"], message("relay"))
        c = imap(self.server, "ben@example.org")
        c.select("INBOX")
        for subject in ("submitted", "by smtp"):
            self.assertEqual(len(c.search(None, "SUBJECT", f'"{subject}"')[1][0].split()), 1, subject)
        c.logout()

    def test_mail_survives_a_restart(self):
        lmtp(self.server, "ann@example.org", message("kept", mid="kept-over-restart"))
        self.server.stop()
        self.server.start()
        c = imap(self.server)
        c.select("INBOX", readonly=True)
        self.assertEqual(len(c.search(None, "HEADER", "Message-ID", "kept-over-restart")[1][0].split()), 1)
        c.logout()
