"""Our server as a target of the load driver: scratch folder, free loopback ports, accounts in bulk, its CPU and memory."""

import contextlib
import json
import os
import pathlib
import resource
import socket
import struct
import subprocess
import threading
import time

from harness.server import Server

PASSWORD = "secret-of-tests"
PER_PROCESS = 5000  # sessions of one driver process
TICKS = os.sysconf("SC_CLK_TCK")


def drop_caches():
    """For the cold rows. Returns whether this process may."""
    os.sync()
    try:
        pathlib.Path("/proc/sys/vm/drop_caches").write_text("3\n")
        return True
    except OSError:
        return False


def admin_call(path, *words):
    """One command on the admin socket (src/admin/wire.h): thousands of accounts without a process for each."""

    def varint(n):
        out = b""
        while n >= 0x80:
            out += bytes([n & 0x7F | 0x80])
            n >>= 7
        return out + bytes([n])

    body = varint(len(words)) + b"".join(varint(len(w)) + w for w in (w.encode() for w in words))
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(path)
        s.sendall(struct.pack(">I", len(body)) + body)
        with s.makefile("rb") as file:
            (size,) = struct.unpack(">I", file.read(4))
            reply = file.read(size)
    if reply[2:4] != b"ok":
        raise RuntimeError(f"{' '.join(words[:3])}: {reply[2:].decode(errors='replace')}")


def add_one(path, name):
    for tries_left in range(9, -1, -1):
        try:
            return admin_call(path, "account", "add", name, PASSWORD)
        except RuntimeError as e:  # others change the directory at the same moment
            if "unavailable" not in str(e) or not tries_left:
                raise


def disk_octets(*folders):
    """What the file system has given, once all is written."""
    os.sync()
    done = subprocess.run(["du", "-s", "-c", "-B1", *map(str, folders)], capture_output=True, text=True, check=True)
    return int(done.stdout.splitlines()[-1].split()[0])


def descriptors(wanted):
    """How many a server may have open, up to `wanted`."""
    return min(resource.getrlimit(resource.RLIMIT_NOFILE)[1], wanted)


class Mailstead(Server):
    NAME = "mailstead"
    # "": as it is installed, but for the search index, whose work in the background is a row of its own; flags are synced
    # before they are acknowledged, but with "relaxed".
    VARIANTS = {"": "[search]\nindex = false\n", "synced": "[search]\nindex = false\n", "indexed": "",
                "relaxed": "[search]\nindex = false\n[imap]\nrelaxed_flags = true\n"}
    DURABLE_LOADING = True
    MAX_SESSIONS = 20_000
    KILL_MESSAGES = 1_000_000

    def __init__(self, variant=""):
        self.variant = variant
        # Thousands of accounts: hashing their passwords is not what is measured, and a login's is cached after the first.
        super().__init__(f'log_level = "warn"\n{self.VARIANTS[variant]}[accounts]\nargon2_passes = 1\nargon2_memory = 8192')

    def start(self, timeout=30, descriptors=descriptors(40_000)):
        super().start(timeout, descriptors)

    def loaders(self):
        """Connections that bring what is only read."""
        return 32

    def loading(self):
        """There is no way to load without syncing, nor a need."""
        return contextlib.nullcontext()

    def forget(self):
        """No cache on disk that only a first FETCH fills."""

    def settle_index(self, search):
        self.until_indexed("u0@example.org")
        search()

    def until_indexed(self, account, limit=600):
        until = time.monotonic() + limit
        while json.loads(self.admin("index", "show", account, "--json"))["up_to_date"] != "yes":
            if time.monotonic() > until:
                raise RuntimeError(f"the index of {account} is not up to date after {limit} s")
            time.sleep(0.25)  # a look costs the server a scan of what waits

    def disk_octets(self):
        time.sleep(1.5)  # the store writes its log out when a second has passed without a write
        wait_idle([self])
        return disk_octets(self.dir / "data")

    def add_many(self, count, first=0):
        """u0@example.org …; one connection: the directory is one partition, and writers of it only get in each other's way."""
        names = iter(range(first, first + count))
        path = str(self.dir / "admin.sock")
        lock = threading.Lock()
        failures = []

        def work():
            try:
                while True:
                    with lock:
                        i = next(names, None)
                    if i is None:
                        break
                    add_one(path, f"u{i}@example.org")
            except Exception as e:  # noqa: BLE001 - reported by the thread that waits
                failures.append(e)

        threads = [threading.Thread(target=work) for _ in range(1)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        if failures:
            raise failures[0]

    def cpu_s(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_kib(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
        raise RuntimeError("no Pss")

    def restart_cold(self):
        """Returns whether the page cache was dropped, too."""
        self.stop()
        dropped = drop_caches()
        self.start(timeout=120)
        return dropped


class Driver:
    """Runs the load driver against a target's port; what it prints is JSON."""

    def __init__(self, binary):
        self.binary = str(binary)
        self.cpu_s = 0.0  # of all runs

    def words(self, mode, port, options, do):
        server = [f"port={port}", f"password={PASSWORD}"] if port else []
        return [self.binary, mode, *server, *[f"{k}={v}" for k, v in options.items()],
                *[f"do={c}" for c in do]]

    def run(self, mode, port, do=(), **options):
        done = subprocess.run(self.words(mode, port, options, do), capture_output=True, text=True, timeout=900)
        if done.returncode != 0:
            raise RuntimeError(f"load {mode}: {done.stderr.strip() or done.returncode}")
        got = json.loads(done.stdout.splitlines()[-1])
        self.cpu_s += got["driver_cpu_s"]
        return got

    def crowd(self, port, sessions, **options):
        """Idle sessions, all there: processes, each with as many as it may have descriptors for."""
        crowd = []
        try:
            for first in range(0, sessions, PER_PROCESS):
                crowd.append(self.idlers(port, connections=min(PER_PROCESS, sessions - first), **options))
        except BaseException:
            for process in crowd:
                process.kill()
            raise
        return crowd

    def idlers(self, port, **options):
        process = subprocess.Popen(self.words("imap-idle", port, options, ()), stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"load imap-idle: {process.communicate()[1].strip()}")
        return process


def end_crowd(crowd):
    failed = [p.communicate("")[1].strip() for p in crowd]
    for process, error in zip(crowd, failed):
        if process.returncode != 0:
            raise RuntimeError(f"load imap-idle: {error}")


def wait_idle(servers, limit=20):
    """Until they do nothing any more: compactions of one row are not measured in the next, nor the work of another server.
    A server that was never seen idle is not waited for again as long."""
    for s in servers:
        until = time.monotonic() + (2 if getattr(s, "restless", False) else limit)
        last = s.cpu_s()
        while True:
            time.sleep(0.2)
            now = s.cpu_s()
            if now - last < 0.015:
                break
            last = now
            if time.monotonic() > until:
                s.restless = True
                break
