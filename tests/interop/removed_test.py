"""A thousand messages deleted by IMAP from three folders, and brought back by one command."""

import json
import re
import unittest

from harness.mail import imap
from harness.server import Server

ANN = "ann@example.org"
FOLDERS = ("INBOX", "Work/Old", "Sent")
COUNT = 1000


def letter(n):
    # Threads of five: each answers the one before.
    refers = f"References: <m{n - 1}@example.net>\r\n" if n % 5 else ""
    return (f"From: b@example.net\r\nSubject: thread {n // 5}\r\nMessage-ID: <m{n}@example.net>\r\n{refers}"
            f"Date: Tue, 24 Nov 2026 10:00:00 +0000\r\n\r\n{'x' * (n % 70)}\r\n").encode()


class AThousandComeBack(unittest.TestCase):
    def quota(self, server, client):
        """What the server says, against a recount of every message."""
        said = json.loads(server.admin("account", "show", ANN, "--json"))
        total = count = 0
        for folder in FOLDERS:
            if client.select(f'"{folder}"', readonly=True)[1] == [b"0"]:
                continue
            sizes = [int(re.search(rb"RFC822.SIZE (\d+)", line)[1]) for line in client.fetch("1:*", "(RFC822.SIZE)")[1]]
            count, total = count + len(sizes), total + sum(sizes)
        self.assertEqual((said["messages"], said["bytes"]), (count, total))
        return said

    def state(self, client):
        """Folder → Message-ID → flags and date; and the threads, told by Message-IDs."""
        found, threads, uids = {}, {}, {}
        for folder in FOLDERS:
            client.select(f'"{folder}"', readonly=True)
            found[folder], name_of = {}, {}
            for part in client.fetch("1:*", "(UID FLAGS INTERNALDATE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")[1]:
                if not isinstance(part, tuple):
                    continue
                mid = re.search(rb"<(\S+)>", part[1])[1].decode()
                name_of[re.search(rb"UID (\d+)", part[0])[1].decode()] = mid
                flags = sorted(re.search(rb"FLAGS \(([^)]*)\)", part[0])[1].decode().replace("\\Recent", "").split())
                found[folder][mid] = (flags, re.search(rb'INTERNALDATE "([^"]*)"', part[0])[1])
            text = client.uid("THREAD", "REFERENCES", "UTF-8", "ALL")[1][0].decode()
            named = re.sub(r"\d+", lambda m: name_of[m[0]], text)  # pylint: disable=cell-var-from-loop
            threads[folder] = sorted(re.findall(r"\([^()]*\)", named))
            uids[folder] = set(map(int, name_of))
        return found, threads, uids

    def test_all_of_it(self):
        with Server() as server:
            server.add_accounts(ANN)
            client = imap(server)
            client.create('"Work/Old"')
            for n in range(COUNT):
                flags = " ".join(f for f, every in ((r"\Seen", 2), ("$Work", 3), (r"\Flagged", 7)) if n % every == 0)
                folder = FOLDERS[n // 5 % len(FOLDERS)]
                date = f'"{n % 28 + 1:02}-Oct-2026 08:{n % 60:02}:00 +0200"'
                self.assertEqual(client.append(f'"{folder}"', f"({flags})", date, letter(n))[0], "OK")
            before = self.state(client)
            full = self.quota(server, client)
            for folder in FOLDERS:
                client.select(f'"{folder}"')
                client.store("1:*", "+FLAGS.SILENT", r"(\Deleted)")
                self.quota(server, client)
                client.select(f'"{folder}"')
                client.expunge()
                self.quota(server, client)
            self.assertEqual(self.quota(server, client)["removed_messages"], COUNT)
            self.assertEqual(server.admin("removed", "restore", ANN, "--all"), f"{COUNT} of {COUNT} messages restored\n")
            now = self.quota(server, client)
            self.assertEqual((now["messages"], now["bytes"]), (full["messages"], full["bytes"]))
            self.assertEqual((now["removed_messages"], now["removed_bytes"]), (0, 0))
            after = self.state(client)
            self.assertEqual(after[0], before[0])
            self.assertEqual(after[1], before[1])
            for folder in FOLDERS:
                self.assertGreater(min(after[2][folder]), max(before[2][folder]))
            self.assertEqual(server.admin("removed", "restore", ANN, "--all"), "0 of 0 messages restored\n")
            client.logout()
            server.stop()
            code, findings = server.check()
            self.assertEqual(code, 0, findings)
