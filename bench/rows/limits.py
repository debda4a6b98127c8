"""What the machine could carry at most, in the same run beside the rows: the disk's log, and a connection from memory."""

import json
import pathlib
import subprocess
import tempfile

from peers.peer import make_certificate
from rows.deliveries import deliveries
from rows.mailbox import big_mailbox


class Limit:
    """Stands where a server stands."""
    NAME = "limit"
    VARIANTS = {"": None}

    @staticmethod
    def cpu_s():
        return 0.0


def raw_log(b):
    """Row 1: records of 8 KiB, as many with each sync as there are clients who wait."""
    with tempfile.TemporaryDirectory(prefix="bench-log-") as folder:
        for group, count in ((1, 3000), (8, 15000), (32, 30000)):
            yield from b.samples(Limit, f"lmtp-{group}", "", "/s", lambda group=group, count=count: b.driver.run(
                "raw-log", 0, dir=folder, group=group, count=b.count(count, 10 * group))["per_s"])


def from_memory(b):
    """Row 7: the same driver and messages, from a server that has the whole answer in memory."""
    count = min(b.big, 10_000)
    with tempfile.TemporaryDirectory(prefix="bench-memory-") as name:
        folder = pathlib.Path(name)
        make_certificate(folder)
        for row, tls in (("fetch-bodies", 0), ("fetch-bodies-tls", 1)):
            if not b.wanted(row):
                continue
            words = [b.driver.binary, "memory-server", f"count={count}", "size=real", f"tls={tls}",
                     f"certificate={folder / 'cert.pem'}", f"key={folder / 'key.pem'}"]
            with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
                port = json.loads(server.stdout.readline())["port"]

                def send(port=port, tls=tls):
                    step = b.driver.run("imap", port, do=["SELECT INBOX", "FETCH 1:* (BODY.PEEK[])"], tls=tls, verify=64)["steps"][1]
                    return step["literal_octets"] / step["ms"] / 1000

                yield from b.samples(Limit, row, "", "MB/s", send, warm=True)
                server.stdin.close()


LIMITS = {deliveries: raw_log, big_mailbox: from_memory}
