"""A Mailstead server of a test's own: scratch folder, free loopback ports, accounts made by the admin commands."""

import os
import pathlib
import resource
import signal
import socket
import subprocess
import tempfile
import time

BINARY = os.environ.get("MAILSTEAD", "build/asan/bin/mailstead")

CONFIG = """\
hostname = "mail.example.org"
data_dir = "{dir}/data"
admin_socket = "{dir}/admin.sock"
{extra}
[tls]
allow_plain_without_tls = true
[listen]
imap = ["127.0.0.1:0"]
imaps = ["127.0.0.1:0"]
pop3 = ["127.0.0.1:0"]
pop3s = ["127.0.0.1:0"]
smtp = ["127.0.0.1:0"]
submission = ["127.0.0.1:0"]
submissions = ["127.0.0.1:0"]
lmtp = ["127.0.0.1:0"]
metrics = ["127.0.0.1:0"]
"""


class Server:
    """start() … stop() or kill(); data stays until the object is closed."""

    def __init__(self, extra=""):
        self.scratch = tempfile.TemporaryDirectory(prefix="mailstead-")
        self.dir = pathlib.Path(self.scratch.name)
        self.config = self.dir / "mailstead.toml"
        self.config.write_text(CONFIG.format(dir=self.dir, extra=extra))
        self.process = None
        self.ports = {}

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.close()

    def start(self, timeout=30, descriptors=None):
        """`descriptors`: how many the server may have open."""
        listeners = self.dir / "data" / "listeners"
        listeners.unlink(missing_ok=True)
        self.log = open(self.dir / "log", "ab")
        self.process = subprocess.Popen(
            [BINARY, "serve", "--config", str(self.config)], stderr=self.log, stdout=self.log,
            preexec_fn=descriptors and (lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))),
        )
        until = time.monotonic() + timeout
        while not listeners.exists():
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("server did not start:\n" + self.log_text())
            time.sleep(0.01)
        self.ports = {}
        for line in listeners.read_text().splitlines():
            name, _, port = line.split()
            self.ports[name] = int(port)

    def log_text(self):
        return (self.dir / "log").read_text(errors="replace")[-8000:]

    def admin(self, *args, stdin=""):
        done = subprocess.run(
            [BINARY, "--socket", str(self.dir / "admin.sock"), *args],
            input=stdin, capture_output=True, text=True, timeout=60,
        )
        if done.returncode != 0:
            raise RuntimeError(f"mailstead {' '.join(args)}: {done.stderr or done.stdout}")
        return done.stdout

    def add_accounts(self, *names, password="secret-of-tests"):
        self.admin("domain", "add", "example.org")
        for name in names:
            self.admin("account", "add", name, "--password-stdin", stdin=password + "\n")

    def stop(self, timeout=30):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout)
        if code != 0:
            raise RuntimeError(f"server ended with {code}:\n" + self.log_text())

    def kill(self):
        self.process.kill()
        self.process.wait()

    def check(self):
        done = subprocess.run(
            [BINARY, "check", "--config", str(self.config)], capture_output=True, text=True, timeout=300
        )
        return done.returncode, done.stdout + done.stderr

    def metric(self, name):
        with socket.create_connection(("127.0.0.1", self.ports["metrics"]), timeout=10) as s:
            s.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
            page = b""
            while chunk := s.recv(65536):
                page += chunk
        total = 0
        for line in page.decode().splitlines():
            if line.startswith("mailstead_" + name) and not line.startswith("#"):
                total += int(line.rsplit(" ", 1)[1])
        return total

    def keep(self):
        """The folder stays behind, for someone to look into it; the server must not run any more."""
        self.scratch._finalizer.detach()  # pylint: disable=protected-access
        return self.dir

    def close(self):
        try:
            if self.process and self.process.poll() is None:
                bugs = self.metric("bugs_total")
                self.stop()
                if bugs:
                    raise RuntimeError(f"bugs_total is {bugs}:\n" + self.log_text())
        finally:
            if self.process and self.process.poll() is None:
                self.kill()
            self.scratch.cleanup()
