"""The commands that tell what happened: trace, history, at, retention, pop3, removed."""

import json
import time
import unittest

from harness.mail import imap, lmtp, message, pop3
from harness.server import Server

ANN = "ann@example.org"


class History(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.server.start()
        cls.server.add_accounts(ANN)
        cls.pc = cls.server.admin("device", "add", ANN, "pc").strip()
        for n in range(3):
            lmtp(cls.server, ANN, message(f"lunch {n}"))
        time.sleep(1.1)  # what follows is of another second
        cls.before = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        time.sleep(1.1)
        client = imap(cls.server)
        client.select("INBOX")
        client.store("1", "+FLAGS", r"(\Seen)")
        client.store("2", "+FLAGS", r"(\Deleted)")
        client.expunge()
        client.copy("2", "Archive")
        client.logout()
        client = pop3(cls.server, ANN, cls.pc)
        client.retr(1)
        client.dele(1)
        client.quit()

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def ask(self, *words):
        return json.loads(self.server.admin(*words, "--json"))

    def refused(self, *words):
        with self.assertRaises(RuntimeError) as error:
            self.server.admin(*words)
        return str(error.exception)

    def test_trace_by_each_name(self):
        for words in (("<lunch-0@example.net>",), ("lunch-0@example.net",), ("LUNCH", "0"), ("INBOX/1",)):
            told = self.ask("trace", ANN, *words)
            self.assertEqual(told["message_id"], "lunch-0@example.net")
            self.assertEqual([e["what"] for e in told["events"]], ["added", "flagged", "retrieved", "hidden"], words)
            self.assertEqual([e["device"] for e in told["events"]], ["", "default", "pc", "pc"])
            self.assertEqual(told["events"][1]["flags"], ["\\Seen"])
        removed = self.ask("trace", ANN, "INBOX/2")  # where it is no more
        self.assertEqual(removed["now"], ["Recently removed, number 1 (of INBOX)"])
        several = self.server.admin("trace", ANN, "lunch")
        self.assertIn("message_id_3", several)
        self.assertIn("no such message", self.refused("trace", ANN, "dinner"))

    def test_history_and_its_filters(self):
        whole = self.ask("history", ANN)
        self.assertEqual([e["version"] for e in whole], sorted(e["version"] for e in whole))
        by_pc = self.ask("history", ANN, "--device", "pc")
        self.assertEqual({e["protocol"] for e in by_pc}, {"pop3"})
        arrived = self.ask("history", ANN, "--protocol", "lmtp")
        self.assertEqual([e["uid"] for e in arrived], ["1", "2", "3"])
        self.assertEqual(self.ask("history", ANN, "--mailbox", "Archive", "--since", "1h")[-1]["what"], "copied")
        self.assertEqual(self.ask("history", ANN, "--until", "1h"), [])
        self.assertNotIn("Hello", self.server.admin("history", ANN))  # no text of messages

    def test_the_account_as_it_was(self):
        then = {row["mailbox"]: row for row in self.ask("at", self.before, ANN)}
        self.assertEqual((then["INBOX"]["messages"], then["INBOX"]["unseen"], then["Archive"]["messages"]), (3, 3, 0))
        self.assertEqual([(r["uid"], r["subject"], r["flags"]) for r in self.ask("at", self.before, ANN, "INBOX")],
                         [(1, "lunch 0", []), (2, "lunch 1", []), (3, "lunch 2", [])])
        self.assertIn("Subject: lunch 1\n", self.server.admin("at", self.before, ANN, "INBOX/2").replace("\r", ""))
        now = {row["mailbox"]: row["messages"] for row in self.ask("at", "0d", ANN)}
        self.assertEqual((now["INBOX"], now["Archive"]), (2, 1))
        self.assertIn("no such message then", self.refused("at", self.before, ANN, "INBOX/9"))
        self.assertIn("no such mailbox then", self.refused("at", self.before, ANN, "Nowhere"))
        self.assertIn("still to come", self.refused("at", "2999-01-01", ANN))
        self.assertIn("not a time", self.refused("at", "yesterday", ANN))

    def test_settings(self):
        self.server.admin("retention", "set", ANN, "Archive", "--days", "7", "--messages", "100")
        rules = {r["mailbox"]: (r["days"], r["messages"]) for r in self.ask("retention", "list", ANN)}
        self.assertEqual((rules["Archive"], rules["Trash"][0], rules["INBOX"][0]), ((7, 100), 30, "no limit"))
        self.server.admin("retention", "set", ANN, "Trash", "--days", "off")
        self.server.admin("retention", "set", ANN, "Archive", "--default")
        rules = {r["mailbox"]: r["days"] for r in self.ask("retention", "list", ANN)}
        self.assertEqual((rules["Archive"], rules["Trash"]), ("no limit", "no limit"))
        self.assertIn("no such mailbox", self.refused("retention", "set", ANN, "None", "--days", "1"))
        self.server.admin("pop3", "set", ANN, "pc", "--policy", "keep", "--window", "30", "--remove-after", "14")
        shown = {r["device"]: r["settings"] for r in self.ask("pop3", "show", ANN)}
        self.assertEqual(shown["pc"], "policy keep, mail of the last 30 days, removed 14 days after retrieval")
        self.assertIn(b"EXPIRE 14", b"\n".join(pop3(self.server, ANN, self.pc)._longcmd("CAPA")[1]))  # pylint: disable=protected-access
        self.server.admin("pop3", "set", ANN, "pc", "--policy", "default", "--window", "all", "--remove-after", "never")
        self.assertIn("no such policy", self.refused("pop3", "set", ANN, "--policy", "burn"))
        self.server.admin("removed", "keep", ANN, "90", "--max", "2G", "--history", "400")
        self.assertIn("not a number", self.refused("removed", "keep", ANN, "long"))
        self.assertIn("say numbers", self.refused("removed", "purge", ANN))
