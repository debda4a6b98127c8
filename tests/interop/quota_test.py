"""A mailbox that fills up: who is told what, and that nothing is lost or taken in silence."""

import smtplib
import unittest

from harness.mail import imap, lmtp, message
from harness.server import Server

ANN = "ann@example.org"


class FullMailbox(unittest.TestCase):
    def full(self, policy):
        with Server(extra=f'[accounts]\nover_quota = "{policy}"\n') as server:
            server.add_accounts(ANN)
            server.admin("quota", "set", ANN, "none", "--messages", "10")
            for n in range(8):
                lmtp(server, ANN, message(f"letter {n}"))
            client = imap(server)
            client.select("INBOX")
            told = client.untagged_responses.get("NO")
            # Eight letters, and the warning that they are 80 %.
            found = client.search(None, "SUBJECT", '"Your mailbox is 80 % full"')[1][0].split()
            self.assertEqual(found, [b"9"])
            self.assertEqual(told, [b"[OVERQUOTA] The account is 90 % full"])
            client.select("INBOX")
            self.assertNotIn("NO", client.untagged_responses)  # once
            lmtp(server, ANN, message("the last"))
            with self.assertRaises(smtplib.SMTPRecipientsRefused) as refused:
                lmtp(server, ANN, message("one too many"))
            self.assertEqual(client.select("INBOX")[1], [b"10"])
            self.assertEqual(client.append("INBOX", None, None, message("by APPEND"))[0], "NO")
            client.logout()
            explained = server.admin("quota", "explain", ANN)
            self.assertIn("bob@example.net", explained)
            return refused.exception.recipients[ANN]

    def test_retry(self):
        code, text = self.full("retry")
        self.assertEqual((code, text[:5]), (452, b"4.2.2"))

    def test_refuse(self):
        code, text = self.full("refuse")
        self.assertEqual((code, text[:5]), (552, b"5.2.2"))
