"""Our server as a target of the load driver: scratch folder, free loopback ports, accounts in bulk, its CPU and memory."""

import json
import os
import pathlib
import socket
import struct
import subprocess
import threading
import time

from harness.server import Server

PASSWORD = "secret-of-tests"
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


class Mailstead(Server):
    def __init__(self):
        # Thousands of accounts: hashing their passwords is not what is measured, and a login's is cached after the first.
        super().__init__('log_level = "warn"\n[accounts]\nargon2_passes = 1\nargon2_memory = 8192')

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

    def words(self, mode, port, options, do):
        return [self.binary, mode, f"port={port}", f"password={PASSWORD}", *[f"{k}={v}" for k, v in options.items()],
                *[f"do={c}" for c in do]]

    def run(self, mode, port, do=(), **options):
        done = subprocess.run(self.words(mode, port, options, do), capture_output=True, text=True, timeout=900)
        if done.returncode != 0:
            raise RuntimeError(f"load {mode}: {done.stderr.strip() or done.returncode}")
        return json.loads(done.stdout.splitlines()[-1])

    def crowd(self, port, **options):
        """Starts imap-idle and returns it once all its sessions are there; close its stdin to end it."""
        process = subprocess.Popen(self.words("imap-idle", port, options, ()), stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"load imap-idle: {process.communicate()[1].strip()}")
        return process, json.loads(line)


def end_crowd(process):
    out, err = process.communicate("")
    if process.returncode != 0:
        raise RuntimeError(f"load imap-idle: {err.strip()}")
    return json.loads(out.splitlines()[-1])


def wait_idle(target, limit=60):
    """Until the server does nothing any more: compactions of one row are not measured in the next."""
    until = time.monotonic() + limit
    last = target.cpu_s()
    while time.monotonic() < until:
        time.sleep(0.5)
        now = target.cpu_s()
        if now - last < 0.02:
            return
        last = now
