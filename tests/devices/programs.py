"""The mail programs of a household, each with a folder of its own: what it has got is one file a message.

A program can be interrupted: its connection breaks after so many bytes (Link), or it is killed. Its files tell
afterwards what the person has: whole messages only, each ends with a line that names it.
"""

import collections
import imaplib
import os
import pathlib
import re
import select
import signal
import socket
import subprocess
import threading

from harness.mail import message

END = re.compile(rb"^end of (\S+)\r?$", re.M)


def letter(mid, to, size=200):
    """A message whose last line says that it is whole."""
    filler = "".join("x" * 70 + "\r\n" for _ in range(size // 72))
    return message(mid, body=f"{filler}end of {mid}\r\n", to=to, mid=mid)


class Link(threading.Thread):
    """One loopback port that stays, in front of a server whose port changes when it is started again. `cut`: the next
    connection breaks after that many bytes from the server."""

    def __init__(self, server, name):
        super().__init__(daemon=True)
        self.server, self.name_of_port = server, name
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.cut = None
        self.start()

    def run(self):
        while True:
            near, _ = self.listener.accept()
            threading.Thread(target=self.carry, args=(near,), daemon=True).start()

    def carry(self, near):
        cut, self.cut = self.cut, None
        with near:
            try:
                far = socket.create_connection(("127.0.0.1", self.server.ports[self.name_of_port]), timeout=10)
            except (OSError, KeyError):
                return  # the server is being started again
            with far:
                carried = 0
                try:
                    while True:
                        for ready in select.select((near, far), (), ())[0]:
                            data = ready.recv(16384)
                            if not data:
                                return
                            if ready is far:
                                if cut is not None and carried + len(data) >= cut:
                                    near.sendall(data[: cut - carried])
                                    return
                                carried += len(data)
                            (far if ready is near else near).sendall(data)
                except OSError:
                    return


class Program:
    """One program of one person on one device."""

    port = "pop3"

    def __init__(self, server, home, user, password):
        self.home = pathlib.Path(home)
        self.user, self.password = user, password
        self.link = Link(server, self.port)
        for folder in ("", "box", "box/cur", "box/new", "box/tmp"):
            (self.home / folder).mkdir(exist_ok=True)
        deliver = self.home / "deliver"
        deliver.write_text(
            f"#!/bin/sh\nf=$(mktemp {self.home}/box/tmp/XXXXXXXXXX) && cat > $f && mv $f {self.home}/box/new/\n"
        )
        deliver.chmod(0o700)
        self.configure()

    def write(self, name, text):
        path = self.home / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        path.chmod(0o600)

    def configure(self):
        """Writes what the program reads at its start."""

    def command(self):
        raise NotImplementedError

    def run(self, cut=None, kill_after=None):
        """One session. Returns "done", "broken" (it says so itself), "killed", or "stuck": it does not end by itself.
        mpop 1.4 is that when the connection ends within a message: it reads the end over and over."""
        self.link.cut = cut
        with open(self.home / "log", "ab") as log:
            process = subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.home,
                env={**os.environ, "HOME": str(self.home), "LC_ALL": "C.UTF-8"}, start_new_session=True,
            )
            try:
                code = process.wait(self.patience if kill_after is None else kill_after)
                return "done" if code in self.good else "broken"
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                return "stuck" if kill_after is None else "killed"
            finally:
                self.link.cut = None

    good = (0,)
    patience = 120

    def has(self):
        """Message id → how many whole copies."""
        found = collections.Counter()
        for folder in ("new", "cur"):
            for file in (self.home / "box" / folder).iterdir():
                end = END.search(file.read_bytes())
                if end:
                    found[end[1].decode()] += 1
        return found


class Fetchmail(Program):
    good = (0, 1)  # 1: no new mail

    def configure(self):
        self.write("fetchmailrc", f"""
set no bouncemail
poll 127.0.0.1 service {self.link.port} protocol pop3 uidl timeout 20
  user "{self.user}" password "{self.password}" sslproto '' nokeep
  mda "{self.home}/deliver"
""")

    def command(self):
        return ("fetchmail", "-f", "fetchmailrc", "-i", "ids", "--pidfile", str(self.home / "pid"))


class Getmail(Program):
    def configure(self):
        # Its own Maildir delivery refuses to run as root, which CI is.
        self.write(".getmail/getmailrc", f"""
[retriever]
type = SimplePOP3Retriever
server = 127.0.0.1
port = {self.link.port}
username = {self.user}
password = {self.password}
timeout = 20
[destination]
type = MDA_external
path = {self.home}/deliver
allow_root_commands = true
[options]
delete = true
read_all = false
verbose = 1
""")

    def command(self):
        return ("getmail", "--getmaildir", str(self.home / ".getmail"))


class Mpop(Program):
    patience = 10

    def configure(self):
        self.write("mpoprc", f"""
account a
host 127.0.0.1
port {self.link.port}
user {self.user}
password {self.password}
timeout 20
tls off
auth user
keep off
delivery maildir {self.home}/box
uidls_file {self.home}/uidls
""")

    def command(self):
        return ("mpop", "-C", "mpoprc", "-a")


class Mbsync(Program):
    port = "imap"

    def configure(self):
        self.write("mbsyncrc", f"""
IMAPAccount server
Host 127.0.0.1
Port {self.link.port}
User {self.user}
Pass {self.password}
Timeout 20
SSLType None
AuthMechs LOGIN

IMAPStore far
Account server

MaildirStore near
Path {self.home}/
Inbox {self.home}/box

Channel all
Far :far:
Near :near:
Patterns INBOX
Sync Pull
Create None
Expunge None
SyncState {self.home}/state-
""")

    def command(self):
        return ("mbsync", "-c", "mbsyncrc", "all")


class Imaplib(Program):
    """A small reader: fetches what it does not have by UID, and marks some of it as read."""

    port = "imap"

    def run(self, cut=None, kill_after=None):
        self.link.cut = cut
        try:
            client = imaplib.IMAP4("127.0.0.1", self.link.port, timeout=20)
            client.login(self.user, self.password)
            client.select("INBOX")
            validity = client.response("UIDVALIDITY")[1][0].decode()
            have = {file.name for file in (self.home / "box" / "new").iterdir()}
            uids = [u.decode() for u in client.uid("SEARCH", None, "ALL")[1][0].split()]
            fresh = [u for u in uids if f"{validity}-{u}" not in have]
            for uid in fresh:
                data = client.uid("FETCH", uid, "(BODY.PEEK[])")[1]
                if data and isinstance(data[0], tuple):
                    (self.home / "box" / "new" / f"{validity}-{uid}").write_bytes(data[0][1])
            if fresh:
                client.uid("STORE", fresh[0], "+FLAGS.SILENT", r"(\Seen)")
            client.logout()
            return "done"
        except (OSError, EOFError, imaplib.IMAP4.error):
            return "broken"
        finally:
            self.link.cut = None
