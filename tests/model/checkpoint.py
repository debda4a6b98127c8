"""All is quiet: what fresh sessions read, what each session believes, and the model must be the same.

Here, too, it is settled what became of commands whose answers were lost: a set of them, each whole, must explain exactly
the messages that are there.
"""

import collections
import select
import time

from base import GONE, MESSAGE_ID, Clock, Violation, check
from commands import noop
from imap import STATUS_LINE, Imap, flags_of
from lines import Pop3Probe
from wire import Lost, Responses, Wire, parse

NEWS_S = 4.0  # IDLE and NOTIFY have told by then (I20); on a busy machine it may take so long
STUCK_S = 60.0


class Probe:
    """A blocking IMAP session that trusts nothing it knows."""

    name = "probe"

    def __init__(self, world, account):
        self.trace = collections.deque(maxlen=30)
        self.wire = Wire(world.server.ports["imap"])
        self.responses = Responses(self.wire)
        self.next()
        self.ask(f"LOGIN {account.name} {account.password}")

    def next(self):
        while (response := self.responses.next()) is None:
            select.select([self.wire], [], [], STUCK_S)
            self.wire.read()
        return response

    def ask(self, text, allow=("OK",)):
        self.trace.append((Clock.now, ">", text.encode()[:200]))
        self.wire.write(f"p {text}\r\n".encode())
        out = []
        while not (response := self.next())[0].startswith("p "):
            out.append((response[0][2:], response[1]))
        self.trace.append((Clock.now, "<", response[0][:200]))
        check(response[0].split()[1] in allow, "I19", f"{text}: {response[0]}", self)
        return out


class Checkpoint:
    def __init__(self, world):
        self.world = world

    def run(self):
        world = self.world
        world.quieting = True
        self.drain()
        self.settled()
        world.checkpoints += 1
        alone = {}
        for account in world.accounts:
            for op in account.lost:
                for coming in op.comings:
                    m = coming.instead
                    # Nothing else may have removed what it replaces.
                    alone[coming] = m and all(s is not GONE for s, applied in m.pairs if op not in applied)
                for m in list(op.messages):
                    m.finish(op, None)
        for account in world.accounts:
            self.account(account, alone)
            self.sessions(account)
            self.clean(account)
        page = self.metrics()
        bugs = sum(int(line.rsplit(" ", 1)[1]) for line in page if line.startswith("mailstead_bugs_total"))
        check(bugs == 0, "bugs_total", world.server.log_text()[-1500:])
        world.quieting = False

    def wait(self, until, what, seconds=STUCK_S, name="I19"):
        deadline = time.monotonic() + seconds
        while stuck := until():
            if time.monotonic() > deadline:
                raise Violation(name, f"{what}: {[s.name for s in stuck]}", *stuck[:2])
            self.world.pump(0.002)
            for s in self.world.sessions:
                self.world.act(s)

    def drain(self):
        def unready():
            return [s for s in self.world.sessions if not self.is_quiet(s)]

        self.wait(unready, "not answered")

    @staticmethod
    def is_quiet(s):
        if isinstance(s, Imap):
            return s.ready and not s.opening and not s.doomed and not s.leaving and (not s.pending or s.idling)
        return s.idle and not s.expected

    def metrics(self):
        wire = Wire(self.world.server.ports["metrics"])
        wire.write(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        try:
            while True:
                select.select([wire], [], [], STUCK_S)
                wire.read()
        except Lost:
            wire.close()
        return wire.input.decode().splitlines()

    def settled(self):
        """The server has noticed all connections that were cut: nothing is at work any more."""
        deadline = time.monotonic() + STUCK_S
        wanted = len(self.world.sessions)
        while True:
            n = sum(int(line.rsplit(" ", 1)[1]) for line in self.metrics()
                    if line.startswith("mailstead_connections{") and any(f'"{p}"' in line for p in ("imap", "pop3", "lmtp")))
            if n == wanted:
                return
            check(time.monotonic() < deadline, "I19", f"{n} connections are open instead of {wanted}")
            self.world.pump(0.01)

    # The truth --------------------------------------------------------------------------------------------------------
    def account(self, account, alone):
        probe = self.probe = Probe(self.world, account)
        listed = {}
        for text, literals in probe.ask('LIST "" "*"'):
            values = parse(text, literals)
            name = values[3].decode() if isinstance(values[3], bytes) else values[3]
            listed[name] = {a.lower() for a in values[1]}
        self.structure(account, {n: "\\noselect" in a for n, a in listed.items() if n not in ("Trash", "Junk")})
        total = [0, 0]
        self.truth = {}
        for box in account.mailboxes.values():
            if box.selectable:
                self.truth[box] = self.read(probe, box)
        for box, found in self.truth.items():
            self.match(box, found)
            total[0] += sum(int(i["RFC822.SIZE"]) for i in found.values())
            total[1] += len(found)
        self.explain(account, alone)
        values = parse(*probe.ask('GETQUOTA ""')[0])[2]
        used = {values[i]: int(values[i + 1]) for i in range(0, len(values), 3)}
        check(used["STORAGE"] == (total[0] + 1023) // 1024, "I16", f"STORAGE is {used['STORAGE']}, of {total[0]} octets", probe)
        check(used["MESSAGE"] == total[1], "I16", f"MESSAGE is {used['MESSAGE']}, there are {total[1]}", probe)
        check(used["MAILBOX"] == len(listed), "I16", f"MAILBOX is {used['MAILBOX']}, there are {len(listed)}", probe)
        names = {(v.decode() if isinstance(v := parse(*r)[3], bytes) else v) for r in probe.ask('LSUB "" "*"')}
        for name, states in account.subscribed.items():
            check((name in names) in states, "I17", f"LSUB of {account}: {name} is {'' if name in names else 'not '}there", probe)
            states.intersection_update({name in names})
        self.devices(account)
        probe.ask("LOGOUT")
        probe.wire.close()

    def structure(self, account, names):
        """Was a lost CREATE, DELETE or RENAME done?"""
        if account.structural:
            op, apply = account.structural
            account.structural = None
            if apply and names != {b.name: not b.selectable for b in account.mailboxes.values()}:
                apply()
        believed = {b.name: not b.selectable for b in account.mailboxes.values()}
        check(names == believed, "I17", f"{account}: (\\Noselect) {names} are there, not {believed}", self.probe)

    def read(self, probe, box):
        start = Clock.tick()
        floor = box.floor()
        status = parse(*next(r for r in probe.ask(f'STATUS "{box.name}" (MESSAGES UIDNEXT UIDVALIDITY UNSEEN DELETED SIZE HIGHESTMODSEQ)')
                             if r[0].startswith("STATUS")))[2]
        status = dict(zip(status[::2], status[1::2]))
        codes, found = {}, {}
        for text, _ in probe.ask(f'EXAMINE "{box.name}"'):
            if text.startswith("OK "):
                _, code, value, _ = STATUS_LINE.match(text).groups()
                codes[code] = value
            elif text.endswith(" EXISTS"):
                codes["EXISTS"] = text.split()[0]
        for code in ("UIDNEXT", "UIDVALIDITY", "HIGHESTMODSEQ", "MAILBOXID"):
            box.told(code, codes[code], floor, probe)
        items = "UID FLAGS MODSEQ INTERNALDATE SAVEDATE RFC822.SIZE EMAILID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"
        for text, literals in probe.ask(f"UID FETCH 1:* ({items})"):
            n, word, rest = (text.split(" ", 2) + [""])[:3]
            if word != "FETCH":
                continue
            values = parse(rest, literals)[0]
            values = dict(zip(values[::2], values[1::2]))
            values["FLAGS"] = flags_of(values["FLAGS"])
            uid = int(values["UID"])
            check(int(n) == len(found) + 1 and uid > max(found, default=0), "I1", f"{box}: {n} is UID {uid}", probe)
            found[uid] = values
            values["start"] = start
        expected = {
            "MESSAGES": len(found), "UNSEEN": sum("\\seen" not in i["FLAGS"] for i in found.values()),
            "DELETED": sum("\\deleted" in i["FLAGS"] for i in found.values()),
            "SIZE": sum(int(i["RFC822.SIZE"]) for i in found.values()),
        }
        for item, value in expected.items():
            check(int(status[item]) == value, "I13", f"STATUS {item} of {box} is {status[item]}, not {value}", probe)
        for code in ("UIDNEXT", "UIDVALIDITY", "HIGHESTMODSEQ"):
            check(status[code] == codes[code], "I13", f"{code} of {box} is {status[code]} and {codes[code]}", probe)
        check(int(codes["EXISTS"]) == len(found), "I13", f"{codes['EXISTS']} EXISTS in {box}, {len(found)} are there", probe)
        check(int(codes["UIDNEXT"]) > max(found, default=0), "I2", f"UIDNEXT {codes['UIDNEXT']} of {box}", probe)
        top = max((int(i["MODSEQ"][0]) for i in found.values()), default=0)
        check(int(codes["HIGHESTMODSEQ"]) >= top, "I7", f"HIGHESTMODSEQ {codes['HIGHESTMODSEQ']} of {box}, {top} is there", probe)
        return found

    def match(self, box, found):
        for uid, items in found.items():
            m = box.see(uid, self.probe)
            start = items.pop("start")
            if m.stranger():
                m.mid = MESSAGE_ID.search(items["BODY[HEADER.FIELDS (MESSAGE-ID)]"])[1].decode()
                if box.warned() and m.mid.startswith("quota-"):
                    box.recognise(m)
            else:
                check(m.states() != {GONE}, "I1", f"{m} was removed and is there", self.probe)
                m.told(items, start, self.probe)
            items["start"] = start
        for uid, m in box.messages.items():
            if uid not in found and not m.stranger():
                check(m.observe(GONE, Clock.now), "S1", f"{m} is not there any more", self.probe)

    def explain(self, account, alone):
        """Strangers ↔ what acknowledged and lost commands have brought."""
        pool = collections.defaultdict(list)
        missed = collections.Counter()  # came and went before anybody could read it
        units = collections.defaultdict(list)
        for box, found in self.truth.items():
            for uid, m in box.messages.items():
                if m.stranger() and uid in found:
                    pool[box, m.mid].append(m)
                elif m.stranger():
                    missed[box] += 1
        for box in list(account.mailboxes.values()):
            for c in list(box.coming):
                if c.acked:
                    strangers = pool[box, c.content.mid]
                    if strangers:
                        self.link(c, self.choose(c, strangers), self.truth[box])
                    else:
                        check(missed[box] or self.may_lack(c), "S1",
                              f"{c.content.mid} was acknowledged and is not in {box} ({c.op})", self.probe)
                        missed[box] -= 1
                else:
                    whole = not (c.instead or c.maybe or c.op.what.startswith("LMTP"))
                    units[c.op if whole else c].append(c)
        chosen = self.cover({k: v[:] for k, v in pool.items() if v}, list(units.values()))
        check(chosen is not None, "I18", lambda: f"no set of whole commands explains {[m for v in pool.values() for m in v]}; "
              f"lost were {[[(c.op, c.mailbox, c.content.mid) for c in u] for u in units.values()]}", self.probe)
        came = dict(chosen)
        for unit in units.values():
            for c in unit:
                if c in came:
                    self.link(c, came[c], self.truth[c.mailbox])
                if c.instead and c.mailbox in self.truth:
                    gone = c.instead.states() == {GONE}
                    check(c not in came or gone, "I10", f"{c.instead} is there, and also in {c.mailbox} ({c.op})", self.probe)
                    check(c in came or not (gone and alone.get(c)), "I10", f"{c.instead} is gone, and not in {c.mailbox} ({c.op})", self.probe)
        for box in account.mailboxes.values():
            box.coming.clear()
            box.ops.clear()
            box.last_end = Clock.tick()
        account.lost.clear()

    def cover(self, pool, units):
        """What comes, of whole units that bring exactly what is in the pool."""
        if not pool:
            return []
        key = next(iter(pool))
        for i, unit in enumerate(units):
            if not any((c.mailbox, c.content.mid) == key for c in unit):
                continue
            left = {k: v[:] for k, v in pool.items()}
            came = []
            for c in unit:
                strangers = left.get((c.mailbox, c.content.mid), [])
                fit = [m for m in strangers if self.truth[c.mailbox][m.uid]["FLAGS"] in c.possible()]
                if not fit:
                    if self.may_lack(c):
                        continue
                    break
                strangers.remove(fit[0])
                came.append((c, fit[0]))
            else:
                rest = self.cover({k: v for k, v in left.items() if v}, units[:i] + units[i + 1 :])
                if rest is not None:
                    return [*came, *rest]
        return None

    @staticmethod
    def may_lack(coming):
        """An EXPUNGE may have met it; or what was to be copied was gone."""
        source = coming.source
        return any("\\deleted" in f for f in coming.possible() if f) or bool(source and GONE in source.since(coming.op.start))

    def choose(self, coming, strangers):
        """Of several copies of one message: the first that has the flags it must have."""
        strangers.sort(key=lambda m: (self.truth[coming.mailbox][m.uid]["FLAGS"] not in coming.possible(), m.uid))
        return strangers.pop(0)

    def link(self, coming, stranger, found):
        items = dict(found[stranger.uid])
        start = items.pop("start")
        coming.mailbox.arrived(coming, stranger.uid, self.probe)
        stranger.told(items, start, self.probe)

    def devices(self, account):
        """P1, P3, P4, P7 of fresh POP3 sessions."""
        inbox = account.mailboxes["INBOX"]
        there = self.truth[inbox]
        for device in account.devices:
            pop3 = Pop3Probe(self.world, account, device)
            sizes = {n: int(size) for n, size in pop3.ask("LIST")}
            uids = {int(u[8:], 16): n for n, u in pop3.ask("UIDL")}
            seen = set(uids)
            optional = device.unknown | (device.had if device.hides else set())
            must = set(there) - device.hidden - optional
            check(must <= seen, "P7", f"{device.name} of {account} does not see {sorted(must - seen)}")
            check(seen <= set(there) - device.hidden, "P4", f"{device.name} of {account} sees {sorted(seen - set(there) | seen & device.hidden)}")
            for uid, n in uids.items():
                check(sizes[n] == int(there[uid]["RFC822.SIZE"]), "P3", f"{uid}: {sizes[n]}, {there[uid]['RFC822.SIZE']}")
            device.hidden |= (device.unknown | (device.had if device.hides else set())) & set(there) - seen
            device.unknown.clear()
            check(pop3.say("QUIT").startswith("+OK"), "P4", "QUIT")
            pop3.wire.close()

    # What the others believe ------------------------------------------------------------------------------------------
    def sessions(self, account):
        for s in account.sessions:
            if not s.idling and (s.listens is None or s.listens["delayed"]):
                s.send(noop(s))
        self.wait(lambda: [s for s in account.sessions if s.pending and not s.idling], "NOOP is not answered")
        waiting = [s for s in account.sessions if s.idling or s.listens is not None]
        deadline = time.monotonic() + NEWS_S
        while any(self.differs(s) for s in waiting) and time.monotonic() < deadline:
            self.world.pump(0.005)
        for s in account.sessions:
            wrong = self.differs(s)
            check(not wrong, "I20" if s in waiting else "I14", f"{s.name}: {wrong}", s)

    def differs(self, s):
        if s.listens is not None:
            names = set(s.account.mailboxes) | {"Trash", "Junk"}
            if s.listens["names"] and s.listens["names"] != names:
                return f"knows {sorted(s.listens['names'])}, there are {sorted(names)}"
            for box, found in self.truth.items():
                told = s.listens["status"].get(box.name)
                if not told or (s.view and s.view.mailbox is box):
                    continue
                is_so = {"MESSAGES": len(found), "UNSEEN": sum("\\seen" not in i["FLAGS"] for i in found.values()), "UIDNEXT": box.uidnext}
                for item, value in is_so.items():
                    if item in told and int(told[item]) != value:
                        return f"was told {item} {told[item]} of {box}, it is {value}"
        if not s.view or s.view.mailbox not in self.truth:
            return f"has {s.view.mailbox} selected" if s.view else None
        found = self.truth[s.view.mailbox]
        uids = s.view.uids
        known = [u for u in uids if u]
        if len(uids) != len(found) or not set(known) <= set(found):
            return f"of {s.view.mailbox} it knows {uids}, there are {sorted(found)}"
        if not s.uidonly and any(u and u != v for u, v in zip(uids, sorted(found))):
            return f"of {s.view.mailbox} it knows {uids}, there are {sorted(found)}"
        for uid, flags in s.view.flags.items():
            if uid in found and flags != found[uid]["FLAGS"]:
                return f"thinks that {uid} of {s.view.mailbox} has {sorted(flags)}, it has {sorted(found[uid]['FLAGS'])}"
        if s.condstore:
            for uid, modseq in s.view.modseqs.items():
                if uid in found and modseq > int(found[uid]["MODSEQ"][0]):
                    return f"was told MODSEQ {modseq} of {uid}, it is {found[uid]['MODSEQ'][0]}"
        return None

    def clean(self, account):
        """What is gone and known to be gone by everybody need not be remembered, but for its UID."""
        for box, found in self.truth.items():
            for uid, m in list(box.messages.items()):
                if uid in found:
                    m.fix(found[uid]["FLAGS"])
                    m.ops.clear()
                else:
                    del box.messages[uid]
                    box.dead.add(uid)
        there = {id(m.content) for box in account.mailboxes.values() for m in box.messages.values()}
        account.contents = {mid: c for mid, c in account.contents.items() if id(c) in there}
        account.email_ids = {e: c for e, c in account.email_ids.items() if id(c) in there}
