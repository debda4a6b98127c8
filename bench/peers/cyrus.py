"""Debian's Cyrus IMAP as a target of the load driver. Needs cyrus-imapd, and root (its programs change to user cyrus)."""

import imaplib
import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile

from peers.peer import PASSWORD, Peer, make_certificate

# Every setting with its reason: the peer gets the best fair setting, never a handicap.
IMAPD = """\
configdirectory: {dir}/config
defaultpartition: default
partition-default: {dir}/spool
# What lives no longer than the server is kept in memory, as Cyrus' manual advises: a file is made, renamed and removed for
# each session, and each mailbox lock is one.
proc_path: {memory}/proc
mboxname_lockpath: {memory}/lock
idlesocket: {dir}/run/idle
# One separator, as ours.
unixhierarchysep: yes
altnamespace: yes
# Accounts are u0@example.org … and come to be at the first login or delivery, with the folders that the rows use.
virtdomains: userid
defaultdomain: example.org
autocreate_post: yes
autocreate_quota: 0
autocreate_inbox_folders: Archive | Sent | Drafts
autocreate_subscribe_folders: Archive
# Accounts without a database: any password is right. Costs Cyrus less than any real check.
sasl_pwcheck_method: alwaystrue
sasl_mech_list: PLAIN
allowplaintext: yes
tls_server_cert: {dir}/cert.pem
tls_server_key: {dir}/key.pem
tls_sessions_db_path: {memory}/tls_sessions.db
tls_session_timeout: 1440
# The same bytes are delivered many times: that is the test, not a mistake.
duplicatesuppression: no
# Not measured on either side.
conversations: no
lmtp_downcase_rcpt: no
maxlogins_per_user: 0
popminpoll: 0
# No log line for each login.
auditlog: no
"""

MASTER = """\
START {{
  recover cmd="/usr/lib/cyrus/bin/ctl_cyrusdb -C {dir}/imapd.conf -r"
}}
DAEMON {{
  idled cmd="/usr/lib/cyrus/bin/idled -C {dir}/imapd.conf -d"
}}
# prefork: processes wait for clients instead of being made for them; -U: each serves many clients, one after the other.
SERVICES {{
  imap cmd="/usr/lib/cyrus/bin/imapd -C {dir}/imapd.conf -U 10000" listen="127.0.0.1:{imap}" prefork=16 maxchild=20000
  imaps cmd="/usr/lib/cyrus/bin/imapd -C {dir}/imapd.conf -s -U 10000" listen="127.0.0.1:{imaps}" prefork=16 maxchild=20000
  pop3 cmd="/usr/lib/cyrus/bin/pop3d -C {dir}/imapd.conf -U 10000" listen="127.0.0.1:{pop3}" prefork=16 maxchild=1000
  pop3s cmd="/usr/lib/cyrus/bin/pop3d -C {dir}/imapd.conf -s -U 10000" listen="127.0.0.1:{pop3s}" prefork=4 maxchild=1000
  lmtp cmd="/usr/lib/cyrus/bin/lmtpd -C {dir}/imapd.conf -a -U 10000" listen="127.0.0.1:{lmtp}" prefork=32 maxchild=200
}}
EVENTS {{
}}
"""


class Cyrus(Peer):
    NAME = "cyrus"
    PACKAGES = ("cyrus-imapd", "cyrus-pop3d", "sasl2-bin", "libeatmydata1")
    # Flags are synced with the mailbox's index; there is no setting for it.
    VARIANTS = {"": "", "synced": ""}
    MAX_SESSIONS = 5000  # a process each
    MAIL = ("config", "spool")

    memory = None  # a folder for what lives no longer than the server

    def environment(self):
        """Cyrus has no setting that leaves syncs out; this library makes them nothing."""
        return {"LD_PRELOAD": "libeatmydata.so"} if self.unsynced else {}

    def configure(self):
        owner = pwd.getpwnam("cyrus")
        for name in ("config", "spool", "run", "config/socket", "config/db", "config/log"):
            (self.dir / name).mkdir(exist_ok=True)
        if self.memory is None:
            self.memory = pathlib.Path(tempfile.mkdtemp(prefix="bench-cyrus-", dir="/dev/shm"))
        for name in ("proc", "lock"):
            (self.memory / name).mkdir(exist_ok=True)
        make_certificate(self.dir)
        (self.dir / "imapd.conf").write_text(IMAPD.format(dir=self.dir, memory=self.memory))
        (self.dir / "cyrus.conf").write_text(MASTER.format(dir=self.dir, **self.ports))
        subprocess.run(["chown", "-R", f"{owner.pw_uid}:{owner.pw_gid}", str(self.dir), str(self.memory)], check=True)
        os.chmod(self.dir, 0o755)

    def close(self):
        super().close()
        shutil.rmtree(self.memory, ignore_errors=True)

    def add_many(self, count, first=0):
        """Creation at the first delivery fails where several come at once: each account logs in once, before."""
        for n in range(first, first + count):
            c = imaplib.IMAP4("127.0.0.1", self.ports["imap"])
            c.login(f"u{n}@example.org", PASSWORD)
            c.logout()

    def command(self):
        return ["/usr/lib/cyrus/bin/master", "-C", str(self.dir / "imapd.conf"), "-M", str(self.dir / "cyrus.conf"),
                "-p", str(self.dir / "run" / "master.pid")]
