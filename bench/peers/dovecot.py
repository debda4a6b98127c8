#!/usr/bin/env python3
"""Debian's Dovecot in a scratch folder, on loopback ports of its own, as the load driver's other target.

dovecot.py DIR [--accounts N] [--format sdbox|mdbox|maildir] [--sync]   starts it and prints its ports as JSON; it ends
with this program's standard input. Needs dovecot-imapd, dovecot-pop3d and dovecot-lmtpd, and root (Dovecot's master
changes users)."""

import argparse
import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time

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
# One mailbox format a run. ~ is the account's home.
mail_location = {location}
first_valid_uid = 1
# An acknowledged delivery is on disk, an acknowledged flag change need not be: Dovecot's own default.
# --sync makes flag changes durable too, as ours are.
mail_fsync = {fsync}
# Known to cost much and to bring nothing on a local disk.
mail_nfs_storage = no
mmap_disable = no
# Login processes that each serve many connections ("high-performance mode" of Dovecot's manual).
service imap-login {{
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
  service_count = 10000
  process_limit = 20000
  process_min_avail = 4
  vsz_limit = 0
}}
service pop3 {{
  service_count = 10000
  process_limit = 2000
  process_min_avail = 4
  vsz_limit = 0
}}
service lmtp {{
  process_limit = 100
  process_min_avail = 8
  vsz_limit = 0
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service auth {{
  client_limit = 60000
}}
service anvil {{
  client_limit = 60000
}}
service stats {{
  client_limit = 60000
}}
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
}}
"""

LOCATION = {"sdbox": "sdbox:~/sdbox", "mdbox": "mdbox:~/mdbox", "maildir": "maildir:~/Maildir"}


def free_ports(n):
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(n)]
    ports = [s.getsockname()[1] for s in held]
    for s in held:
        s.close()
    return ports


class Dovecot:
    def __init__(self, folder, mailbox_format="sdbox", sync=False, password="secret-of-tests"):
        self.dir = pathlib.Path(folder)
        shutil.rmtree(self.dir, ignore_errors=True)
        for name in ("run", "state", "mail"):
            (self.dir / name).mkdir(parents=True)
        owner = pwd.getpwnam("nobody")
        os.chown(self.dir / "mail", owner.pw_uid, owner.pw_gid)
        self.dir.chmod(0o755)
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
             "-subj", "/CN=localhost", "-keyout", str(self.dir / "key.pem"), "-out", str(self.dir / "cert.pem")],
            check=True, capture_output=True)
        names = ("imap", "imaps", "pop3", "pop3s", "lmtp")
        self.ports = dict(zip(names, free_ports(len(names))))
        self.config = self.dir / "dovecot.conf"
        self.config.write_text(CONFIG.format(
            dir=self.dir, uid=owner.pw_uid, gid=owner.pw_gid, location=LOCATION[mailbox_format],
            fsync="always" if sync else "optimized", password=password, **self.ports))
        self.process = None

    def start(self):
        self.process = subprocess.Popen(["dovecot", "-F", "-c", str(self.config)], stdin=subprocess.DEVNULL)
        until = time.monotonic() + 20
        for port in self.ports.values():
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    if self.process.poll() is not None or time.monotonic() > until:
                        raise RuntimeError("dovecot did not start:\n" + self.log_text()) from None
                    time.sleep(0.05)

    def log_text(self):
        log = self.dir / "log"
        return log.read_text(errors="replace")[-4000:] if log.exists() else ""

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dir")
    parser.add_argument("--format", choices=LOCATION, default="sdbox")
    parser.add_argument("--sync", action="store_true")
    args = parser.parse_args()
    server = Dovecot(args.dir, args.format, args.sync)
    server.start()
    try:
        print(json.dumps(server.ports), flush=True)
        sys.stdin.read()
    finally:
        server.stop()


if __name__ == "__main__":
    main()
