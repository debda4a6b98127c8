"""POP3 and LMTP sessions: scripts that send some commands at once and get their answers, all checked on the way."""

import collections
import hashlib
import select

from account import Coming
from base import GONE, MESSAGE_ID, Clock, Content, check
from register import Op
from wire import Lost, Wire


class Script:
    """`script()` yields lists of commands (bytes, whether the answer has many lines) and gets their answers."""

    def __init__(self, world, name, port):
        self.world, self.name, self.port = world, name, port
        self.trace = collections.deque(maxlen=60)
        self.open()

    def open(self):
        self.wire = Wire(self.world.server.ports[self.port])
        self.expected = collections.deque([(b"greeting", False)])
        self.answers, self.lines, self.first = [], [], None
        self.op, self.leaving = None, False
        self.running = self.script()
        next(self.running)

    def busy(self):
        return bool(self.expected)

    def send(self, commands):
        for text, many in commands:
            self.trace.append((Clock.now, ">", text[:200]))
            self.expected.append((text, many))
            if text:
                self.world.count(self.port.upper() + " " + (text.split()[0].decode() if len(text) < 80 else "message"))
        self.wire.write(b"".join(text for text, _ in commands))

    def readable(self):
        over, wire = False, self.wire
        try:
            while self.wire.read():
                pass
        except Lost:
            over = True
        while self.wire is wire and self.expected and (line := wire.line()) is not None:
            self.line(line)
        if over and self.wire is wire:
            check(self.leaving, "I19", f"the server has closed the connection; awaited {list(self.expected)[:2]}", self)
            self.closed()

    def line(self, line):
        Clock.tick()
        text, many = self.expected[0]
        if self.first is None:
            self.trace.append((Clock.now, "<", line[:200]))
            self.first = line
            many = many and line.startswith(b"+OK")
        elif line == b".":
            many = False
        else:
            self.lines.append(line[1:] if line.startswith(b".") else line)
        if self.port == "lmtp" and line[3:4] == b"-":
            self.first = None
            return
        if many:
            return
        self.expected.popleft()
        self.answers.append((self.first, self.lines))
        self.first, self.lines = None, []
        if not self.expected:
            answers, self.answers = self.answers, []
            try:
                self.send(self.running.send(answers))
            except StopIteration:
                self.leaving = True
                self.closed()

    def poke(self):
        """Whether there is something to do now."""
        if not self.expected:
            self.send(self.running.send([]))

    def closed(self):
        self.wire.close()
        self.expected.clear()
        if self.op:
            self.world.lost(self, self)
        self.world.reopen(self)

    names = False


class Lmtp(Script):
    def script(self):
        yield []
        yield [(b"LHLO client\r\n", False)]
        refusals = 0
        while refusals < 10:  # DATA without recipients is an error: the server has enough of them some time
            refusals += yield from self.delivery()
        yield [(b"QUIT\r\n", False)]

    def delivery(self):
        world, rng = self.world, self.world.rng
        self.idle = True
        while world.quieting or self.pause():
            yield []
        self.idle = False
        accounts = rng.sample(world.accounts, rng.choice((1, 1, 2, 4)))
        accounts = [a for a in accounts if len(a.mailboxes["INBOX"].messages) <= world.crowded]
        if not accounts:
            return 0
        content = Content(world.next_serial(), rng)
        self.op = op = Op(f"LMTP {content.mid}", lambda f: f, self)
        comings = []
        for account in accounts:
            mine = Content.of(content.mid, content.data)
            mine.__dict__.update({k: v for k, v in content.__dict__.items() if k not in ("facts", "exact")})
            mine.facts, mine.exact, mine.delivered = {}, False, True
            account.contents[content.mid] = mine
            comings.append(Coming(op, account.mailboxes["INBOX"], mine, [frozenset()]))
        envelope = [(b"MAIL FROM:<bob@example.net>\r\n", False)]
        envelope += [(f"RCPT TO:<{a.name}>\r\n".encode(), False) for a in accounts]
        wrong = rng.random() < 0.05
        if wrong:
            envelope.append((b"RCPT TO:<nobody@example.org>\r\n", False))
        answers = yield envelope + [(b"DATA\r\n", False)]
        codes = [a[0][:3] for a in answers]
        taken = [c == b"250" for c in codes[1:-1]]
        check(codes[0] == b"250" and codes[-1] == (b"354" if any(taken) else b"503"), "S2", f"{codes}", self)
        check(not wrong or not taken[-1], "S2", "an unknown recipient was accepted", self)
        if not any(taken):
            self.op = None
            yield [(b"RSET\r\n", False)]
            world.finish(op, False)
            return 1
        stuffed = content.data.replace(b"\r\n.", b"\r\n..") + b".\r\n"
        refused = [a for a, t in zip(accounts, taken) if not t]
        answers = yield [(stuffed, False)] + [(b"", False)] * (len(accounts) - len(refused) - 1)
        results = iter(answers)
        for account, coming, ok in zip(accounts, comings, taken):
            # S3: one answer for each recipient that was accepted, in their order.
            answer = next(results)[0] if ok else b"452"
            if answer[:3] == b"250":
                world.settle(coming)
            else:
                check(account.quota_bytes and answer[:3] == b"452", "S2", f"{account} refused: {answer}", self)
                coming.mailbox.coming.remove(coming)
        self.op = None
        world.finish(op, True)
        return 0

    def pause(self):
        return self.world.rng.random() < 0.5


class Pop3Probe:
    """A blocking session."""

    def __init__(self, world, account, device):
        self.wire = Wire(world.server.ports["pop3"])
        self.line()
        self.say(f"USER {account.name}")
        self.greeting = self.say(f"PASS {device.password}")

    def line(self):
        while (line := self.wire.line()) is None:
            select.select([self.wire], [], [], 60)
            self.wire.read()
        return line.decode()

    def say(self, text):
        self.wire.write(text.encode() + b"\r\n")
        return self.line()

    def ask(self, text):
        """A command with many lines as its answer: their words."""
        first = self.say(text)
        check(first.startswith("+OK"), "P5", f"{text}: {first}; PASS was answered by {self.greeting}")
        lines = []
        while (line := self.line()) != ".":
            lines.append(line.split())
        return lines


class Pop3(Script):
    def __init__(self, world, account, device):
        self.account, self.device = account, device
        super().__init__(world, f"{account.name.split('@')[0]}/pop3/{device.name}", "pop3")

    def script(self):
        world, rng, account, device = self.world, self.world.rng, self.account, self.device
        yield []
        while world.quieting or rng.random() < 0.9 or account.structural:
            self.idle = True
            yield []
        self.idle = False
        inbox = account.mailboxes["INBOX"]
        start = Clock.tick()
        answers = yield [(f"USER {account.name}\r\n".encode(), False), (f"PASS {device.password}\r\n".encode(), False)]
        busy = b"[SYS/TEMP]" in answers[1][0]  # too many at once of this account: passwords cost time
        if busy or b"[IN-USE]" in answers[1][0]:  # the server has not seen yet that the last one was cut
            check(busy or device.cut, "P5", f"{answers[1]}", self)
            self.leaving = True
            return
        device.cut = False
        check(answers[1][0].startswith(b"+OK"), "P5", f"{answers[1]}", self)
        first = yield [(b"STAT\r\n", False), (b"LIST\r\n", True), (b"UIDL\r\n", True)]
        sizes, uids = self.snapshot(first, inbox)
        self.compare(start, inbox, uids)
        retrieved = set()
        deleted = set()
        for _ in range(rng.randint(0, 6)):
            if not uids:
                break
            ns = rng.sample(sorted(uids), min(len(uids), rng.randint(1, 3)))
            kind = rng.choice(("RETR", "RETR", "TOP", "DELE", "RSET", "again", "one", "bad", "twice"))
            if kind == "RETR":
                answers = yield [(b"RETR %d\r\n" % n, True) for n in ns]
                for n, a in zip(ns, answers):
                    if self.gone(n, a, deleted, uids, inbox):
                        continue
                    data = b"".join(line + b"\r\n" for line in a[1])
                    check(len(data) == sizes[n], "P3", f"LIST said {sizes[n]}, RETR sent {len(data)}", self)
                    self.learn(inbox, uids[n], data)
                    retrieved.add(uids[n])
            elif kind == "TOP":
                lines = rng.randint(0, 4)
                answers = yield [(b"TOP %d %d\r\n" % (n, lines), True) for n in ns]
                for n, a in zip(ns, answers):
                    if self.gone(n, a, deleted, uids, inbox):
                        continue
                    m = inbox.messages[uids[n]]
                    split = a[1].index(b"") + 1
                    if m.content and m.content.exact:
                        body = m.content.text.split(b"\r\n")[:-1][:lines]
                        head = m.content.header.split(b"\r\n")[:-1]
                        check(a[1] == head + body, "P6", f"TOP {lines} of {m}: {a[1][split:]}", self)
            elif kind == "DELE":
                ns = [n for n in ns if (m := inbox.messages[uids[n]]) and not m.stranger() and len(m.ops) < 3]
                answers = yield [(b"DELE %d\r\n" % n, False) for n in ns] or [(b"NOOP\r\n", False)]
                for n, a in zip(ns, answers):
                    check(a[0].startswith(b"+OK") == (n not in deleted), "P2", f"DELE {n}: {a}", self)
                    deleted.add(n)
            elif kind == "RSET":
                yield [(b"RSET\r\n", False)]
                deleted.clear()
            elif kind == "again":  # P2
                again = yield [(b"STAT\r\n", False), (b"LIST\r\n", True), (b"UIDL\r\n", True)]
                s2, u2 = self.snapshot(again, inbox)
                left = {n: u for n, u in uids.items() if n not in deleted}
                check(u2 == left and s2 == {n: sizes[n] for n in left}, "P2", f"{u2} after {uids}, without {deleted}", self)
            elif kind == "twice":
                second = Pop3Probe(world, account, device)
                check("[IN-USE]" in second.greeting or "[SYS/TEMP]" in second.greeting, "P5", f"{second.greeting}", self)
                second.wire.close()
            elif kind == "one":
                answers = yield [(b"UIDL %d\r\n" % n, False) for n in ns] + [(b"LIST 99999\r\n", False)]
                for n, a in zip(ns, answers):
                    check(a[0].startswith(b"+OK") == (n not in deleted), "P2", f"UIDL {n}: {a}", self)
                check(answers[-1][0].startswith(b"-ERR"), "P2", "LIST 99999", self)
            else:
                answers = yield [(b"NONSENSE\r\n", False), (b"CAPA\r\n", True)]
                check(answers[0][0].startswith(b"-ERR") and answers[1][0].startswith(b"+OK"), "I19", f"{answers[0]}", self)
        if rng.random() < 0.25:  # cut: P4
            self.leaving = device.cut = True
            device.had |= retrieved
            world.faults["POP3 left without QUIT"] += 1
            return
        yield from self.quit({uids[n] for n in deleted}, inbox, retrieved)

    def closed(self):
        self.device.cut = True
        super().closed()

    def quit(self, gone, inbox, retrieved):
        device, world = self.device, self.world
        policy = device.policy if gone else "keep"
        op = None
        if policy == "everywhere" or policy == "archive":
            messages = [inbox.messages[u] for u in sorted(gone)]
            op = self.op = Op(f"QUIT after DELE of {sorted(gone)} ({policy})", lambda f: GONE, self)
            archive = self.account.mailboxes["Archive"]
            comings = [Coming(op, archive, m.content, (), m.facts, m) for m in messages] if policy == "archive" else []
            for coming in comings:
                coming.instead = coming.source
            inbox.begin(op, messages)
        if policy != "keep":
            device.unknown |= gone
        device.had |= retrieved
        answers = yield [(b"QUIT\r\n", False)]
        check(answers[0][0].startswith(b"+OK"), "P4", f"QUIT: {answers[0]}", self)
        if policy != "keep":
            device.hidden |= gone
            device.unknown -= gone
        if op:
            for coming in comings:
                before = {s for s, applied in coming.source.pairs if op not in applied}
                if GONE in before:  # somebody else may have been first
                    coming.maybe = True
                else:
                    coming.states = coming.possible()
                    coming.source = None
                    world.settle(coming)
            self.op = None
            world.finish(op, True)
        self.leaving = True

    def snapshot(self, answers, inbox):
        stat, listing, uidl = answers
        sizes = {int(n): int(size) for n, size in (line.split() for line in listing[1])}
        ids = {int(n): u.decode() for n, u in (line.split() for line in uidl[1])}
        count, octets = (int(v) for v in stat[0].split()[1:3])
        check(count == len(sizes) and octets == sum(sizes.values()), "P3", f"STAT {count} {octets}, LIST {sizes}", self)
        check(set(ids) == set(sizes) and len(set(ids.values())) == len(ids), "P1", f"UIDL {ids}", self)
        uids = {}
        for n, name in ids.items():
            check(1 <= len(name) <= 70 and all(33 <= ord(c) <= 126 for c in name), "P1", f"UIDL {name!r}", self)
            inbox.valid(int(name[:8], 16), self)
            uids[n] = int(name[8:], 16)
            m = inbox.see(uids[n], self)
            if m.content:
                m.content.learn("RFC822.SIZE", str(sizes[n]), self)
        return sizes, uids

    def compare(self, start, inbox, uids):
        """P4, P7: what was not removed from this view is there; what was removed stays so."""
        device = self.device
        seen = set(uids.values())
        sure, _ = inbox.there(start)
        missing = set(sure) - seen - device.hidden - device.unknown - (device.had if device.hides else set())
        check(not missing, "P7", f"{device.name} does not see {sorted(missing)}", self)
        back = seen & device.hidden
        check(not back, "P4", f"{sorted(back)} came back to {device.name}", self)
        for uid in seen:
            m = inbox.messages[uid]
            check(m.stranger() or m.since(start) != {GONE}, "P2", f"{m} is gone, and {device.name} sees it", self)

    def gone(self, n, answer, deleted, uids, inbox):
        if answer[0].startswith(b"+OK"):
            check(n not in deleted, "P2", f"{n} was deleted and is there", self)
            return False
        m = inbox.messages[uids[n]]
        check(n in deleted or m.stranger() or GONE in m.states(), "P2", f"{m}: {answer[0]}", self)
        return True

    def learn(self, inbox, uid, data):
        m = inbox.messages[uid]
        if m.stranger():
            found = MESSAGE_ID.search(data)
            m.mid = found[1].decode()
            inbox.recognise(m)
        if m.content:
            m.content.learn("BODY[]", data, self)
        m.facts.setdefault("digest", hashlib.sha256(data).digest())
        check(m.facts["digest"] == hashlib.sha256(data).digest(), "I4", f"{m} was other octets", self)
