"""POP3 sessions of three devices while 16 IMAP writers append, flag, expunge and move in the same mailbox.

    writers.py [--operations 100000] [--seed N]

Checked in each session, in each of its answers:
  P1  UIDLs are unique, at most 70 printable characters, and mean the same message for ever, for every device
  P2  STAT, LIST and UIDL stay what they were, whatever the writers do; RETR gives the message or -ERR
  P3  the octets of LIST and STAT are those that RETR sends
  P4  what was DELEd is there again when the session ended without QUIT, and never again after QUIT
  P5  the devices poll at the same moment, the same device twice is [IN-USE]
  P6  TOP n is the header and the first n lines
"""

import argparse
import imaplib
import poplib
import random
import sys
import threading
import time

import programs
from harness.mail import PASSWORD
from harness.server import Server

ANN = "ann@example.org"
WRITERS = 16
DEVICES = ("pc", "mac", "tablet")
LEAST = 100  # messages that the writers leave


class World:
    def __init__(self, server, operations):
        self.server, self.operations = server, operations
        self.lock = threading.Lock()
        self.done = {"imap": 0, "pop3": 0}
        self.leaving = set()  # message ids that a writer has asked to remove or move
        self.meaning = {}     # UIDL → message id
        self.uidl_of = {}     # and back
        self.violations = []
        self.serial = 0

    def count(self, protocol, n=1):
        with self.lock:
            self.done[protocol] += n

    def over(self):
        return sum(self.done.values()) >= self.operations

    def fresh(self):
        with self.lock:
            self.serial += 1
            return f"m{self.serial}"

    def wrong(self, text):
        with self.lock:
            self.violations.append(text)

    def learn(self, uidl, mid):
        with self.lock:
            if self.meaning.setdefault(uidl, mid) != mid:
                self.violations.append(f"P1: {uidl} was {self.meaning[uidl]} and is {mid}")
            if self.uidl_of.setdefault(mid, uidl) != uidl:
                self.violations.append(f"P1: {mid} was {self.uidl_of[mid]} and is {uidl}")


def ok(answer):
    if answer[0] != "OK":
        raise RuntimeError(f"refused: {answer}")
    return answer[1]


def writer(world, seed):
    rng = random.Random(seed)
    client = imaplib.IMAP4("127.0.0.1", world.server.ports["imap"], timeout=60)
    client.login(ANN, PASSWORD)
    client.select("INBOX")
    mids = {}  # UID → message id, of those this writer has put there
    while not world.over():
        what = rng.random()
        if what < 0.4 or len(mids) < LEAST / WRITERS:
            mid = world.fresh()
            size = rng.choice((0, 300, 300, 5000))
            answer = ok(client.append("INBOX", None, None, programs.letter(mid, ANN, size)))
            mids[answer[0].split(b"]")[0].split()[-1].decode()] = mid  # APPENDUID
        elif what < 0.8:
            uid = rng.choice(list(mids))
            ok(client.uid("STORE", uid, rng.choice(("+FLAGS", "-FLAGS")), rng.choice((r"(\Seen)", r"(\Flagged $Work)"))))
        else:
            uid = rng.choice(list(mids))
            with world.lock:
                world.leaving.add(mids.pop(uid))
            if rng.random() < 0.5:
                ok(client.uid("MOVE", uid, "Archive"))
            else:
                ok(client.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)"))
                ok(client.uid("EXPUNGE", uid))
                world.count("imap")
        world.count("imap")
    client.logout()


class Device:
    def __init__(self, world, name, password, seed):
        self.world, self.name, self.password = world, name, password
        self.random = random.Random(seed)
        self.must_be_there, self.gone = set(), set()  # UIDLs
        self.sessions = {"quit": 0, "cut": 0}

    def run(self):
        while not self.world.over():
            self.session()

    def listing(self, client):
        stat = client.stat()
        sizes = dict(line.decode().split() for line in client.list()[1])
        uidls = dict(line.decode().split() for line in client.uidl()[1])
        self.world.count("pop3", 3)
        return stat, sizes, uidls

    def login(self):
        client = poplib.POP3("127.0.0.1", self.world.server.ports["pop3"], timeout=60)
        client.user(ANN)
        client.pass_(self.password)
        return client

    def session(self):
        world, wrong = self.world, self.world.wrong
        for _ in range(100):
            try:
                client = self.login()
                break
            except poplib.error_proto as e:  # the server has not seen yet that the last session was cut
                if b"[IN-USE]" not in e.args[0]:
                    raise
                time.sleep(0.02)
        before = self.listing(client)
        stat, sizes, uidls = before
        if stat != (len(sizes), sum(map(int, sizes.values()))) or set(sizes) != set(uidls):
            wrong(f"P3: STAT {stat}, LIST {len(sizes)}, UIDL {len(uidls)}")
        ids = set(uidls.values())
        if len(ids) != len(uidls) or any(len(u) > 70 or not u.isprintable() or " " in u for u in ids):
            wrong("P1: a UIDL twice, or not one")
        for uidl in self.must_be_there - ids:
            if world.meaning[uidl] not in world.leaving:
                wrong(f"P4: {uidl} is gone without QUIT on {self.name}")
        self.must_be_there = set()
        if back := self.gone & ids:
            wrong(f"P4: {back} came back to {self.name}")
        deleted = set()
        for number in self.random.sample(sorted(uidls), min(10, len(uidls))):
            self.look(client, number, int(sizes[number]), uidls[number])
            if uidls[number] in world.meaning and self.random.random() < 0.3:
                client.dele(number)
                world.count("pop3")
                deleted.add(number)
        if self.random.random() < 0.05:
            try:
                self.login()
                wrong("P5: a second session of the same device")
            except poplib.error_proto as e:
                if b"[IN-USE]" not in e.args[0]:
                    wrong(f"P5: {e}")
        client.rset()
        if self.listing(client) != before:
            wrong("P2: a session is not a snapshot")
        for number in deleted:
            client.dele(number)
        names = {uidls[n] for n in deleted}
        if self.random.random() < 0.5:
            client.quit()
            self.gone |= names
            self.sessions["quit"] += 1
        else:
            client.close()
            self.must_be_there = names
            self.sessions["cut"] += 1
        world.count("pop3", 2 + len(deleted))

    def look(self, client, number, size, uidl):
        try:
            lines = client.retr(number)[1]
        except poplib.error_proto:  # P2: it may be gone for good by now; never an +OK and then nothing
            return
        finally:
            self.world.count("pop3")
        text = b"\r\n".join(lines) + b"\r\n"
        if len(text) != size:
            self.world.wrong(f"P3: LIST says {size}, RETR sends {len(text)}")
        end = programs.END.search(text)
        if not end:
            self.world.wrong(f"P3: {uidl} is not whole")
            return
        self.world.learn(uidl, end[1].decode())
        header = lines.index(b"") + 1
        n = self.random.randint(0, 4)
        try:
            top = client.top(number, n)[1]
        except poplib.error_proto:
            return
        self.world.count("pop3")
        if top != lines[: header + n]:
            self.world.wrong(f"P6: TOP {n} of {uidl}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--operations", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    print(f"writers: {options.operations} operations, seed {options.seed}", flush=True)
    with Server() as server:
        server.add_accounts(ANN)
        world = World(server, options.operations)
        devices = [
            Device(world, name, server.admin("device", "add", ANN, name).strip(), options.seed + n)
            for n, name in enumerate(DEVICES)
        ]

        def guarded(run, *args):
            try:
                run(*args)
            except Exception as e:  # pylint: disable=broad-except
                world.wrong(f"surprise: {e!r}")

        threads = [threading.Thread(target=guarded, args=(writer, world, options.seed * 100 + n)) for n in range(WRITERS)]
        threads += [threading.Thread(target=guarded, args=(d.run,)) for d in devices]
        started = time.monotonic()
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        seconds = time.monotonic() - started
        sessions = ", ".join(f"{d.name} {d.sessions['quit']} with QUIT and {d.sessions['cut']} cut" for d in devices)
        print(f"writers: {world.done['imap']} commands of {WRITERS} IMAP writers, {world.done['pop3']} of POP3 in "
              f"{seconds:.0f} s; sessions: {sessions}; {len(world.meaning)} UIDLs; "
              f"violations: {len(world.violations)}")
        for line in world.violations[:20]:
            print(f"writers: {line}")
        failed = bool(world.violations) or not all(all(d.sessions.values()) for d in devices)
    print(f"tests: {0 if failed else 1} passed, {1 if failed else 0} failed, 0 skipped")
    sys.exit(1 if failed else 0)


main()
