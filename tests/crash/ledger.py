"""kill -9 under load, and then everything acknowledged is there, once.

A writer outside the server keeps the ledger: INTENT before sending, ACK after the server's answer, UNKNOWN when the
connection broke between. Load: LMTP, SMTP, APPEND, STORE, EXPUNGE, REPLACE, POP3 DELE + QUIT, on several accounts at once. After
each kill: `mailstead check` is clean, and a checker reads everything back by IMAP, to the last octet.

    ledger.py --cycles N [--seed S]
"""

import argparse
import base64
import collections
import hashlib
import imaplib
import poplib
import random
import smtplib
import sys
import threading
import time

from harness.mail import PASSWORD, message
from harness.server import Server

ACCOUNTS = [f"user{n}@example.org" for n in range(4)]
MESSAGES_MAX = 1000  # in a mailbox; then it starts over
LARGE = 0.02  # of the messages: so large that the store has a file for each
STORE_CYCLES = 40  # then a new store: the check reads all of it, with what is Recently removed
imaplib.Commands["REPLACE"] = ("SELECTED",)
LOST = (OSError, EOFError, imaplib.IMAP4.abort, smtplib.SMTPServerDisconnected, poplib.error_proto)


class Refused(Exception):
    """Mail that is there is not read: none is lost, but the server is wrong."""


def digest(body):
    return hashlib.sha256(body).digest()


class Ledger:
    """Per account: message id → "acked", "unknown"; and what was asked of it."""

    def __init__(self, counts):
        self.lock = threading.Lock()
        self.added = collections.defaultdict(dict)    # account → mid → acked | unknown
        self.flagged = collections.defaultdict(dict)  # account → mid → acked | unknown
        self.removed = collections.defaultdict(dict)  # account → mid → acked | unknown
        self.replaced = collections.defaultdict(dict)  # account → mid → the mid that took its place, or was to
        self.bodies = {}  # mid → the digest of what was sent behind the header
        self.counts = counts  # of "intents", and of acknowledgements by what was asked

    def note(self, book, account, mid, state, kind):
        with self.lock:
            book[account][mid] = state
            if state == "acked":
                self.counts[kind] += 1
            else:
                self.counts["intents"] += 1


class Load(threading.Thread):
    def __init__(self, server, ledger, kind, account, seed):
        super().__init__(daemon=True)
        self.server, self.ledger, self.kind, self.account = server, ledger, kind, account
        self.random = random.Random(seed)
        self.stop = threading.Event()
        self.serial = 0
        self.prefix = f"{kind}-{seed}"
        self.surprise = None

    def run(self):
        while not self.stop.is_set():
            try:
                getattr(self, self.kind)()
            except LOST:
                time.sleep(0.01)
            except Exception as e:  # pylint: disable=broad-except
                self.surprise = repr(e)
                return

    def fresh(self):
        self.serial += 1
        mid = f"{self.prefix}-{self.serial}"
        body = "x" * self.random.choice((10, 3000, 70000)) + "\r\n"
        if self.random.random() < LARGE:
            body = base64.encodebytes(self.random.randbytes(1_200_000)).decode().replace("\n", "\r\n")
        self.ledger.bodies[mid] = digest(body.encode())
        return mid, message(mid, body=body, to=self.account, mid=mid)

    def add(self, send):
        mid, content = self.fresh()
        self.ledger.note(self.ledger.added, self.account, mid, "unknown", self.kind)
        send(content)
        self.ledger.note(self.ledger.added, self.account, mid, "acked", self.kind)

    def lmtp(self):
        with smtplib.LMTP("127.0.0.1", self.server.ports["lmtp"], timeout=20) as c:
            while not self.stop.is_set():
                self.add(lambda m: c.sendmail("bob@example.net", [self.account], m))

    def smtp(self):
        with smtplib.SMTP("127.0.0.1", self.server.ports["smtp"], timeout=20) as c:
            while not self.stop.is_set():
                self.add(lambda m: c.sendmail("bob@example.net", [self.account], m))

    def login(self):
        c = imaplib.IMAP4("127.0.0.1", self.server.ports["imap"], timeout=20)
        c.login(self.account, PASSWORD)
        c.select("INBOX")
        return c

    def append(self):
        c = self.login()
        while not self.stop.is_set():
            self.add(lambda m: self.ok(c.append("INBOX", None, None, m)))

    @staticmethod
    def ok(answer):
        if answer[0] != "OK":
            raise RuntimeError(f"refused: {answer}")
        return answer[1]

    def mids(self, c, criterion):
        """UID → message id of a few random messages."""
        uids = self.ok(c.uid("SEARCH", None, criterion))[0].split()
        chosen = self.random.sample(uids, min(len(uids), 5))
        if not chosen:
            return {}
        data = self.ok(c.uid("FETCH", b",".join(chosen).decode(), "(UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"))
        found = {}
        for part in data:
            if isinstance(part, tuple):
                uid = part[0].split(b"UID ")[1].split()[0].decode()
                found[uid] = part[1].decode().split("<")[1].split("@")[0]
        return found

    def change(self):
        c = self.login()
        while not self.stop.is_set():
            some = self.mids(c, "UNFLAGGED UNDELETED")
            for mid in some.values():
                self.ledger.note(self.ledger.flagged, self.account, mid, "unknown", "store")
            if some:
                self.ok(c.uid("STORE", ",".join(some), "+FLAGS.SILENT", r"(\Flagged)"))
                for mid in some.values():
                    self.ledger.note(self.ledger.flagged, self.account, mid, "acked", "store")
            gone = self.mids(c, "FLAGGED")
            gone = dict(list(gone.items())[:2])
            for mid in gone.values():
                self.ledger.note(self.ledger.removed, self.account, mid, "unknown", "expunge")
            if gone:
                self.ok(c.uid("STORE", ",".join(gone), "+FLAGS.SILENT", r"(\Deleted)"))
                self.ok(c.uid("EXPUNGE", ",".join(gone)))
                for mid in gone.values():
                    self.ledger.note(self.ledger.removed, self.account, mid, "acked", "expunge")
            self.replace(c)
            time.sleep(0.02)

    def replace(self, c):
        """REPLACE (RFC 8508): the new message and the removal of the old one are one promise."""
        old = dict(list(self.mids(c, "UNFLAGGED UNDELETED").items())[:1])
        for uid, gone in old.items():
            mid, content = self.fresh()
            self.ledger.note(self.ledger.added, self.account, mid, "unknown", "replace")
            self.ledger.note(self.ledger.removed, self.account, gone, "unknown", "replace")
            self.ledger.replaced[self.account][gone] = mid
            c.literal = content
            self.ok(c.uid("REPLACE", uid, "INBOX"))
            self.ledger.note(self.ledger.added, self.account, mid, "acked", "replace")
            self.ledger.note(self.ledger.removed, self.account, gone, "acked", "replace")

    def pop3(self):
        while not self.stop.is_set():
            p = poplib.POP3("127.0.0.1", self.server.ports["pop3"], timeout=20)
            p.user(self.account)
            p.pass_(PASSWORD)
            count = p.stat()[0]
            if count:
                number = self.random.randint(1, count)
                header = b"\n".join(p.top(number, 0)[1]).decode()
                mid = header.split("Message-ID: <")[1].split("@")[0]
                self.ledger.note(self.ledger.removed, self.account, mid, "unknown", "pop3")
                p.dele(number)
                p.quit()
                self.ledger.note(self.ledger.removed, self.account, mid, "acked", "pop3")
            else:
                p.quit()
            time.sleep(0.02)


def read_back(server, ledger, account):
    c = imaplib.IMAP4("127.0.0.1", server.ports["imap"], timeout=60)
    c.login(account, PASSWORD)
    c.select("INBOX", readonly=True)
    count = int(c.untagged_responses["EXISTS"][-1])
    status, data = c.fetch("1:*", "(FLAGS BODY.PEEK[])") if count else ("OK", [])
    if status != "OK":
        raise Refused(f"reading back: {status} {data}")
    found = collections.Counter()
    flagged = set()
    damaged = []
    for part in data:
        if isinstance(part, tuple):
            header, body = part[1].split(b"\r\n\r\n", 1)
            mid = header.decode().split("Message-ID: <")[1].split("@")[0]
            found[mid] += 1
            if digest(body) != ledger.bodies[mid]:
                damaged.append(mid)
            if rb"\Flagged" in part[0]:
                flagged.add(mid)
    c.logout()
    if found.total() != count:
        raise Refused(f"reading back: {count} EXISTS, {found.total()} were fetched")
    return found, flagged, damaged


def start_over(server, ledger, account):
    """Empties a mailbox that has been verified: the cost of a cycle must not grow with the cycles before it."""
    c = imaplib.IMAP4("127.0.0.1", server.ports["imap"], timeout=60)
    c.login(account, PASSWORD)
    if c.select("INBOX")[1] != [b"0"]:
        c.store("1:*", "+FLAGS.SILENT", r"(\Deleted)")
        c.expunge()
    left = c.status("INBOX", "(MESSAGES)")[1][0]
    c.logout()
    if not left.endswith(b"(MESSAGES 0)"):
        raise RuntimeError(f"not emptied: {left}")
    for book in (ledger.added, ledger.flagged, ledger.removed, ledger.replaced):
        book[account].clear()


def verify(server, ledger):
    wrong = []
    for account in ACCOUNTS:
        try:
            found, flagged, damaged = read_back(server, ledger, account)
        except Refused as e:
            wrong.append(f"{account}: {e}")
            continue
        wrong += [f"{account}: {mid} is not what was sent" for mid in damaged]
        added, removed = ledger.added[account], ledger.removed[account]
        for mid, state in added.items():
            gone = removed.get(mid)
            if state == "acked" and gone is None and found[mid] != 1:
                wrong.append(f"{account}: acknowledged {mid} is there {found[mid]} times")
            if gone == "acked" and found[mid] != 0:
                wrong.append(f"{account}: removed {mid} is back")
            if found[mid] > 1:
                wrong.append(f"{account}: {mid} is there {found[mid]} times")
        for old, new in ledger.replaced[account].items():
            if found[new] and found[old]:
                wrong.append(f"{account}: {new} was to replace {old}: both are there")
            if not found[new] and not found[old] and removed.get(old) == "unknown" and new not in removed:
                wrong.append(f"{account}: {new} was to replace {old}: neither is there")
        for mid, state in ledger.flagged[account].items():
            if state == "acked" and found[mid] and mid not in flagged:
                wrong.append(f"{account}: flag of {mid} was undone")
    return wrong


class Store:
    """A server on a store of its own, with the ledger of what it acknowledged."""

    def __init__(self, rng, counts, relaxed):
        self.rng = rng
        self.ledger = Ledger(counts)
        relaxed = f"[imap]\nrelaxed_flags = {'true' if relaxed else 'false'}\n"  # kill -9 loses none of them either
        self.server = Server(extra=f"{relaxed}[pop3]\npolicy = \"everywhere\"\n")
        self.server.start()
        self.server.add_accounts(*ACCOUNTS)

    def keep(self):
        self.server.kill()
        return self.server.keep()

    def cycle(self, number):
        """Load, kill, check, read back: what is wrong."""
        loads = [
            Load(self.server, self.ledger, kind, ACCOUNTS[(n + number) % len(ACCOUNTS)], number * 100 + n)
            for n, kind in enumerate(("lmtp", "lmtp", "smtp", "append", "append", "change", "change", "pop3"))
        ]
        for load in loads:
            load.start()
        time.sleep(self.rng.uniform(0.3, 3.0))
        self.server.kill()
        for load in loads:
            load.stop.set()
        for load in loads:
            load.join(40)
        code, findings = self.server.check()
        self.server.start()
        wrong = verify(self.server, self.ledger) + [f"surprise: {l.kind}: {l.surprise}" for l in loads if l.surprise]
        if code != 0:
            wrong.append(f"mailstead check: {findings[-2000:]}")
        for account in ACCOUNTS:
            if not wrong and len(self.ledger.added[account]) > MESSAGES_MAX:
                start_over(self.server, self.ledger, account)
        return wrong


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--cycles", type=int, default=200)
    options.add_argument("--seed", type=int, default=int(time.time()))
    options = options.parse_args()
    rng = random.Random(options.seed)
    print(f"crash: {options.cycles} cycles, seed {options.seed}", flush=True)
    counts = collections.Counter()
    failures = 0
    store = None
    for cycle in range(options.cycles):
        if cycle % STORE_CYCLES == 0 or store is None:
            if store is not None:
                store.server.close()
            store = Store(rng, counts, relaxed=cycle // STORE_CYCLES % 2 == 0)
        wrong = store.cycle(cycle)
        failures += bool(wrong)
        for account in ACCOUNTS:  # what is wrong with one must not hide another
            for line in [w for w in wrong if w.startswith(account)][:10]:
                print(f"cycle {cycle}: {line}", flush=True)
        for line in [w for w in wrong if not w.startswith(tuple(ACCOUNTS))]:
            print(f"cycle {cycle}: {line}", flush=True)
        if wrong:
            print(f"cycle {cycle}: {len(wrong)} in all; the store is kept in {store.keep()}", flush=True)
            store = None
        if (cycle + 1) % 25 == 0:
            print(f"crash: {cycle + 1} cycles, {failures} with a violation", flush=True)
    if store is not None:
        store.server.close()
    unknown = counts.pop("intents") - counts.total()
    acks = ", ".join(f"{kind} {n}" for kind, n in sorted(counts.items()))
    print(f"crash: acknowledged {acks}; outcome unknown {unknown}; cycles with a violation: {failures}")
    idle = {"lmtp", "smtp", "append", "store", "expunge", "replace", "pop3"} - set(counts)
    if idle:
        print(f"crash: nothing was acknowledged by {', '.join(sorted(idle))}: that was not tested")
        failures += 1
    print(f"tests: {options.cycles - failures} passed, {failures} failed, 0 skipped")
    sys.exit(1 if failures else 0)


main()
