"""Debian's Dovecot as a target of the load driver. Needs root: its master changes users. Debian has
only one IMAP server installed at a time, so Dovecot's protocol programs are unpacked in a folder of the build."""

import contextlib
import os
import pathlib
import pwd

from peers.peer import PASSWORD, Peer, make_certificate

# Every setting with its reason: the peer gets the best fair setting, never a handicap.
CONFIG = """\
base_dir = {dir}/run
state_dir = {dir}/state
log_path = {dir}/log
protocols = imap pop3 lmtp
listen = 127.0.0.1
# As on our side: passwords over plain loopback are allowed, TLS is there with a self-signed certificate of the same kind.
disable_plaintext_auth = no
ssl = yes
ssl_cert = <{dir}/cert.pem
ssl_key = <{dir}/key.pem
ssl_min_protocol = TLSv1.2
# Accounts without a database: a static password, and homes by name. Costs Dovecot less than any real passdb.
auth_username_format = %Ln
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={dir}/mail/%n allow_all_users=yes
}}
auth_verbose = no
# The fastest of its formats for most rows, of those that keep each message in a file of its own. ~ is the account's home.
mail_location = {location}
first_valid_uid = 1
# optimized, Dovecot's default: an acknowledged delivery is on disk, an acknowledged flag change need not be. always: all is.
mail_fsync = {fsync}
# Known to cost much and to bring nothing on a local disk.
mail_nfs_storage = no
mmap_disable = no
# Login processes that each serve many connections ("high-performance mode" of Dovecot's manual).
service imap-login {{
  executable = {programs}/imap-login
  service_count = 0
  process_min_avail = 2
  client_limit = 20000
  vsz_limit = 0
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service pop3-login {{
  executable = {programs}/pop3-login
  service_count = 0
  process_min_avail = 2
  client_limit = 20000
  vsz_limit = 0
  inet_listener pop3 {{
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = {pop3s}
    ssl = yes
  }}
}}
# Processes are kept for the next client (service_count), and as many may live as there are clients.
service imap {{
  executable = {programs}/imap
  service_count = 10000
  process_limit = 20000
  process_min_avail = 4
  vsz_limit = 0
}}
service pop3 {{
  executable = {programs}/pop3
  service_count = 10000
  process_limit = 2000
  process_min_avail = 4
  vsz_limit = 0
}}
service lmtp {{
  executable = {programs}/lmtp
  process_limit = 100
  process_min_avail = 8
  vsz_limit = 0
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
# Programs that the master wants to see, and that no row uses.
service imap-urlauth {{
  executable = {programs}/imap-urlauth
}}
service imap-urlauth-login {{
  executable = {programs}/imap-urlauth-login
}}
service imap-urlauth-worker {{
  executable = {programs}/imap-urlauth-worker
}}
service imap-hibernate {{
  executable = {programs}/imap-hibernate
}}
service auth {{
  client_limit = 60000
}}
service anvil {{
  client_limit = 60000
}}
# Nobody asks for its statistics here, and in a large load its LMTP waited in vain for the process that gathers them.
stats_writer_socket_path =
default_client_limit = 20000
# All clients come from this machine.
mail_max_userip_connections = 100000
# No log line for each login and delivery: ours writes none at its default level either.
protocol lmtp {{
  postmaster_address = postmaster@example.org
  auth_username_format = %Ln
}}
namespace inbox {{
  inbox = yes
  mailbox Archive {{
    auto = subscribe
    special_use = \\Archive
  }}
}}
"""

# What the rows compare besides the usual setting: format, syncing, more settings.
SDBOX = "sdbox:~/sdbox"
INDEXED = """\
# Debian's dovecot-fts-xapian: the whole word is indexed, and what is shorter than three letters is not. New mail at delivery.
mail_plugins = fts fts_xapian
plugin {
  fts = xapian
  fts_xapian = partial=3 full=20
  fts_autoindex = no
  fts_enforced = yes
}
service indexer-worker {
  vsz_limit = 0
}
"""


INOTIFY = pathlib.Path("/proc/sys/fs/inotify/max_user_instances")


class Dovecot(Peer):
    NAME = "dovecot"
    PACKAGES = ("dovecot-core", "dovecot-fts-xapian")
    VARIANTS = {"": (SDBOX, "optimized", ""), "synced": (SDBOX, "always", ""), "relaxed": (SDBOX, "optimized", ""),
                "maildir": ("maildir:~/Maildir", "optimized", ""), "indexed": (SDBOX, "optimized", INDEXED)}
    MAIL = ("mail",)
    UNPACKED = ("dovecot-imapd", "dovecot-pop3d", "dovecot-lmtpd")

    def configure(self):
        owner = pwd.getpwnam("nobody")
        for name in ("run", "state", "mail"):
            (self.dir / name).mkdir(exist_ok=True)
        os.chown(self.dir / "mail", owner.pw_uid, owner.pw_gid)
        make_certificate(self.dir)
        location, fsync, more = self.VARIANTS[self.variant]
        if self.unsynced:
            fsync = "never"
        (self.dir / "dovecot.conf").write_text(CONFIG.format(
            location=location, fsync=fsync,
            dir=self.dir, programs=self.unpacked() / "usr/lib/dovecot", uid=owner.pw_uid, gid=owner.pw_gid, password=PASSWORD, **self.ports) + more)

    def loaders(self):
        """Maildir has a file a message: many deliver without harm, and one would take a quarter of an hour."""
        return 32 if self.variant == "maildir" else super().loaders()

    def forget(self):
        for cache in (self.dir / "mail").rglob("dovecot.index.cache"):
            cache.unlink()

    def start(self, timeout=30):
        # A process a session, each with an inotify instance: of a user's 128, as the kernel has it, those that get none look
        # for mail every half a minute.
        with contextlib.suppress(OSError):
            if int(INOTIFY.read_text()) < self.MAX_SESSIONS:
                INOTIFY.write_text(str(self.MAX_SESSIONS))
        super().start(timeout)

    def command(self):
        return ["dovecot", "-F", "-c", str(self.dir / "dovecot.conf")]
