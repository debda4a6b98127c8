"""The admin commands as an operator types them, through the socket; import and export of Maildir and mbox."""

import hashlib
import json
import mailbox
import os
import pathlib
import subprocess
import time
import unittest

from harness.mail import PASSWORD, imap, lmtp, message, pop3
from harness.server import BINARY, Server


class AdminCommands(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.server.start()
        cls.server.admin("domain", "add", "example.org")

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def run_admin(self, *args, stdin="", socket=None):
        return subprocess.run(
            [BINARY, "--socket", socket or str(self.server.dir / "admin.sock"), *args],
            input=stdin, capture_output=True, text=True, timeout=120,
        )

    def add(self, name):
        user = f"{name}@example.org"
        self.server.admin("account", "add", user, "--password-stdin", stdin=PASSWORD + "\n")
        return user

    def test_exit_codes_and_complaints(self):
        done = self.run_admin("domain", "add")
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("usage: mailstead domain add NAME", done.stderr)
        self.assertEqual(self.run_admin("frobnicate").returncode, 2)
        self.assertEqual(self.run_admin("account", "show", "nobody@example.org").returncode, 1)
        done = self.run_admin("domain", "list", socket=str(self.server.dir / "none.sock"))
        self.assertEqual(done.returncode, 3)
        self.assertIn("no server listens", done.stderr)
        done = self.run_admin("account", "add", "x@example.org", stdin="secret\n")
        self.assertEqual(done.returncode, 2)  # a password comes from a terminal or by --password-stdin
        self.assertTrue(subprocess.run([BINARY, "version"], capture_output=True, text=True).stdout.startswith("mailstead "))

    def test_accounts_passwords_and_devices(self):
        user = self.add("dev")
        self.assertIn(user, self.server.admin("account", "list"))
        password = self.server.admin("device", "add", user, "laptop", "--scopes", "imap").strip()
        imap(self.server, user, password).logout()
        with self.assertRaises(Exception):
            pop3(self.server, user, password)
        rows = {row["device"]: row for row in json.loads(self.server.admin("device", "list", user, "--json"))}
        self.assertEqual(rows["laptop"]["scopes"], ["imap"])
        self.assertTrue(rows["laptop"]["created"].startswith("20"))
        self.assertIn("laptop", self.server.admin("device", "list", user))
        self.assertEqual(self.run_admin("device", "add", user, "x", "--scopes", "telepathy").returncode, 2)
        self.server.admin("device", "remove", user, "laptop")
        with self.assertRaises(Exception):
            imap(self.server, user, password)
        self.server.admin("password", "set", user, "--password-stdin", stdin="another one\n")
        imap(self.server, user, "another one").logout()
        self.server.admin("account", "disable", user)
        with self.assertRaises(Exception):
            imap(self.server, user, "another one")
        self.server.admin("account", "enable", user)
        imap(self.server, user, "another one").logout()

    def test_aliases_and_domains(self):
        user = self.add("alias-target")
        self.server.admin("alias", "add", "info@example.org", user)
        self.assertIn(f"info@example.org  {user}", self.server.admin("alias", "list"))
        lmtp(self.server, "info@example.org", message("by alias", to="info@example.org"))
        self.assertEqual(json.loads(self.server.admin("quota", "show", user, "--json"))["messages"], 1)
        self.server.admin("alias", "remove", "info@example.org")
        self.server.admin("domain", "add", "other.example")
        self.assertEqual(self.server.admin("domain", "list").split(), ["example.org", "other.example"])
        self.server.admin("domain", "remove", "other.example")
        self.assertEqual(self.run_admin("domain", "remove", "example.org").returncode, 1)

    def test_quota(self):
        user = self.add("quota")
        self.server.admin("quota", "set", user, "1G", "--messages", "1")
        facts = json.loads(self.server.admin("quota", "show", user, "--json"))
        self.assertEqual((facts["bytes_max"], facts["messages_max"]), (1 << 30, 1))
        self.assertIn("bytes_max: 1.0 GiB", self.server.admin("quota", "show", user))
        lmtp(self.server, user, message("first", to=user))
        with self.assertRaises(Exception):
            lmtp(self.server, user, message("second", to=user))
        self.server.admin("quota", "set", user, "none", "--messages", "none")
        lmtp(self.server, user, message("second", to=user))
        self.assertEqual(self.run_admin("quota", "set", user, "lots").returncode, 2)

    def test_account_set(self):
        user = self.add("set")

        def facts():
            return json.loads(self.server.admin("account", "show", user, "--json"))

        def capabilities():
            c = imap(self.server, user)
            names = c.capability()[1][0].split()
            c.logout()
            return names

        before = facts()
        self.assertEqual((before["show_removed"], before["show_past"]), ("off", "off"))
        self.assertEqual((before["without_capabilities"], before["quirks"]), ([], []))
        self.assertIn(b"NOTIFY", capabilities())
        self.server.admin(
            "account", "set", user, "--show-removed", "on", "--without-capability", "notify,CONDSTORE",
            "--quirk", "delay-newmail=on,all=off",
        )
        after = facts()
        self.assertEqual((after["show_removed"], after["show_past"]), ("on", "off"))
        self.assertEqual(after["without_capabilities"], ["CONDSTORE", "NOTIFY"])
        self.assertEqual(after["quirks"], ["all=off", "delay-newmail=on"])
        self.assertFalse({b"NOTIFY", b"CONDSTORE", b"QRESYNC"} & set(capabilities()))
        c = imap(self.server, user)
        self.assertIn(b'"Recently removed"', b"".join(c.list()[1]))
        self.assertIn(b'"Recently removed"', b"".join(c.lsub()[1]))
        c.logout()
        # It lasts, and is taken back.
        self.server.admin("account", "set", user, "--with-capability", "NOTIFY,CONDSTORE", "--quirk", "all=default")
        self.server.admin("account", "set", user, "--show-removed", "off", "--show-past", "on")
        after = facts()
        self.assertEqual((after["show_removed"], after["show_past"]), ("off", "on"))
        self.assertEqual((after["without_capabilities"], after["quirks"]), ([], ["delay-newmail=on"]))
        self.assertTrue({b"NOTIFY", b"CONDSTORE", b"QRESYNC"} <= set(capabilities()))
        c = imap(self.server, user)
        self.assertNotIn(b"Recently removed", b"".join(c.list()[1]))
        c.logout()
        for wrong in (
            [], ["--show-past", "maybe"], ["--without-capability", "TELEPATHY"], ["--without-capability", "IMAP4rev1"],
            ["--quirk", "delay-newmail"], ["--quirk", "delay-newmail=perhaps"], ["--quirk", "telepathy=on"],
        ):
            done = self.run_admin("account", "set", user, *wrong)
            self.assertNotEqual(done.returncode, 0, wrong)
            self.assertNotEqual(done.stderr, "", wrong)
        self.assertEqual(facts(), after)

    def test_recently_removed(self):
        user = self.add("removed")
        lmtp(self.server, user, message("mistake", to=user))
        c = imap(self.server, user)
        c.select("INBOX")
        c.store("1", "+FLAGS", r"(\Flagged \Deleted)")
        c.expunge()
        c.logout()
        rows = json.loads(self.server.admin("removed", "list", user, "--json"))
        self.assertEqual([(r["mailbox"], r["by"] != "") for r in rows], [("INBOX", True)])
        self.server.admin("removed", "restore", user, str(rows[0]["number"]))
        c = imap(self.server, user)
        self.assertEqual(c.select("INBOX")[1], [b"1"])
        c.store("1", "+FLAGS", r"\Deleted")
        c.expunge()
        c.logout()
        self.assertEqual(self.server.admin("removed", "purge", user, "--until", "1d"), "0 of 0 messages purged\n")
        self.assertNotEqual(self.run_admin("removed", "purge", user).returncode, 0)  # nothing by leaving something out
        self.assertEqual(self.server.admin("removed", "purge", user, "--all"), "1 of 1 messages purged\n")
        self.assertEqual(json.loads(self.server.admin("removed", "list", user, "--json")), [])

    def test_removing_an_account_erases_its_mail(self):
        user = self.add("leaver")
        lmtp(self.server, user, message("left behind", to=user))
        done = self.run_admin("account", "remove", user)
        self.assertEqual(done.returncode, 1)
        self.assertIn("--erase-mail", done.stderr)
        self.server.admin("account", "remove", user, "--erase-mail")
        with self.assertRaises(Exception):
            imap(self.server, user)
        self.add("leaver")
        self.assertEqual(json.loads(self.server.admin("account", "show", user, "--json"))["messages"], 0)
        with Server() as other:  # and nothing of it is left in the store
            def rows():
                other.stop()
                code, text = other.check()
                self.assertEqual(code, 0, text)
                other.start()
                return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("verified "))

            other.add_accounts("stays@example.org", "goes@example.org")
            for n in range(30):
                lmtp(other, "goes@example.org", message(f"left {n}", to="goes@example.org"))
            full = rows()
            other.admin("account", "remove", "goes@example.org", "--erase-mail")
            self.assertLess(rows(), full - 30 * 3)

    def test_reload_takes_the_log_level(self):
        original = self.server.config.read_text()
        log = self.server.dir / "log"
        self.server.config.write_text('log_level = "error"\n' + original)
        self.server.admin("reload")
        for _ in range(200):  # the signal takes its time
            before = log.stat().st_size
            self.server.admin("domain", "list")
            if log.stat().st_size == before:
                break
        self.assertEqual(log.stat().st_size, before, "an info line in spite of log_level error")
        self.server.config.write_text("nonsense = 1\n" + original)
        self.server.admin("reload")  # a broken file is told, and the server goes on
        self.assertIn("unknown key", self.wait_for_log("unknown key"))
        self.server.config.write_text(original)
        self.server.admin("reload")
        self.assertIn("server.reloaded", self.wait_for_log("server.reloaded"))

    def wait_for_log(self, text):
        for _ in range(200):
            if text in self.server.log_text():
                break
            time.sleep(0.05)
        return self.server.log_text()


def contents(server, user):
    """Everything in an account: mailbox → sorted (digest, flags, date)."""
    c = imap(server, user)
    everything = {}
    for row in c.list()[1]:
        name = row.decode().split(' "/" ')[1]
        if "Noselect" in row.decode():
            continue
        count = int(c.select(name, readonly=True)[1][0])
        rows = []
        if count:
            data = c.fetch("1:*", "(FLAGS INTERNALDATE BODY.PEEK[])")[1]
            for part in data:
                if isinstance(part, tuple):
                    head = part[0].decode()
                    flags = sorted(f for f in head.split("FLAGS (")[1].split(")")[0].split() if f != r"\Recent")
                    rows.append((hashlib.sha256(part[1]).hexdigest(), tuple(flags), head.split('INTERNALDATE "')[1].split('"')[0]))
        everything[name.strip('"')] = sorted(rows)
    c.logout()
    return everything


class ImportAndExport(unittest.TestCase):
    add = AdminCommands.add
    run_admin = AdminCommands.run_admin

    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.server.start()
        cls.server.admin("domain", "add", "example.org")

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def imported(self, done):
        """(taken, held, skipped, refused)"""
        line = done.stderr.splitlines()[-1]
        words = line.replace(";", " ").replace(",", " ").split()
        numbers = [int(w) for w in words if w.isdigit()]
        return numbers[0], *numbers[2:]

    def test_maildir_with_folders_flags_and_dates(self):
        user = self.add("maildir")
        root = pathlib.Path(self.server.dir) / "Maildir"
        box = mailbox.Maildir(root)
        work = box.add_folder("Work.2026")
        for n in range(3):
            m = mailbox.MaildirMessage(message(f"maildir {n}", body="one\nbare\rcr\n").replace(b"\r\n", b"\n"))
            m.set_subdir("cur")
            m.set_flags("FRS" if n == 0 else "T" if n == 1 else "a")
            m.set_date(1_700_000_000 + n)
            key = work.add(m)
            if n == 0:  # as bytes: Python would rewrite the bare CR
                path = next(p for p in (root / ".Work.2026" / "cur").iterdir() if p.name.startswith(key))
                path.write_bytes(message("maildir 0", body="one\nbare\rcr\n").replace(b"\r\n", b"\n"))
                os.utime(path, (1_700_000_000, 1_700_000_000))
        box.add(mailbox.MaildirMessage(message("new one")))
        box.add(mailbox.MaildirMessage(
            b"From: Mail System Internal Data <MAILER-DAEMON@host>\nX-IMAP: 1 2\n"
            b"Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\n\nno\n"))
        (root / ".Work.2026" / "dovecot-keywords").write_text("0 $Todo\n")
        secret = pathlib.Path(self.server.dir) / "secret"
        secret.write_text("Subject: not yours\n\n")
        (root / "new" / "9.link.host").symlink_to(secret)
        done = self.run_admin("import", user, str(root))
        self.assertEqual(self.imported(done), (4, 0, 1, 1), done.stderr)
        self.assertEqual(done.returncode, 1)
        (root / "new" / "9.link.host").unlink()
        there = contents(self.server, user)
        self.assertEqual(sorted(flags for _, flags, _ in there["Work/2026"]),
                         [("$Todo",), (r"\Answered", r"\Flagged", r"\Seen"), (r"\Deleted",)])
        self.assertEqual(sorted(date for *_, date in there["Work/2026"])[0], "14-Nov-2023 22:13:20 +0000")
        want = message("maildir 0", body="one\r\nbare\rcr\r\n")
        self.assertIn(hashlib.sha256(want).hexdigest(), [digest for digest, *_ in there["Work/2026"]])
        self.assertEqual(len(there["INBOX"]), 1)
        again = self.run_admin("import", user, str(root))
        self.assertEqual(self.imported(again), (0, 4, 1, 0), again.stderr)
        self.assertEqual(again.returncode, 0)
        self.assertEqual(contents(self.server, user), there)

    def test_nested_folders_and_into(self):
        user = self.add("nested")
        root = pathlib.Path(self.server.dir) / "fs"
        for name in ("INBOX", "A/B"):
            (root / name).mkdir(parents=True)
            for sub in ("cur", "new", "tmp"):
                (root / name / sub).mkdir()
            (root / name / "new" / "1.a.host").write_bytes(message("in " + name).replace(b"\r\n", b"\n"))
        done = self.run_admin("import", user, str(root), "--into", "Old", "--format", "maildir")
        self.assertEqual(done.returncode, 0, done.stderr)
        there = contents(self.server, user)
        self.assertEqual((len(there["Old"]), len(there["Old/A/B"]), len(there["INBOX"])), (1, 1, 0))

    def test_mbox(self):
        user = self.add("mbox")
        path = pathlib.Path(self.server.dir) / "Letters.mbox"
        box = mailbox.mbox(path)
        for n in range(3):
            m = mailbox.mboxMessage(message(f"mbox {n}", body="text\nFrom here\n").replace(b"\r\n", b"\n"))
            m.set_flags("RF" if n == 0 else "")
            m.set_from("bob@example.net", (2020, 1, 1 + n, 10, 0, 0, 0, 0, 0))
            box.add(m)
        box.close()
        done = self.run_admin("import", user, str(path))
        self.assertEqual(self.imported(done), (3, 0, 0, 0), done.stderr)
        there = contents(self.server, user)["Letters"]
        self.assertEqual(len(there), 3)
        self.assertIn(((r"\Flagged", r"\Seen"), "01-Jan-2020 10:00:00 +0000"),
                      [(flags, date.strip().rjust(26, "0")) for _, flags, date in there])
        self.assertIn(hashlib.sha256(message("mbox 1", body="text\r\nFrom here\r\n")).hexdigest(),
                      [digest for digest, *_ in there])
        self.assertEqual(self.imported(self.run_admin("import", user, str(path))), (0, 3, 0, 0))
        other = pathlib.Path(self.server.dir) / "other.txt"
        other.write_text("no mail\n")
        self.assertEqual(self.run_admin("import", user, str(other)).returncode, 1)

    def test_export_and_import_give_the_same(self):
        user = self.add("origin")
        c = imap(self.server, user)
        c.create("Work/v1.2")
        c.create("&ZeVnLIqe-")
        for n in range(130):
            c.append("INBOX", r"(\Seen $Label1)" if n % 3 else "", f'"{1 + n % 28:02d}-Feb-2021 10:00:{n % 60:02d} +0000"',
                     message(f"origin {n}", body=f"line\r\nFrom {n}\r\n>From\r\nbare\rcr\r\n"))
        c.append("Work/v1.2", r"(\Flagged \Draft)", None, message("big", body="0123456789abcdef" * 100_000 + "\r\n"))
        c.append('"&ZeVnLIqe-"', None, None, message("twice"))
        c.append("INBOX", None, '"01-Jan-1999 00:00:00 +0000"', message("copy"))
        c.append("INBOX", None, '"01-Jan-1999 00:00:00 +0000"', message("copy"))
        c.logout()
        origin = contents(self.server, user)
        self.assertEqual(len(origin["INBOX"]), 132)
        for form in ("maildir", "mbox"):
            with self.subTest(form):
                target = pathlib.Path(self.server.dir) / f"export-{form}"
                done = self.run_admin("export", user, str(target), "--format", form)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(self.run_admin("export", user, str(target)).returncode, 1)  # not into what is there
                copy = self.add(f"copy-{form}")
                done = self.run_admin("import", copy, str(target))
                self.assertEqual(done.returncode, 0, done.stderr)
                there = {name: rows for name, rows in contents(self.server, copy).items() if rows}
                self.assertEqual(there, {name: rows for name, rows in origin.items() if rows})
                self.assertEqual(self.imported(self.run_admin("import", copy, str(target)))[:2], (0, 134))
        one = pathlib.Path(self.server.dir) / "one"
        self.assertEqual(self.run_admin("export", user, str(one), "Work/v1.2").returncode, 0)
        self.assertEqual(len([p for p in one.rglob("*") if p.is_file() and p.parent.name == "cur"]), 1)


if __name__ == "__main__":
    unittest.main()
