#!/usr/bin/env python3
"""Octets and round trips of learning what is new in a big mailbox: IMAP's QRESYNC, with and without COMPRESS, beside a POP3
poll. Prints a table of Markdown, and fails where QRESYNC needs more than it may.

    MAILSTEAD=build/asan/bin/mailstead PYTHONPATH=tests python3 -B tests/interop/resync_bytes.py [--messages N]"""

import argparse
import mailbox
import re
import socket
import subprocess
import sys
import zlib

from harness.mail import PASSWORD, imap
from harness.server import BINARY, Server

ANN = "ann@example.org"
CHANGES = 100


class Line:
    """A connection that counts what goes over it, and how often it waited for an answer."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=120)
        self.buffer, self.octets, self.trips = b"", 0, 0
        self.inflate = self.deflate = None
        self.until(rb"(\* OK|\+OK) [^\r]*\r\n")
        self.reset()

    def reset(self):
        self.octets = self.trips = 0

    def until(self, end):
        """What was said up to and with what matches `end`, at the very end."""
        pattern = re.compile(rb"(?:^|\r\n)" + end + rb"\Z")
        said = self.buffer
        self.buffer = b""
        while not pattern.search(said[-4096:]):
            octets = self.socket.recv(1 << 20)
            if not octets:
                raise ConnectionError("closed: " + said[-200:].decode(errors="replace"))
            self.octets += len(octets)
            said += self.inflate.decompress(octets) if self.inflate else octets
        return said

    def ask(self, text, end):
        octets = text.encode()
        if self.deflate:
            octets = self.deflate.compress(octets) + self.deflate.flush(zlib.Z_SYNC_FLUSH)
        self.octets += len(octets)
        self.trips += 1
        self.socket.sendall(octets)
        return self.until(end)

    def imap(self, command):
        return self.ask(f"a {command}\r\n", rb"a OK [^\r]*\r\n")

    def compress(self):
        self.imap("COMPRESS DEFLATE")
        self.inflate, self.deflate = zlib.decompressobj(-15), zlib.compressobj(wbits=-15)


def fill(server, messages):
    """By an import: 100,000 deliveries would take long."""
    path = server.dir / "letters"
    box = mailbox.Maildir(path)
    del box
    for n in range(messages):
        (path / "cur" / f"{n}.x:2,S").write_bytes(
            f"From: b@example.net\r\nSubject: {n}\r\nMessage-ID: <{n}@example.net>\r\n\r\n{n}\r\n".encode())
    subprocess.run([BINARY, "--socket", str(server.dir / "admin.sock"), "import", ANN, str(path)], check=True,
                   stdout=subprocess.DEVNULL)


def resync(server, validity, modseq, compressed):
    """SELECT by who has logged in and enabled QRESYNC. → octets, round trips, what was said."""
    line = Line(server.ports["imap"])
    line.imap(f"LOGIN {ANN} {PASSWORD}")
    line.imap("ENABLE QRESYNC")
    if compressed:
        line.compress()
    line.reset()
    said = line.imap(f"SELECT INBOX (QRESYNC ({validity} {modseq}))")
    return line.octets, line.trips, said


def poll(server):
    line = Line(server.ports["pop3"])
    line.ask(f"USER {ANN}\r\n", rb"\+OK[^\r]*\r\n")
    line.ask(f"PASS {PASSWORD}\r\n", rb"\+OK[^\r]*\r\n")
    line.reset()
    said = line.ask("UIDL\r\n", rb"\.\r\n")
    return line.octets, line.trips, said


def change(server, messages):
    """A flag on every second hundredth, and the hundredths between removed: nothing that a range could hide."""
    c = imap(server, ANN)
    c.select("INBOX")
    step = messages // (2 * CHANGES)
    marked = [str(1 + 2 * i * step) for i in range(CHANGES)]
    removed = [str(1 + (2 * i + 1) * step) for i in range(CHANGES)]
    c.uid("STORE", ",".join(marked), "+FLAGS.SILENT", r"(\Flagged)")
    c.uid("STORE", ",".join(removed), "+FLAGS.SILENT", r"(\Deleted)")
    c.expunge()
    c.logout()
    return marked, removed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000)
    messages = parser.parse_args().messages
    rows, short = [], []
    with Server() as server:
        server.add_accounts(ANN)
        fill(server, messages)
        c = imap(server, ANN)
        assert c.select("INBOX")[1] == [str(messages).encode()], "the mailbox is not full"
        validity = c.response("UIDVALIDITY")[1][0].decode()
        modseq = re.search(rb"HIGHESTMODSEQ (\d+)", c.status("INBOX", "(HIGHESTMODSEQ)")[1][0])[1].decode()
        c.logout()
        for compressed in (False, True):
            octets, trips, said = resync(server, validity, modseq, compressed)
            assert b"VANISHED" not in said and b"FETCH" not in said, said
            rows.append((f"QRESYNC{', COMPRESS' * compressed}: nothing has changed", octets, trips, 2048))
        octets, trips, said = poll(server)
        assert said.count(b"\r\n") == messages + 2, "not all UIDLs"
        rows.append(("POP3 UIDL: nothing has changed", octets, trips, None))
        marked, removed = change(server, messages)
        for compressed in (False, True):
            octets, trips, said = resync(server, validity, modseq, compressed)
            told = set(re.findall(rb"FETCH \(UID (\d+) FLAGS \([^)]*\\Flagged", said))
            gone = re.search(rb"VANISHED \(EARLIER\) ([\d,:]+)", said)[1].decode().split(",")
            assert told == {u.encode() for u in marked} and gone == removed, said
            rows.append((f"QRESYNC{', COMPRESS' * compressed}: {CHANGES} flags set, {CHANGES} removed", octets, trips, 12288))
        octets, trips, said = poll(server)
        assert said.count(b"\r\n") == messages + 2 - CHANGES, "not all UIDLs"
        rows.append((f"POP3 UIDL: {CHANGES} removed; it cannot tell flags", octets, trips, None))
    print(f"| A mailbox of {messages:,} messages | Octets, both ways | Round trips | At most |\n| --- | ---: | ---: | ---: |")
    for what, octets, trips, most in rows:
        print(f"| {what} | {octets:,} | {trips} | {f'{most:,}' if most else ''} |")
        if most and (octets > most or trips > 1):
            short.append(what)
    print(f"tests: {1 - bool(short)} passed, {int(bool(short))} failed, 0 skipped")
    sys.exit(f"too much: {short}" if short else 0)


if __name__ == "__main__":
    main()
