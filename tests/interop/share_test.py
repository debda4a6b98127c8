"""Shared mailboxes (RFC 4314): the operator's commands, and what users, POP3 and LMTP see of them."""

import imaplib
import json
import unittest

from harness.mail import imap, lmtp, message, pop3
from harness.server import Server

ANN, BELA = "ann@example.org", "bela@example.org"
INBOX = f'"Other Users/{ANN}/INBOX"'


class Share(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.close)
        self.server.start()
        self.server.add_accounts(ANN, BELA)
        lmtp(self.server, ANN, message("of ann"))

    def shares(self, *mailboxes):
        rows = json.loads(self.server.admin("share", "list", ANN, *mailboxes, "--json"))
        return {(r["mailbox"], r["user"]): r["rights"] for r in rows}

    def refused(self, *words):
        with self.assertRaises(RuntimeError) as error:
            self.server.admin("share", *words)
        return str(error.exception)

    def test_set_list_remove(self):
        self.server.admin("share", "set", ANN, "INBOX", "Bela@Example.org", "lr")
        self.server.admin("share", "set", ANN, "INBOX", BELA, "+sd")
        self.server.admin("share", "set", ANN, "Archive", "-anyone", "w")
        self.assertEqual(self.shares(), {("INBOX", BELA): "lrsted", ("Archive", "-anyone"): "w"})
        self.server.admin("share", "set", ANN, "INBOX", BELA, "-d")
        self.assertEqual(self.shares("INBOX"), {("INBOX", BELA): "lrs"})
        self.server.admin("share", "remove", ANN, "Archive", "-anyone")
        self.server.admin("share", "remove", ANN, "INBOX", BELA)
        self.assertEqual(self.shares(), {})
        self.assertIn("share", self.server.admin("history", ANN))

    def test_what_is_refused(self):
        self.assertIn("no such mailbox", self.refused("set", ANN, "None", BELA, "lr"))
        self.assertIn("no such mailbox", self.refused("list", ANN, "None"))
        self.assertIn("lrswipkxtean", self.refused("set", ANN, "INBOX", BELA, "lrq"))
        self.assertIn("address", self.refused("set", ANN, "INBOX", "bela", "lr"))
        self.assertIn("owner", self.refused("set", ANN, "INBOX", ANN, "lr"))
        self.assertEqual(self.shares(), {})

    def test_users(self):
        self.server.admin("share", "set", ANN, "INBOX", BELA, "lr")
        client = imap(self.server, BELA)
        self.assertEqual(client.myrights(INBOX), ("OK", [f'"Other Users/{ANN}/INBOX" lr'.encode()]))
        listed = [line for line in client.list('""', '"Other Users/*"')[1] if line]
        self.assertEqual(len(listed), 2)
        self.assertIn(f"Other Users/{ANN}/INBOX".encode(), listed[1])
        self.assertEqual(client.select(INBOX, readonly=True), ("OK", [b"1"]))
        self.assertIn(b"of ann", client.fetch("1", "(RFC822)")[1][0][1])
        self.assertEqual(client.copy("1", "INBOX")[0], "OK")
        self.server.admin("share", "remove", ANN, "INBOX", BELA)
        with self.assertRaises(imaplib.IMAP4.abort):
            client.fetch("1", "(FLAGS)")

    def test_pop3_and_lmtp_are_of_ones_own(self):
        self.server.admin("share", "set", ANN, "INBOX", BELA, "lrswipkxtean")
        lmtp(self.server, BELA, message("of bela"))
        client = pop3(self.server, BELA)
        self.assertEqual(client.stat()[0], 1)
        self.assertIn(b"Subject: of bela", client.retr(1)[1])
        client.quit()
        lmtp(self.server, ANN, message("of ann again"))
        client = imap(self.server, ANN)
        self.assertEqual(client.select("INBOX"), ("OK", [b"2"]))
        client.logout()


if __name__ == "__main__":
    unittest.main()
