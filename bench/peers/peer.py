"""What every peer of ./dev bench versus has in common: a scratch folder, free loopback ports, a certificate, and the CPU
time and memory of all its processes. The same interface as bench/target.py's Mailstead, so that the rows are the same."""

import contextlib
import os
import pathlib
import shutil
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time

from target import PASSWORD, TICKS, descriptors, disk_octets, drop_caches, wait_idle

UNPACKED_DIR = pathlib.Path(__file__).resolve().parent.parent.parent / "build" / "peers"
PORTS = ("imap", "imaps", "pop3", "pop3s", "lmtp")


def free_ports(n):
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(n)]
    ports = [s.getsockname()[1] for s in held]
    for s in held:
        s.close()
    return ports


def is_free(port):
    try:
        socket.create_server(("127.0.0.1", port)).close()
        return True
    except OSError:
        return False


def make_certificate(folder, owner=None):
    """As our own self-signed one: ECDSA P-256."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
         "-subj", "/CN=localhost", "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")],
        check=True, capture_output=True)
    if owner is not None:
        for name in ("key.pem", "cert.pem"):
            os.chown(folder / name, owner.pw_uid, owner.pw_gid)


def installed_version(package):
    done = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Status} ${Version}", package], capture_output=True, text=True)
    return done.stdout.removeprefix("installed ") if done.stdout.startswith("installed ") else None


def stat(pid):
    """The fields of /proc/PID/stat behind the name; none where there is no such process."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return []


def began(pid):
    """In clock ticks since the machine started; none when it has ended."""
    fields = stat(pid)
    return fields[19] if fields and fields[0] != "Z" else None


class Peer:
    """with Peer() as p: started, p.ports known. A subclass has NAME, PACKAGES, configure() and command()."""

    NAME = ""
    PACKAGES = ()
    UNPACKED = ()  # packages whose files are used where they are, not installed
    VARIANTS = {"": ""}  # name → more settings
    DURABLE_LOADING = False
    MAX_SESSIONS = 20_000  # what 24 GiB hold of its processes
    KILL_MESSAGES = 100_000
    MAIL = ()  # folders of the scratch folder that hold mail

    def __init__(self, variant=""):
        self.variant = variant
        self.scratch = tempfile.mkdtemp(prefix=f"bench-{self.NAME}-")
        self.dir = pathlib.Path(self.scratch)
        self.dir.chmod(0o755)
        self.ports = dict(zip(PORTS, free_ports(len(PORTS))))
        self.process, self.began = None, 0.0
        self.unsynced = False  # while it is loaded
        self.configure()

    @classmethod
    def version(cls):
        return f"{cls.NAME} {installed_version(cls.PACKAGES[0])}"

    @classmethod
    def missing(cls):
        return [p for p in cls.PACKAGES if not installed_version(p)]

    @classmethod
    def unpacked(cls):
        """The folder with the files of UNPACKED, of the version that is installed of the first of PACKAGES."""
        folder = UNPACKED_DIR / f"{cls.NAME}-{installed_version(cls.PACKAGES[0]).replace(':', '_')}"
        if not folder.exists():
            with tempfile.TemporaryDirectory() as download:
                os.chmod(download, 0o777)  # apt fetches as a user of its own
                subprocess.run(["apt-get", "download", "-qq", *cls.UNPACKED], cwd=download, check=True)
                partial = folder.with_suffix(".partial")
                for package in pathlib.Path(download).glob("*.deb"):
                    partial.mkdir(parents=True, exist_ok=True)
                    subprocess.run(["dpkg", "-x", str(package), str(partial)], check=True)
                partial.rename(folder)
        return folder

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, *_):
        log = self.log_text() if kind is not None and kind is not GeneratorExit else ""
        self.close()
        if log:
            print(f"{self.NAME} said last:\n" + "\n".join(log.splitlines()[-40:]), file=sys.stderr, flush=True)

    def start(self, timeout=30):
        self.began = time.monotonic()
        until = self.began + timeout
        while not all(is_free(port) for port in self.ports.values()) and time.monotonic() < until:
            time.sleep(0.05)  # one forked while the last was stopped
        with open(self.dir / "output", "ab") as out:
            files = descriptors(60_000)
            self.process = subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL, stdout=out, stderr=out, env={**os.environ, **self.environment()},
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files)))
        for port in self.ports.values():
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    if self.process.poll() is not None or time.monotonic() > until:
                        raise RuntimeError(f"{self.NAME} did not start:\n{self.log_text()}") from None
                    time.sleep(0.05)

    def environment(self):
        return {}

    def loaders(self):
        """Of more than one, without syncs, an LMTP process of either peer aborts now and then."""
        return 1

    @contextlib.contextmanager
    def loading(self):
        """Mail that is only there to be read comes in without a sync each: hours of a run. What lies on disk is the same."""
        self.stop()
        self.unsynced = True
        self.configure()
        self.start()
        try:
            yield
        finally:
            self.stop()
            self.unsynced = False
            os.sync()
            self.configure()
            self.start()

    def kill(self):
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGSTOP)  # else it forks others for those that end
        self.end(self.tree())
        self.process.wait()
        time.sleep(0.5)

    @staticmethod
    def end(family):
        """Kills those of these processes that are still there, and waits until they are gone."""
        until = time.monotonic() + 10
        while (left := [pid for pid in family if began(pid) == family[pid][19]]) and time.monotonic() < until:
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)

    def forget(self):
        """Caches on disk that only a first FETCH fills."""

    def settle_index(self, search):
        search()

    def disk_octets(self):
        wait_idle([self])
        return disk_octets(*(self.dir / m for m in self.MAIL))

    def stop(self):
        time.sleep(max(0.0, self.began + 1 - time.monotonic()))  # told to end in its first moments, Cyrus' master spins
        self.process.send_signal(signal.SIGTERM)
        family = {}
        until = time.monotonic() + 15
        while self.process.poll() is None and time.monotonic() < until:
            family |= self.tree()
            time.sleep(0.05)
        if self.process.poll() is None:  # it would take a processor from all that follow
            print(f"{self.NAME} did not end within 15 s, and was killed", file=sys.stderr, flush=True)
            self.kill()
        # A process of Dovecot may outlive the master for seconds, and hold the ports on which it shall start again.
        self.end(family)

    def close(self):
        try:
            if self.process and self.process.poll() is None:
                self.stop()
        finally:
            shutil.rmtree(self.scratch, ignore_errors=True)

    def log_text(self):
        return "\n".join(p.read_text(errors="replace")[-2000:] for p in (self.dir / "output", self.dir / "log") if p.exists())

    def add_accounts(self):
        """Accounts come to be when they are first named."""

    def add_many(self, count, first=0):
        """Likewise."""

    def tree(self):
        """The master and all that descend from it: pid → the fields of /proc/PID/stat behind the name."""
        stats = {}
        for entry in pathlib.Path("/proc").iterdir():
            if entry.name.isdigit() and (fields := stat(entry.name)):
                stats[int(entry.name)] = fields
        found = {self.process.pid}
        grew = True
        while grew:
            more = {pid for pid, fields in stats.items() if int(fields[1]) in found} - found
            grew = bool(more)
            found |= more
        return {pid: stats[pid] for pid in found if pid in stats}

    def cpu_s(self):
        """With the processes that have ended: their parent has waited for them."""
        return sum(int(n) for fields in self.tree().values() for n in fields[11:15]) / TICKS

    def memory_kib(self):
        total = 0
        for pid in self.tree():
            try:
                for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                    if line.startswith("Pss:"):
                        total += int(line.split()[1])
            except OSError:
                pass
        return total

    def restart_cold(self):
        self.stop()
        dropped = drop_caches()
        self.start()
        return dropped
