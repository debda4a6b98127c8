"""Real mail clients, each a full round: list, download, flag, move, delete, append, resync without changes."""

import mailbox
import os
import pathlib
import shutil
import subprocess
import unittest

from harness.mail import PASSWORD, imap, lmtp, message
from harness.server import Server


def need(program):
    """A missing client fails its test: ./dev setup installs them all."""
    def wrap(test):
        def run(self):
            self.assertIsNotNone(shutil.which(program), f"{program} is not installed: ./dev setup")
            test(self)
        run.__name__ = test.__name__
        return run
    return wrap


class RealClients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.server.start()
        cls.server.admin("domain", "add", "example.org")

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def setUp(self):
        name = self._testMethodName.replace("test_", "").replace("_", "-")
        self.user = f"{name}@example.org"
        self.server.admin("account", "add", self.user, "--password-stdin", stdin=PASSWORD + "\n")
        self.home = pathlib.Path(self.server.dir) / name
        self.home.mkdir()
        for n in range(5):
            lmtp(self.server, self.user, message(f"{name} {n}", to=self.user))

    def run_client(self, *command, ok=(0,), stdin=""):
        done = subprocess.run(
            command, input=stdin, capture_output=True, text=True, timeout=120, cwd=self.home,
            env={**os.environ, "HOME": str(self.home), "LC_ALL": "C.UTF-8", "MAIL": str(self.home / "mail")},
        )
        self.assertIn(done.returncode, ok, f"{command}\n{done.stdout}\n{done.stderr}")
        return done.stdout + done.stderr

    def write(self, name, text, mode=0o600):
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        return str(path)

    def subjects(self, folder="INBOX", *criterion):
        """How many messages a folder has, or how many of them match."""
        c = imap(self.server, self.user)
        c.select(folder, readonly=True)
        found = len(c.search(None, *(criterion or ("ALL",)))[1][0].split())
        c.logout()
        return found

    @need("curl")
    def test_curl(self):
        base = ["curl", "-sS", "--user", f"{self.user}:{PASSWORD}"]
        imap_url = f"imap://127.0.0.1:{self.server.ports['imap']}"
        self.assertIn("INBOX", self.run_client(*base, imap_url))
        self.assertIn("Subject: curl 0", self.run_client(*base, imap_url + "/INBOX;MAILINDEX=1"))
        self.write("new.eml", message("curl appended", to=self.user).decode())
        self.run_client(*base, "-T", "new.eml", imap_url + "/INBOX")
        self.run_client(*base, imap_url + "/INBOX", "-X", r"STORE 1 +FLAGS (\Deleted)")
        self.run_client(*base, imap_url + "/INBOX", "-X", "EXPUNGE")
        self.run_client(*base, imap_url + "/INBOX", "-X", "MOVE 1 Archive")
        self.assertEqual((self.subjects(), self.subjects("Archive")), (4, 1))
        pop_url = f"pop3://127.0.0.1:{self.server.ports['pop3']}"
        self.assertIn("4 ", self.run_client(*base, pop_url))
        self.assertIn("Subject: curl 2", self.run_client(*base, pop_url + "/1"))

    @need("mbsync")
    def test_mbsync(self):
        (self.home / "mail").mkdir()
        rc = self.write("mbsyncrc", f"""
IMAPAccount server
Host 127.0.0.1
Port {self.server.ports['imap']}
User {self.user}
Pass {PASSWORD}
SSLType None
AuthMechs LOGIN

IMAPStore far
Account server

MaildirStore near
Path {self.home}/mail/
Inbox {self.home}/mail/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns *
Create Both
Expunge Both
SyncState *
""")
        sync = ("mbsync", "-c", rc, "all")
        self.run_client(*sync)
        near = mailbox.Maildir(self.home / "mail" / "INBOX", create=False)
        self.assertEqual(len(near), 5)
        key = near.keys()[0]
        mail = near[key]
        mail.set_subdir("cur")
        mail.add_flag("SF")
        near[key] = mail
        near.discard(near.keys()[1])
        near.add(mailbox.MaildirMessage(message("made near", to=self.user)))
        self.run_client(*sync)
        self.assertEqual(self.subjects(), 5)
        c = imap(self.server, self.user)
        c.select("INBOX")
        self.assertEqual(len(c.search(None, "SEEN", "FLAGGED")[1][0].split()), 1)
        self.assertEqual(c.create("Projects")[0], "OK")
        c.uid("MOVE", c.uid("SEARCH", None, "ALL")[1][0].split()[0].decode(), "Projects")
        c.logout()
        self.run_client(*sync)
        self.assertEqual(len(mailbox.Maildir(self.home / "mail" / "Projects", create=False)), 1)
        before = self.snapshot()
        self.run_client(*sync)  # resync without changes changes nothing
        self.assertEqual(self.snapshot(), before)

    def snapshot(self):
        return sorted(p.name for p in (self.home / "mail").rglob("*") if p.parent.name in ("cur", "new"))

    @need("offlineimap")
    def test_offlineimap(self):
        rc = self.write("offlineimaprc", f"""
[general]
accounts = a
ui = quiet
metadata = {self.home}/meta
[Account a]
localrepository = near
remoterepository = far
[Repository near]
type = Maildir
localfolders = {self.home}/mail
[Repository far]
type = IMAP
remotehost = 127.0.0.1
remoteport = {self.server.ports['imap']}
remoteuser = {self.user}
remotepass = {PASSWORD}
ssl = no
starttls = no
auth_mechanisms = PLAIN
""")
        run = ("offlineimap", "-c", rc, "-o", "-u", "quiet")
        self.run_client(*run)
        near = mailbox.Maildir(self.home / "mail" / "INBOX", create=False)
        self.assertEqual(len(near), 5)
        key = near.keys()[0]
        mail = near[key]
        mail.set_subdir("cur")
        mail.add_flag("SF")
        near[key] = mail
        near.discard(near.keys()[1])
        near.add(mailbox.MaildirMessage(message("made near", to=self.user)))
        self.run_client(*run)
        self.assertEqual(self.subjects(), 5)
        c = imap(self.server, self.user)
        c.select("INBOX")
        self.assertEqual(len(c.search(None, "SEEN", "FLAGGED")[1][0].split()), 1)
        self.assertEqual(len(c.search(None, "SUBJECT", '"made near"')[1][0].split()), 1)
        self.assertEqual(c.create("Projects")[0], "OK")
        c.uid("MOVE", c.uid("SEARCH", None, "UNSEEN")[1][0].split()[0].decode(), "Projects")
        c.logout()
        self.run_client(*run)
        self.assertEqual(len(mailbox.Maildir(self.home / "mail" / "Projects", create=False)), 1)
        self.assertEqual(len(mailbox.Maildir(self.home / "mail" / "INBOX", create=False)), 4)
        before = self.snapshot()
        self.run_client(*run)
        self.assertEqual(self.snapshot(), before)

    @need("fetchmail")
    def test_fetchmail(self):
        spool = self.home / "spool"
        rc = self.write("fetchmailrc", f"""
set no bouncemail
poll 127.0.0.1 service {self.server.ports['pop3']} protocol pop3 uidl
  user "{self.user}" password "{PASSWORD}" sslproto '' keep
  mda "/bin/sh -c 'cat >> {spool}; echo >> {spool}'"
""")
        run = ("fetchmail", "-f", rc, "-i", str(self.home / "ids"), "--pidfile", str(self.home / "pid"))
        self.run_client(*run, ok=(0,))
        self.assertEqual(spool.read_text().count("Subject: fetchmail "), 5)
        self.run_client(*run, ok=(1,))  # 1: no new mail
        self.run_client(*run, "--nokeep", "--all", ok=(0,))
        self.run_client(*run, ok=(1,))
        self.assertEqual(self.subjects(), 0)

    @need("getmail")
    def test_getmail(self):
        spool = self.home / "spool"
        # Its own Maildir delivery refuses to run as root, which CI is.
        self.write("deliver", f"#!/bin/sh\ncat >> {spool}; echo >> {spool}\n", 0o700)
        self.write(".getmail/getmailrc", f"""
[retriever]
type = SimplePOP3Retriever
server = 127.0.0.1
port = {self.server.ports['pop3']}
username = {self.user}
password = {PASSWORD}
[destination]
type = MDA_external
path = {self.home}/deliver
allow_root_commands = true
[options]
read_all = false
delete = false
verbose = 1
""")
        run = ("getmail", "--getmaildir", str(self.home / ".getmail"))
        self.run_client(*run)
        self.assertEqual(spool.read_text().count("Subject: getmail "), 5)
        self.run_client(*run)
        self.assertEqual(spool.read_text().count("Subject: getmail "), 5)
        self.run_client(*run, "--delete", "--all")
        self.assertEqual(self.subjects(), 0)

    @need("mpop")
    def test_mpop(self):
        box = self.home / "box"
        for d in ("", "cur", "new", "tmp"):
            (box / d).mkdir(exist_ok=True)
        rc = self.write("mpoprc", f"""
account a
host 127.0.0.1
port {self.server.ports['pop3']}
user {self.user}
password {PASSWORD}
tls off
auth user
keep on
delivery maildir {box}
uidls_file {self.home}/uidls
""")
        self.run_client("mpop", "-C", rc, "-a")
        self.assertEqual(len(list((box / "new").iterdir())), 5)
        self.run_client("mpop", "-C", rc, "-a")
        self.assertEqual(len(list((box / "new").iterdir())), 5)
        self.run_client("mpop", "-C", rc, "--keep=off", "--only-new=off", "-a")
        self.assertEqual(self.subjects(), 0)

    def press_keys(self, program, settings, keys, options=""):
        """mutt and neomutt, at a terminal that nobody looks at."""
        rc = self.write("muttrc", f"""
set imap_user="{self.user}" imap_pass="{PASSWORD}" imap_authenticators="login"
set confirmappend=no delete=yes quit=yes wait_key=no
{settings}
push "{keys}"
""")
        done = subprocess.run(
            ["script", "-qec", f"{program} -n -F {rc} {options}", "/dev/null"], capture_output=True, text=True, timeout=60,
            env={**os.environ, "HOME": str(self.home), "TERM": "xterm"}, stdin=subprocess.DEVNULL,
        )
        return done.stdout[-2000:]

    @need("mutt")
    def test_mutt(self):
        url = f"imap://127.0.0.1:{self.server.ports['imap']}"
        screen = self.press_keys(
            "mutt", f'set ssl_starttls=no ssl_force_tls=no folder="{url}" spoolfile="{url}/INBOX"',
            r"<tag-pattern>~s \"mutt [01]\"<enter><tag-prefix><save-message>=Archive<enter><sync-mailbox><first-entry>"
            "<flag-message><next-entry><copy-message>=Drafts<enter><last-entry><delete-message><sync-mailbox><quit>")
        counts = (self.subjects(), self.subjects("Archive"), self.subjects("Drafts"))
        self.assertEqual(counts, (2, 2, 1), screen)  # moved two, copied one, deleted one
        self.assertEqual(self.subjects("INBOX", "FLAGGED"), 1)

    @need("neomutt")
    def test_neomutt(self):
        """Over TLS, with all that Debian's can use: QRESYNC with a header cache, and IDLE."""
        (self.home / "cache").mkdir()
        url = f"imaps://127.0.0.1:{self.server.ports['imaps']}"
        settings = f"""
set ssl_force_tls=yes certificate_file="{self.server.dir}/data/self-signed.pem"
set imap_condstore imap_qresync imap_idle header_cache="{self.home}/cache/" header_cache_backend=tokyocabinet
set folder="{url}" spool_file="{url}/INBOX" mail_check=1
"""
        screen = self.press_keys(
            "neomutt", settings,
            r"<tag-pattern>~s \"neomutt [01]\"<enter><tag-prefix><save-message>=Archive<enter><sync-mailbox><first-entry>"
            "<flag-message><next-entry><copy-message>=Drafts<enter><last-entry><display-message><exit><delete-message>"
            "<sync-mailbox><change-folder>=Archive<enter><limit>all<enter><quit>")
        counts = (self.subjects(), self.subjects("Archive"), self.subjects("Drafts"))
        self.assertEqual(counts, (2, 2, 1), screen)
        self.assertEqual((self.subjects("INBOX", "FLAGGED"), self.subjects("Drafts", "SEEN")), (1, 0), screen)
        # Meanwhile, elsewhere: flags, removals, an arrival. (At its first return neomutt finds that its own list of what is in
        # its cache is of before the removals, and reads all flags anew.)
        c = imap(self.server, self.user)
        c.select("INBOX")
        c.store("1", "-FLAGS", r"(\Flagged)")
        c.store("2", "+FLAGS", r"(\Answered)")
        c.append("INBOX", None, None, message("made elsewhere", to=self.user))
        c.append("INBOX", None, None, message("made and removed", to=self.user))
        c.store("1,4", "+FLAGS", r"(\Deleted)")
        c.expunge()
        c.logout()
        screen = self.press_keys(
            "neomutt", settings,
            "<tag-pattern>~Q<enter><tag-prefix><save-message>=Archive<enter><sync-mailbox><tag-pattern>~A<enter>"
            "<tag-prefix><copy-message>=Sent<enter><quit>")
        self.assertEqual((self.subjects(), self.subjects("Archive"), self.subjects("Sent")), (1, 3, 1), screen)
        self.assertEqual(self.subjects("Sent", "SUBJECT", '"made elsewhere"'), 1)
        self.assertEqual(self.subjects("Archive", "ANSWERED"), 1)
        # Now its cache is brought up to date by what vanished and what changed.
        self.press_keys("neomutt", settings, "<quit>", f"-d 5 -l {self.home}/log")
        said = (self.home / "log0").read_text()
        self.assertRegex(said, r"> a\d+ UID FETCH 1:\d+ \(FLAGS\) \(CHANGEDSINCE \d+ VANISHED\)")
        self.assertIn("< * VANISHED (EARLIER) 4", said)
        self.assertNotIn("QRESYNC failed", said)
        self.assertNotRegex(said, r"< a\d+ (NO|BAD)")
