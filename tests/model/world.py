"""A server, the model, and all sessions at once; one event loop, one seed."""

import base64
import collections
import random
import select
import time

import commands
import names
import search
from account import Account, Device, Mailbox
from base import Clock
from checkpoint import Checkpoint
from harness.server import Server
from imap import Command, Imap
from lines import Lmtp, Pop3
from wire import Lost

PASSWORD = "secret-of-tests"
PROFILES = ("plain", "qresync", "uidonly", "notify", "compress")
POLICIES = (("keep", False), ("device", False), ("everywhere", False), ("archive", False), ("auto", True))
CONFIG = "log_level = \"warn\"\n[accounts]\nargon2_passes = 1\nargon2_memory = 8192\n"

SELECTED = (
    [commands.fetch] * 10 + [commands.store] * 8 + [commands.copy] * 4 + [commands.append] * 4 + [commands.expunge] * 4
    + [commands.replace] * 2 + [search.search] * 6 + [search.sort] * 2 + [search.thread] + [commands.noop] * 3 + [commands.idle] * 2
    + [commands.invalid] * 2 + [names.leave, names.select, names.listing, names.status, names.status, names.quota, names.metadata]
    + [names.subscribe, names.restructure, names.uidbatches]
)
AUTHENTICATED = [names.select] * 10 + [commands.append, names.listing, names.status, names.restructure, names.metadata, commands.noop]
NAMED = {commands.copy, commands.append, commands.replace, names.select, names.listing, names.status, names.quota, names.metadata,
         names.subscribe}
ONE = {names.restructure, names.select, names.leave}


class World:
    crowded = 40  # messages of a mailbox, the gone ones included

    def __init__(self, seed, faults=True, environment=None):
        self.rng, self.seed = random.Random(seed), seed
        self.faults_on = faults
        self.counts, self.results, self.faults = collections.Counter(), collections.Counter(), collections.Counter()
        self.operations = self.checkpoints = self.serial = 0
        self.quieting = False
        self.moments = collections.deque([(time.monotonic(), 0)])
        self.server = Server(extra=CONFIG)
        self.server.environment = environment
        self.server.start()
        self.accounts = []
        self.server.admin("domain", "add", "example.org")
        for n in range(4):
            self.accounts.append(self.make_account(n))
        self.sessions = []
        for account in self.accounts:
            account.sessions = [Imap(self, account, n, p) for n, p in enumerate(PROFILES)]
            self.sessions += account.sessions
            self.sessions += [Pop3(self, account, d) for d in account.devices]
        self.sessions += [Lmtp(self, f"lmtp{n}", "lmtp") for n in range(2)]
        self.checkpoint_at, self.fault_at, self.kill_at = 300, 100, 1200

    def make_account(self, n):
        account = Account(f"user{n}@example.org", PASSWORD)
        admin = self.server.admin
        admin("account", "add", account.name, "--password-stdin", stdin=PASSWORD + "\n")
        for name in names.FIXED:
            account.mailboxes[name] = Mailbox(account, name)
        for name in (*names.FIXED, "Trash", "Junk"):
            account.subscribed[name] = {True}
        for i in range(2):  # two of the five policies in each account
            policy, hides = POLICIES[(2 * n + i) % len(POLICIES)]
            name = f"pc{i}"
            password = admin("device", "add", account.name, name).strip()
            admin("pop3", "set", account.name, name, "--policy", policy, "--hide-retrieved", "on" if hides else "off")
            account.devices.append(Device(name, password, "device" if policy == "auto" else policy, hides))
        account.quota_bytes = 40_000 if n == 3 else 10_000_000
        admin("quota", "set", account.name, str(account.quota_bytes), "--messages", "100000")
        return account

    # What commands need -----------------------------------------------------------------------------------------------
    def count(self, what):
        self.counts[what] += 1
        self.operations += 1

    def next_serial(self):
        self.serial += 1
        return self.serial

    def pick_mailbox(self, account):
        boxes = [b for b in account.mailboxes.values() if b.selectable]
        return None if account.structural else self.rng.choice(boxes)

    def over_quota(self, account):
        return ("NO OVERQUOTA",) if account.quota_bytes < 1_000_000 else ()

    def a_moment_ago(self):
        """The tick of 0.3 s ago: what a server sends unasked may be on its way so long."""
        return self.moments[0][1]

    def finish(self, op, happened, refused=()):
        for m in list(op.messages):
            m.finish(op, happened and m not in refused if happened is not None else None)
        for coming in op.comings:
            if happened is False and coming in coming.mailbox.coming:
                coming.mailbox.coming.remove(coming)
            elif happened and not coming.acked and not coming.maybe and coming in coming.mailbox.coming:
                coming.mailbox.coming.remove(coming)
        for box in op.mailboxes:
            box.end(op)

    def settle(self, coming):
        """It is there for sure, under a UID that was not told."""
        coming.acked = True
        for m in list(coming.mailbox.messages.values()):
            if m.stranger() and m.mid == coming.content.mid:
                coming.mailbox.recognise(m)

    def lost(self, session, command):
        """Its answer will never come. The server may still be at work on it."""
        if command.names:
            session.account.names_in_use -= 1
        if getattr(command, "lost", None):
            command.lost()
        if command.op:
            owners = {b.account for b in command.op.mailboxes} or {session.account}
            for account in owners:
                account.lost.append(command.op)
            self.results["lost"] += 1
            if getattr(command.op, "structural", False) or any(len(a.lost) > 3 for a in owners):
                self.checkpoint_at = 0

    # Sessions ---------------------------------------------------------------------------------------------------------
    def reopen(self, session):
        if self.server.process.poll() is None and not self.killing:
            session.open()

    killing = False

    def greeted(self, s):
        """Logs in and enables what the profile says."""
        password = base64.b64encode(f"\0{s.account.name}\0{PASSWORD}".encode())
        todo = [Command("LOGIN", f"LOGIN {s.account.name} {PASSWORD}\r\n".encode(), allow=("OK", "NO UNAVAILABLE"))]
        if self.rng.random() < 0.3:
            todo = [Command("AUTHENTICATE", b"AUTHENTICATE PLAIN " + password + b"\r\n", allow=("OK", "NO UNAVAILABLE"))]
        enable = {"qresync": "QRESYNC", "uidonly": "UIDONLY", "notify": "CONDSTORE"}.get(s.profile)
        if self.rng.random() < 0.3:
            enable = f"{enable or ''} IMAP4rev2".strip()
            s.rev2 = True
        if enable:
            todo.append(Command("ENABLE", f"ENABLE {enable}\r\n".encode()))
        if s.profile == "compress" and not s.compressed:
            todo.append(Command("COMPRESS", b"COMPRESS DEFLATE\r\n"))
        s.qresync = s.qresync or s.profile == "qresync"
        s.uidonly = s.profile == "uidonly"
        s.condstore = s.condstore or s.profile in ("qresync", "notify")

        def next_one(c=None, status="OK", *_):
            if status != "OK":  # too many at once of this account: passwords cost time
                todo.insert(0, Command(c.name, *c.parts, allow=c.allow))
            if c and c.name == "COMPRESS":
                s.compressed = True
                s.wire.compress()
            if todo:
                command = todo.pop(0)
                command.done = next_one
                s.send(command)
            else:
                s.ready = True

        next_one()

    def act(self, s):
        """Sends a command, if this session can take one now."""
        rng = self.rng
        if not isinstance(s, Imap):
            if not self.quieting:
                s.poke()
            return
        if not s.ready or s.leaving or s.opening or len(s.pending) >= 4 or (s.pending and s.pending[-1].barrier and not s.idling):
            return
        if s.idling:
            if rng.random() < 0.05:
                s.done()
            return
        if s.doomed or self.quieting:
            if not s.pending and s.doomed:
                s.send(commands.noop(s))
            return
        make = self.choose(s)
        s.wire.held = True
        for _ in range(rng.choice((1, 1, 1, 1, 4)) if make not in ONE else 1):  # pipelined in one segment
            command = make and make(s)
            if command and not (command.barrier and s.pending):
                s.send(command)
            if not command or command.barrier or s.view is None:
                break
        s.wire.held = False
        s.wire.flush()

    def choose(self, s):
        rng = self.rng
        if s.profile == "notify" and s.listens is None and not s.pending and rng.random() < 0.3:
            return names.notify
        if s.qresync and s.view and rng.random() < 0.1:
            return names.leave
        if rng.random() < 0.002 and not s.pending:
            return rng.choice((names.logout, names.unauthenticate))
        if not s.view:
            if s.pending:
                return None
            make = rng.choice(AUTHENTICATED)
        else:
            if rng.random() < 0.6 and commands.learn(s):
                return commands.learn
            make = rng.choice(SELECTED)
        return None if make in NAMED and s.account.structural else make

    # The loop ---------------------------------------------------------------------------------------------------------
    def pump(self, wait=0.0):
        """Reads what has come."""
        poll = select.poll()
        by_fd = {}
        for s in self.sessions:
            poll.register(s.wire.fileno(), select.POLLIN | (select.POLLOUT if s.wire.output else 0))
            by_fd[s.wire.fileno()] = s
        ready = poll.poll(wait * 1000)
        for fd, events in ready:
            s = by_fd[fd]
            if events & select.POLLOUT:
                try:
                    s.wire.flush()
                except Lost:
                    pass
            if events & ~select.POLLOUT and s.wire.fileno() == fd:
                s.readable()
        now = time.monotonic()
        if now - self.moments[-1][0] > 0.02:
            self.moments.append((now, Clock.now))
            while len(self.moments) > 1 and now - self.moments[1][0] > 0.3:
                self.moments.popleft()
        return bool(ready)

    def run(self, operations):
        told = 0
        while self.operations < operations:
            for s in self.rng.sample(self.sessions, 6):
                self.act(s)
            if not self.pump():
                self.pump(0.002)
            if self.operations >= self.checkpoint_at:
                Checkpoint(self).run()
                if self.operations // 100_000 > told:
                    told = self.operations // 100_000
                    print(f"model: seed {self.seed}: {self.operations} operations, {self.checkpoints} checkpoints", flush=True)
                self.checkpoint_at = self.operations + self.rng.randint(200, 1000)
            if self.faults_on and self.operations >= self.fault_at:
                self.fault_at = self.operations + self.rng.randint(30, 200)
                self.cut()
            if self.faults_on and self.operations >= self.kill_at:
                self.kill_at = self.operations + self.rng.randint(1000, 4000)
                self.kill()
        Checkpoint(self).run()

    def cut(self):
        """Closes a connection at any moment, sometimes within a command."""
        s = self.rng.choice(self.sessions)
        self.faults["connection cut"] += 1
        self.burst([s])
        if isinstance(s, Imap):
            if self.rng.random() < 0.5:
                s.wire.write(self.rng.choice((b"x APPEND INBOX {100+}\r\nFrom", b"x STORE 1 +FL", b"x UID MO")))
                self.faults["… within a command"] += 1
            s.resume = s.view if s.qresync and s.view and not s.listens and s.ready else None
            s.cut = True
        s.closed()

    def kill(self):
        """kill -9 at any moment, and all begins anew with what was durable."""
        self.faults["server killed"] += 1
        self.burst(self.sessions)
        self.restart(self.server.kill)

    def burst(self, sessions):
        """So that a fault meets commands in flight: some of them done, some half way, some not yet read."""
        for _ in range(3):
            for s in sessions:
                self.act(s)
        time.sleep(self.rng.choice((0, 0, 0.0003, 0.001, 0.003)))

    def restart(self, stop):
        self.killing = True
        stop()
        for s in self.sessions:
            if isinstance(s, Imap):
                s.resume = s.view if s.qresync and s.view and not s.listens and s.ready else None
            s.closed()
        self.server.start()
        self.killing = False
        for s in self.sessions:
            s.open()
        Checkpoint(self).run()
