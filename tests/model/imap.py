"""A client's side of an IMAP session: sends, keeps what a careful client would keep, and checks each line it reads."""

import collections
import os
import re

from base import Clock, Violation, check
from wire import Lost, Responses, Wire, numbers, parse

STATUS_LINE = re.compile(r"(OK|NO|BAD|BYE|PREAUTH)(?: \[([^\s\]]+)(?: ([^\]]*))?\])? ?(.*)", re.S)

LOG = open(os.environ["MODEL_LOG"], "w") if "MODEL_LOG" in os.environ else None  # every line of every session


def flags_of(values):
    return frozenset(v.lower() for v in values if v.lower() != "\\recent")


class Command:
    """One command in flight. `done(command, status, code, arguments)` runs at its tagged answer."""

    def __init__(self, name, *parts, done=None, op=None, allow=("OK",), names=False, holds=False, barrier=False):
        self.name, self.parts, self.done, self.op, self.allow = name, list(parts), done, op, allow
        self.names = names      # of mailboxes: not while CREATE, DELETE or RENAME are in flight
        self.holds = holds      # RFC 9051 §7.5.1: no EXPUNGE before its answer
        self.barrier = barrier  # not pipelined
        self.fetched, self.lines, self.earlier = {}, [], []
        self.mailbox = None

    def answers(self, word):
        return [values for w, values in self.lines if w == word]


class View:
    """Of the selected mailbox, as the client was told."""

    def __init__(self, mailbox=None):
        self.mailbox = mailbox
        self.read_only = False
        self.grown = 0  # EXISTS that came
        self.exists = 0  # while SELECT is at work
        self.uids = []   # by sequence number; 0: not known yet
        self.flags = {}  # UID → flags
        self.modseqs = {}
        self.keywords = set()
        self.saved = None  # $
        self.synced = self.modseq_next = 0  # RFC 7162: the MODSEQ to resume from; at the next tagged answer


class Imap:
    kind = "imap"

    def __init__(self, world, account, number, profile):
        self.world, self.account, self.number, self.profile = world, account, number, profile
        self.name = f"{account.name.split('@')[0]}/imap{number}/{profile}"
        self.trace = collections.deque(maxlen=60)
        self.resume = None
        self.serial = 0
        self.open()

    def open(self):
        self.wire = Wire(self.world.server.ports["imap"])
        self.responses = Responses(self.wire)
        self.pending = collections.deque()
        self.waiting = collections.deque()  # parts of a command that wait for "+"
        self.view = None
        self.opening = None
        self.ready = False     # logged in, and what the profile wants is enabled
        self.greeted = False
        self.idling = False
        self.doomed = False    # the selected mailbox was deleted by another session
        self.leaving = False   # LOGOUT was sent, or BYE has come
        self.bad = 0
        self.uidonly = self.condstore = self.qresync = self.rev2 = self.compressed = False
        self.listens = None    # NOTIFY: {"names": …} what the client knows of other mailboxes

    # Sending ----------------------------------------------------------------------------------------------------------
    def send(self, command):
        self.serial += 1
        command.tag = f"t{self.serial}"
        command.start = Clock.tick()
        if command.op:
            command.op.session = self
        if command.names:
            self.account.names_in_use += 1
        command.grown = self.view.grown if self.view else 0
        self.pending.append(command)
        self.world.count(command.name)
        parts = list(command.parts)
        parts[0] = command.tag.encode() + b" " + parts[0]
        self.trace.append((Clock.now, ">", b"".join(parts)[:300]))
        if LOG:
            print(Clock.now, self.name, ">", b"".join(parts)[:300], file=LOG)
        self.waiting.extend(parts[1:])
        self.wire.write(parts[0])

    def busy(self):
        return bool(self.pending) and not (self.idling and not self.wire.output)

    def done(self):
        """Ends IDLE."""
        self.idling = False
        self.trace.append((Clock.now, ">", b"DONE"))
        self.wire.write(b"DONE\r\n")

    # Reading ----------------------------------------------------------------------------------------------------------
    def readable(self):
        over = False
        try:
            while self.wire.read():
                pass
        except Lost:
            over = True
        while (response := self.responses.next()) is not None:
            self.trace.append((Clock.now, "<", response[0][:300]))
            if LOG:
                print(Clock.now, self.name, "<", response[0][:300], file=LOG)
            self.response(*response)
        if over:
            check(self.leaving, "I19", "the server has closed the connection", self)
            self.closed()

    def closed(self):
        """By whichever side: what was not answered is not known."""
        self.wire.close()
        for command in self.pending:
            self.world.lost(self, command)
        self.pending.clear()
        self.world.reopen(self)

    def response(self, text, literals):
        Clock.tick()
        if text.startswith("+"):
            return self.continuation()
        tag, _, rest = text.partition(" ")
        if tag != "*":
            return self.tagged(tag, rest)
        first, _, rest2 = rest.partition(" ")
        if first.isdigit():
            return self.numbered(int(first), rest2, literals)
        handler = getattr(self, "on_" + first.lower(), None)
        if handler:
            return handler(rest2, literals)
        if self.pending:
            self.pending[0].lines.append((first, (rest2, literals)))

    def continuation(self):
        command = self.pending[0] if self.pending else None
        check(command, "I19", "+ without a command", self)
        if command.name == "IDLE":
            self.idling = True
            return
        check(self.waiting, "I19", "+ for nothing", self)
        self.wire.write(self.waiting.popleft())

    def tagged(self, tag, rest):
        check(self.pending and self.pending[0].tag == tag, "I19", f"the answer of {tag} is not awaited now", self)
        command = self.pending.popleft()
        self.waiting.clear()
        status, code, arguments, text = STATUS_LINE.match(rest).groups()
        code = code or ""
        if command.names:
            self.account.names_in_use -= 1
        if command.name == "IDLE":
            self.idling = False
        if status == "BAD":
            self.bad += 1
        found = status if status == "OK" else f"{status} {code}".strip()
        check(found in command.allow or (status in command.allow and status != "OK"), "I19",
              f"{command.name} was answered by {rest}; expected {command.allow}", self)
        self.world.results[f"{status}{' ' + code if status == 'NO' else ''}"] += 1
        if self.view:
            if code == "HIGHESTMODSEQ":
                self.view.synced = self.view.modseq_next = int(arguments)
            self.view.synced = max(self.view.synced, self.view.modseq_next)
        view = self.view
        if command.done:
            command.done(command, status, code, arguments or "")
        elif command.op:
            self.world.finish(command.op, status == "OK")
        if view and self.view is view and not self.opening and not self.leaving and status == "OK":
            self.up_to_date(command)

    def up_to_date(self, command):
        """What was changed before this command was sent has been told by now."""
        for uid, flags in self.view.flags.items():
            m = self.view.mailbox.messages.get(uid)
            if m is None or m.stranger() or (flags, frozenset()) in m.pairs:
                continue
            if any(op.session is self for op in m.ops):
                continue  # the answer to its own STORE tells
            states = m.since(command.start)
            check(flags in states or None in states, "I11",
                  lambda: f"{m}: this client was told {sorted(flags)}; possible: {[sorted(s) for s in states]}", self)

    # Untagged ---------------------------------------------------------------------------------------------------------
    def start(self):
        """Since when an answer that comes now may have been true."""
        if self.pending and not self.idling and not self.listens:
            return self.pending[0].start
        return min(self.world.a_moment_ago(), self.pending[0].start if self.pending and not self.idling else Clock.now)

    def target(self):
        """What numbers are about: the selected mailbox, or the one being opened."""
        return self.opening or self.view

    def numbered(self, n, rest, literals):
        word = rest.split(" ", 1)[0]
        view = self.target()
        check(view is not None, "I19", f"{n} {rest[:40]} without a mailbox", self)
        if word == "EXISTS":
            check(n >= (view.exists if self.opening else len(view.uids)), "I5", f"EXISTS {n} after {len(view.uids)} without EXPUNGE", self)
            if self.opening:
                view.exists = n
            else:
                view.uids.extend([0] * (n - len(view.uids)))
                view.grown += 1
        elif word == "EXPUNGE":
            check(not (self.qresync or self.uidonly), "I6", "EXPUNGE where VANISHED was asked for", self)
            self.may_expunge()
            if self.opening:
                view.exists -= 1
                return
            check(0 < n <= len(view.uids), "I5", f"EXPUNGE {n} of {len(view.uids)}", self)
            self.forget(view.uids.pop(n - 1))
        elif word in ("FETCH", "UIDFETCH"):
            check((word == "UIDFETCH") == self.uidonly, "I19", f"{word}", self)
            self.fetched(n, rest[len(word) + 1 :], literals)
        else:
            check(word == "RECENT" and not self.rev2, "I19", rest[:40], self)

    def may_expunge(self):
        running = self.pending[0] if self.pending else None
        check(running or self.listens, "I6", "a message vanished with no command in progress", self)
        check(not running or not running.holds, "I6", lambda: f"a message vanished during {running.name}", self)

    def forget(self, uid):
        view = self.view
        if uid:
            view.flags.pop(uid, None)
            view.modseqs.pop(uid, None)
            if view.saved:
                view.saved.discard(uid)
            m = view.mailbox.messages.get(uid)
            if m and not m.stranger():
                # A moment ago somebody has removed it.
                check(m.observe(None, self.start()), "I5", f"{m} was told to be gone", self)

    def on_vanished(self, rest, _):
        view = self.target()
        earlier = rest.startswith("(EARLIER) ")
        uids = numbers(rest.removeprefix("(EARLIER) "))
        check(self.qresync or (self.uidonly and not earlier), "I6", "VANISHED was not asked for", self)
        check(bool(uids), "I19", "VANISHED of nothing", self)
        if earlier:
            self.pending[0].earlier.extend(uids)
            for uid in uids:
                m = view.mailbox.messages.get(uid)
                states = m.since(self.start()) if m and not m.stranger() else {None}
                check(None in states, "I9", f"VANISHED (EARLIER) {uid}, which is there", self)
            return
        self.may_expunge()
        if self.opening:  # gone since EXISTS was told
            view.exists -= len(uids)
            self.pending[0].earlier.extend(uids)
            return
        for uid in uids:
            if uid in view.uids:
                view.uids.remove(uid)
            else:
                self.remove_unknown(uid)
            self.forget(uid)

    def remove_unknown(self, uid):
        """One of the numbers of which the client has not asked the UIDs."""
        uids = self.view.uids
        if self.uidonly and 0 in uids:
            return uids.remove(0)
        at = 0
        for i, other in enumerate(uids):
            if other > uid:
                break
            if other:
                at = i + 1
        check(at < len(uids) and uids[at] == 0, "I5", f"VANISHED {uid}, of which this client knows nothing", self)
        uids.pop(at)

    def fetched(self, n, text, literals):
        values = parse(text, literals, self)[0]
        items = dict(zip(values[::2], values[1::2]))
        view = self.target()
        uid = int(items.get("UID", 0))
        if self.uidonly:
            check(uid in (0, n), "I5", f"{n} UIDFETCH of {uid}", self)
            uid = n
            self.know(view, uid)
        elif self.opening:
            check(uid, "I19", "a FETCH of resynchronisation without UID", self)
        else:
            check(0 < n <= len(view.uids), "I5", f"FETCH {n} of {len(view.uids)}", self)
            known = view.uids[n - 1]
            check(not uid or not known or uid == known, "I5", f"{n} is UID {uid}, and was {known}", self)
            uid = uid or known
            if uid and not known:
                view.uids[n - 1] = uid
                self.in_order(view, n - 1)
        if "FLAGS" in items:
            items["FLAGS"] = flags_of(items["FLAGS"])
            strange = [f for f in items["FLAGS"] if f[0] != "\\" and f not in view.keywords]
            check(not strange, "I15", f"{strange} were not announced", self)
        running = self.pending[0] if self.pending else None
        if running:
            running.fetched.setdefault(uid or -n, {}).update(items)
        if not uid:
            return
        if view.mailbox:
            view.mailbox.see(uid, self).told(items, self.start(), self)
        if "FLAGS" in items:
            view.flags[uid] = items["FLAGS"]
        if "MODSEQ" in items:
            modseq = int(items["MODSEQ"][0])
            check(modseq >= view.modseqs.get(uid, 0), "I7", f"MODSEQ of {uid} went from {view.modseqs.get(uid)} to {modseq}", self)
            view.modseqs[uid] = modseq
            view.modseq_next = max(view.modseq_next, modseq)

    def know(self, view, uid):
        """UIDONLY: one more of those that EXISTS has counted."""
        if self.opening or uid in view.uids:
            return
        check(0 in view.uids, "I5", f"UID {uid} is more than EXISTS", self)
        view.uids[view.uids.index(0)] = uid  # there is no order to keep

    def in_order(self, view, i):
        low = max((u for u in view.uids[:i]), default=0)
        high = min((u for u in view.uids[i + 1 :] if u), default=1 << 32)
        check(low < view.uids[i] < high, "I5", f"UID {view.uids[i]} between {low} and {high}", self)

    def on_flags(self, rest, literals):
        view = self.target()
        if view:
            view.keywords = {f.lower() for f in parse(rest, literals, self)[0]}

    def on_ok(self, rest, _):
        _, code, arguments, _ = STATUS_LINE.match("OK " + rest).groups()
        if not self.greeted:
            self.greeted = True
            return self.world.greeted(self)
        if code == "CLOSED":
            self.view = None
            self.opening = View(self.pending[0].mailbox)
        elif code == "HIGHESTMODSEQ":
            view = self.target()
            if not self.opening and view:
                view.modseq_next = int(arguments)
                view.synced = min(view.synced, int(arguments))
                return  # while SELECT waits for [CLOSED] this is of the mailbox it leaves, not of its answer
        if self.pending and code:
            self.pending[0].lines.append((code, arguments))

    def on_no(self, rest, _):
        check("[OVERQUOTA]" in rest, "I19", f"* NO {rest}", self)

    def on_bad(self, rest, _):
        raise Violation("I19", f"* BAD {rest}", self)

    def on_bye(self, rest, _):
        expected = self.leaving or self.doomed or ((self.bad >= 19 or not self.ready) and "Too many bad" in rest)
        check(expected, "I19", f"* BYE {rest}", self)
        self.leaving = True

    def on_status(self, rest, literals):
        values = parse(rest, literals, self)
        name = values[0].decode() if isinstance(values[0], bytes) else values[0]
        items = dict(zip(values[1][::2], values[1][1::2]))
        asked = self.pending and self.pending[0].name in ("STATUS", "LIST STATUS", "NOTIFY")
        if asked:
            self.pending[0].lines.append(("STATUS", (name, items)))
        if self.listens is not None:
            self.listens["status"].setdefault(name, {}).update(items)
        else:
            check(asked, "I19", "a STATUS that nobody asked for", self)

    def on_list(self, rest, literals):
        values = parse(rest, literals, self)
        name = values[2].decode("latin-1") if isinstance(values[2], bytes) else values[2]
        attributes = {a.lower() for a in values[0]}
        extended = values[3] if len(values) > 3 else ()
        if self.pending and self.pending[0].name in ("LIST", "LIST STATUS", "NOTIFY LIST"):
            self.pending[0].lines.append(("LIST", (name, attributes, extended)))
        if self.listens is not None:
            self.heard_name(name, attributes, extended)

    def heard_name(self, name, attributes, extended):
        """NOTIFY's MailboxName: names as a client follows them."""
        names = self.listens["names"]
        if extended and extended[0] in (b"OLDNAME", "OLDNAME"):
            old = extended[1][0]
            old = old.decode() if isinstance(old, bytes) else old
            self.listens["status"].clear()
            for known in [k for k in names if k == old or k.startswith(old + "/")]:
                names.discard(known)
                names.add(name + known[len(old):])
        if attributes & {"\\nonexistent", "\\noselect"}:
            self.listens["status"].pop(name, None)
        if "\\nonexistent" in attributes:
            names.discard(name)
        else:
            names.add(name)

    def expect_mailbox(self, mailbox):
        """SELECT was sent, and nothing is selected."""
        if self.view is None:
            self.opening = View(mailbox)
