"""The model: accounts, mailboxes, messages, POP3 devices.

Messages become known in two ways: the answer to whoever put them there (APPENDUID, COPYUID), or, earlier, another
session that sees them. Until both are brought together a message is a `stranger`: a `Coming` must explain it.
"""

import collections

from base import GONE, MESSAGE_ID, Clock, Content, check
from register import Register

ALL = "all messages"


class Coming:
    """A message that a command in flight (or one whose answer was lost) may bring into a mailbox."""

    def __init__(self, op, mailbox, content, states, facts=(), source=None):
        self.op, self.mailbox, self.content, self.states, self.source = op, mailbox, content, set(states), source
        self.facts = {k: v for k, v in dict(facts).items() if k == "INTERNALDATE"}
        self.acked = False  # it is there, under a UID we may not know
        self.maybe = False  # acknowledged, and yet it need not have come
        self.instead = None  # the message that goes when this one comes (MOVE, REPLACE)
        self.during = [o for o in mailbox.ops if o.whole]  # EXPUNGEs that may have met it
        op.comings.append(self)
        op.mailboxes.add(mailbox)
        mailbox.coming.append(self)

    def possible(self):
        """The flags it may come with: of a copy, those that its source may have had."""
        return self.source.since(self.op.start) - {GONE} if self.source else self.states


class Message(Register):
    def __init__(self, mailbox, uid):
        super().__init__(())
        self.mailbox, self.uid = mailbox, uid
        self.content = None    # None: a stranger
        self.mid = None        # of a stranger, if somebody has read it
        self.facts = {}        # INTERNALDATE, SAVEDATE: of this message, not of its copies
        self.flags_at = {}     # MODSEQ → flags, as told
        self.modseq = 0        # the highest that was told
        self.modseq_sure = None  # tick since which it is known to be the present one
        self.born = 0          # tick at which it was there for sure
        self.begun, self.changed = 0, 0  # commands that were at work; tick of the last end of one

    def stranger(self):
        return self.content is None

    def link(self, coming):
        self.content = coming.content
        self.born = Clock.now
        self.facts.update((k, v) for k, v in coming.facts.items() if v is not None)
        # Those EXPUNGEs may also have been over before it came.
        over = [frozenset()]
        for op in coming.during:
            over += [done | {op} for done in over]
        self.pairs = {(s, done) for s in coming.possible() for done in over}
        for op in coming.during:
            self.ops.append(op)
            op.messages.append(self)
        self._spread()
        for op in coming.during:
            if op not in self.mailbox.ops:
                self.finish(op, None)

    def begin(self, op):
        super().begin(op)
        self.begun += 1
        self.modseq_sure = None

    def finish(self, op, happened):
        super().finish(op, happened)
        self.changed = Clock.now

    def told(self, items, start, session):
        """FETCH items of it."""
        flags, modseq = items.get("FLAGS"), items.get("MODSEQ")
        if modseq is not None:
            modseq = int(modseq[0])
            check(0 < modseq < 1 << 63, "I7", f"MODSEQ {modseq}", session)
            if flags is not None:
                before = self.flags_at.setdefault(modseq, flags)
                check(before == flags, "I7", f"{self} has {set(flags)} at MODSEQ {modseq}, where it had {set(before)}", session)
            if modseq > self.modseq:
                self.modseq = modseq
                self.mailbox.highest = max(self.mailbox.highest, modseq)
            if modseq == self.modseq and not self.ops and start >= self.changed:
                self.modseq_sure = self.modseq_sure or Clock.now
        if flags is not None and not self.stranger():
            check(self.observe(flags, start), "I11",
                  lambda: f"{self} has {sorted(flags)}; possible: {[s and sorted(s) for s in self.since(start)]}", session)
        for name, value in items.items():
            if name in ("FLAGS", "MODSEQ", "UID", "PREVIEW", "THREADID"):
                continue
            if name in ("INTERNALDATE", "SAVEDATE"):
                before = self.facts.setdefault(name, value)
                check(before == value, "I4", f"{name} of {self} was {before} and is {value}", session)
            elif self.content is not None:
                self.content.learn(name, value, session)
                if name == "EMAILID":
                    self.mailbox.account.email_id(value[0], self.content, session)
            elif name in ("BODY[]", "BODY[HEADER]") or name.startswith("BODY[HEADER.FIELDS (MESSAGE-ID"):
                found = MESSAGE_ID.search(value)
                self.mid = found[1].decode() if found else None
                self.mailbox.recognise(self)

    def __repr__(self):
        return f"{self.mailbox}/{self.uid} ({self.content.mid if self.content else self.mid})"


class Mailbox:
    def __init__(self, account, name, older=0):
        self.account, self.name = account, name
        self.id = self.uidvalidity = None  # until they are told
        self.older = older  # UIDVALIDITY of the mailbox before it that had this name
        self.selectable = True
        self.messages = {}  # UID → Message, also the gone ones
        self.coming = []
        self.ops = []       # in flight
        self.hot = []       # UIDs that were changed last
        self.last_end = 0   # tick at which nothing was in flight any more
        self.uidnext = 1    # the highest that was told
        self.highest = 1    # HIGHESTMODSEQ, the same
        self.deleted = False
        self.dead = set()   # UIDs of those that are gone, and forgotten

    def __repr__(self):
        return f"{self.account.name} {self.name}"

    # Commands ---------------------------------------------------------------------------------------------------------
    def begin(self, op, which):
        """`which`: messages, or ALL."""
        op.whole = which is ALL
        op.mailboxes.add(self)
        self.ops.append(op)
        if op.whole:
            which = [m for m in self.messages.values() if m.states() != {GONE}]
            for coming in self.coming:
                coming.during.append(op)
        for m in which:
            if not m.stranger():
                m.begin(op)

    def end(self, op):
        if op in self.ops:
            self.ops.remove(op)
        if not self.ops and not self.coming:
            self.last_end = Clock.tick()

    def quiet(self, start):
        return not self.ops and not self.coming and self.last_end <= start

    def arrived(self, coming, uid, session):
        """The answer has named its UID."""
        if coming in self.coming:
            self.coming.remove(coming)
        m = self.messages.get(uid)
        if m is None:
            m = self.see(uid, session, coming)
        check(m.stranger() or m.content is coming.content, "I10", f"UID {uid} of {self} is {m.content}", session)
        check(m.mid in (None, coming.content.mid), "I10", f"{m} came as {coming.content.mid}", session)
        if m.stranger():
            m.link(coming)
        return m

    def see(self, uid, session, coming=None):
        """Somebody names this UID."""
        m = self.messages.get(uid)
        if m is None:
            check(uid not in self.dead, "I1", f"UID {uid} of {self} was removed", session)
            check(coming or self.coming or self.warned(), "I1", f"UID {uid} of {self} came from nowhere", session)
            m = self.messages[uid] = Message(self, uid)
            self.uidnext = max(self.uidnext, uid + 1)
        return m

    def warned(self):
        """The server itself may put a quota warning here."""
        return self.name == "INBOX" and self.account.quota_bytes < 1_000_000

    def recognise(self, stranger):
        """Its Message-ID was read: LMTP does not tell UIDs."""
        fit = [c for c in self.coming if c.content.mid == stranger.mid]
        if not fit and self.warned() and stranger.mid.startswith("quota-"):
            stranger.content = self.account.contents.setdefault(stranger.mid, Content.unknown(stranger.mid))
            stranger.pairs = {(frozenset(), frozenset())}
            stranger.born = Clock.now
            return
        check(fit, "I1", f"{stranger} came from nowhere")
        if len(fit) == 1 and fit[0].acked:
            self.arrived(fit[0], stranger.uid, None)
            self.end(None)

    def valid(self, uidvalidity, session):
        if self.uidvalidity is None:
            known = self.account.validities
            check(uidvalidity not in known, "I3", f"UIDVALIDITY {uidvalidity} of {self} was that of {known.get(uidvalidity)}", session)
            check(uidvalidity > self.older, "I3", f"UIDVALIDITY of {self} was {self.older} and is {uidvalidity}", session)
            known[uidvalidity] = self.name
            self.uidvalidity = uidvalidity
        check(uidvalidity == self.uidvalidity, "I3", f"UIDVALIDITY of {self} was {self.uidvalidity} and is {uidvalidity}", session)

    def floor(self):
        """What answers to commands that are sent from now on may not be below."""
        return self.uidnext, self.highest

    def told(self, code, value, floor, session):
        """UIDNEXT, HIGHESTMODSEQ, UIDVALIDITY, MAILBOXID."""
        if code == "UIDNEXT":
            check(int(value) >= floor[0], "I2", f"UIDNEXT of {self} was {floor[0]} and is {value}", session)
            self.uidnext = max(int(value), self.uidnext)
        elif code == "HIGHESTMODSEQ":
            check(int(value) >= floor[1], "I7", f"HIGHESTMODSEQ of {self} is {value}, below {floor[1]}", session)
            self.highest = max(int(value), self.highest)
        elif code == "UIDVALIDITY":
            self.valid(int(value), session)
        elif code == "MAILBOXID":
            value = value.strip("()")
            self.id = self.id or value
            check(value == self.id, "I21", f"MAILBOXID of {self} was {self.id} and is {value}", session)

    def there(self, start):
        """Messages that have been there since `start` for sure, and those that may have been."""
        sure, maybe = [], []
        for uid, m in self.messages.items():
            states = m.since(start) if not m.stranger() else {GONE, ""}
            if GONE not in states and m.born <= start:
                sure.append(uid)
            elif states != {GONE}:
                maybe.append(uid)
        return sure, maybe


class Device:
    """A POP3 device's view of INBOX."""

    def __init__(self, name, password, policy, hides):
        self.name, self.password, self.policy = name, password, policy
        self.hides = hides    # what was retrieved is not shown again
        self.hidden = set()   # UIDs it has removed from its view
        self.unknown = set()  # QUIT was not answered
        self.had = set()      # UIDs it has, perhaps, retrieved
        self.cut = False      # the server may not know yet that its last session is over


class Account:
    def __init__(self, name, password):
        self.name, self.password = name, password
        self.mailboxes = {}  # by name
        self.subscribed = collections.defaultdict(lambda: {False})  # name → what may be so
        self.meta = collections.defaultdict(lambda: {None})         # (mailbox or None, entry) → values that may be so
        self.meta_busy = 0
        self.names_in_use = 0    # commands in flight that name a mailbox
        self.structural = None   # CREATE, DELETE, RENAME in flight: alone
        self.lost = []           # Ops whose answer was lost
        self.devices = []
        self.contents = {}       # Message-ID → Content
        self.email_ids = {}
        self.quota_bytes = 0
        self.validities = {}     # UIDVALIDITY → the mailbox's name
        self.older = {}          # name → UIDVALIDITY that it had before it was deleted
        self.subs_busy = 0
        self.sessions = []

    def __repr__(self):
        return self.name

    def email_id(self, value, content, session):
        other = self.email_ids.setdefault(value, content)
        check(other is content, "I21", f"{other.mid} and {content.mid} have the same EMAILID", session)

    def bytes(self):
        """What the messages may take: least and most."""
        least = most = 0
        for box in self.mailboxes.values():
            for m in box.messages.values():
                states = m.states()
                if m.stranger() or not m.content.exact:
                    most += 20_000 if GONE not in states or m.stranger() else 0
                    continue
                size = len(m.content.data)
                least += size if GONE not in states else 0
                most += size if states != {GONE} else 0
            most += sum(len(c.content.data) + 1000 for c in box.coming)
        return least, most
