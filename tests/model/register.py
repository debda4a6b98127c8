"""A message's flags as a register: commands in flight may or may not have changed it yet; an answer says which.

A state is a frozenset of flags, or GONE. `pairs` are the states that are possible now, each with the commands in flight
that have been at work in it. An acknowledged command was at work; one that was refused was not; one whose answer was
lost leaves both possible until somebody looks. So two sessions may change the same message at the same moment: each
order is possible, and nothing else.
"""

from base import GONE, Clock, Violation


class Op:
    """A command that changes messages. `change`: state → state."""

    def __init__(self, what, change, session=None):
        self.what, self.change, self.session = what, change, session
        self.start = Clock.tick()
        self.messages = []  # registers it is at work in
        self.comings = []   # messages it may bring
        self.mailboxes = set()
        self.whole = False  # at work in all messages of a mailbox, also those that come meanwhile

    def __repr__(self):
        return self.what


class Register:
    def __init__(self, states):
        self.ops = []
        self.pairs = {(s, frozenset()) for s in states}
        self.past = []  # (when, state): no longer possible since then
        self.event = 0  # tick at which something was learnt of it

    def states(self):
        return {state for state, _ in self.pairs}

    def since(self, start):
        """All states that were possible at some moment since `start`."""
        out = self.states()
        for when, state in reversed(self.past):
            if when < start:
                break
            out.add(state)
        return out

    def sure(self, start=None):
        """The one state it had since `start`; raises LookupError if there are several."""
        states = self.since(Clock.now if start is None else start)
        if len(states) != 1:
            raise LookupError
        return next(iter(states))

    def begin(self, op):
        self.ops.append(op)
        op.messages.append(self)
        self._spread()
        self.event = Clock.now

    def finish(self, op, happened):
        """`happened` None: nobody knows, but it does not go on."""
        if op not in self.ops:
            return
        self.ops.remove(op)
        before = self.states()
        self.pairs = {(s, a - {op}) for s, a in self.pairs if happened is None or (op in a) == happened}
        if not self.pairs:
            raise Violation("I11", f"{op} {'happened' if happened else 'was refused'}, which cannot be", op.session)
        self._dropped(before)
        self.event = Clock.now

    def observe(self, state, start):
        """An answer of some moment since `start` says so. False: it cannot be."""
        if state not in self.since(start):
            return False
        # What was learnt meanwhile may be of a later moment than this answer: then nothing follows from it.
        if self.event <= start and state in self.states() and len(self.pairs) > 1:
            before = self.states()
            self.pairs = {(s, a) for s, a in self.pairs if s == state}
            self._spread()
            self._dropped(before)
            self.event = Clock.now
        return True

    def fix(self, state):
        self.pairs, self.past = {(state, frozenset())}, []

    def _spread(self):
        todo = list(self.pairs)
        while todo:
            state, applied = todo.pop()
            for op in self.ops:
                if op not in applied:
                    after = (op.change(state) if state is not GONE else GONE, applied | {op})
                    if after not in self.pairs:
                        self.pairs.add(after)
                        todo.append(after)

    def _dropped(self, before):
        now = Clock.tick()
        self.past.extend((now, s) for s in before - self.states())
