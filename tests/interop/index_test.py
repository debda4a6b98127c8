"""The search index seen from outside: it comes by itself, survives kills and damage, and never changes an answer."""

import json
import time
import unittest

from harness.mail import imap, lmtp, message
from harness.server import Server

ANN = "ann@example.org"
LETTERS = 60


def until_indexed(server, count):
    until = time.monotonic() + 30
    while time.monotonic() < until:
        status = json.loads(server.admin("index", "show", ANN, "--json"))
        if status["up_to_date"] == "yes" and status["messages"] == count:
            return status
        time.sleep(0.05)
    raise AssertionError(f"not indexed: {status}")


def search(server, *words):
    client = imap(server)
    client.select("INBOX")
    found = client.search(None, *words)[1][0].split()
    client.logout()
    return [int(n) for n in found]


class SearchIndex(unittest.TestCase):
    def deliver(self, server, first, count):
        for n in range(first, first + count):
            fruit = "pineapple" if n % 3 == 0 else "pear"
            lmtp(server, ANN, message(f"letter {n}", f"About {fruit} number{n}.\r\n"))

    def answers(self, server, count):
        letters = range(1, count + 1)
        pine = [n for n in letters if (n - 1) % 3 == 0]
        self.assertEqual(search(server, "TEXT", '"EAPPL"'), pine)
        self.assertEqual(search(server, "BODY", '"out pear num"'), [n for n in letters if n not in pine])
        self.assertEqual(search(server, "NOT", "BODY", '"pineapple"', "SUBJECT", '"letter"'),
                         [n for n in letters if n not in pine])
        self.assertEqual(search(server, "TEXT", f'"number{count - 1}."'), [count])
        self.assertEqual(search(server, "BODY", '"bob@"'), [])
        self.assertEqual(search(server, "FROM", '"bob@"'), list(letters))

    def test_life_of_an_index(self):
        with Server() as server:
            server.add_accounts(ANN)
            self.deliver(server, 0, LETTERS)
            self.answers(server, LETTERS)  # however far it is
            until_indexed(server, LETTERS)
            self.answers(server, LETTERS)
            self.assertGreater(server.metric('index_questions_total{answer="known"}'), 0)
            self.assertEqual(server.metric("index_messages_total"), LETTERS)
            self.assertEqual(server.metric("index_failures_total"), 0)
            # Killed while there is something to do.
            self.deliver(server, LETTERS, 20)
            server.kill()
            server.start()
            self.answers(server, LETTERS + 20)
            until_indexed(server, LETTERS + 20)
            self.answers(server, LETTERS + 20)
            # Asked to begin again; damaged; gone.
            server.admin("index", "rebuild", ANN)
            until_indexed(server, LETTERS + 20)
            self.answers(server, LETTERS + 20)
            server.stop()
            (file,) = (server.dir / "data" / "index").glob("*.index")
            damaged = bytearray(file.read_bytes())
            at = damaged.index(b"PINEAPPLE")
            damaged[at:at + 4] = b"PEAR"
            file.write_bytes(damaged)
            server.start()
            self.answers(server, LETTERS + 20)
            self.assertGreater(server.metric("index_rebuilds_total"), 0)
            until_indexed(server, LETTERS + 20)
            server.stop()
            file.unlink()
            server.start()
            self.answers(server, LETTERS + 20)
            until_indexed(server, LETTERS + 20)
            self.answers(server, LETTERS + 20)
            # An account that is removed leaves no words.
            server.admin("account", "remove", ANN, "--erase-mail")
            until = time.monotonic() + 20
            while file.exists() and time.monotonic() < until:
                time.sleep(0.1)
            self.assertFalse(file.exists())

    def test_switched_off(self):
        with Server(extra="[search]\nindex = false") as server:
            server.add_accounts(ANN)
            self.deliver(server, 0, 20)
            self.answers(server, 20)
            with self.assertRaisesRegex(RuntimeError, "switched off"):
                server.admin("index", "show", ANN)
            self.assertFalse((server.dir / "data" / "index").exists())
