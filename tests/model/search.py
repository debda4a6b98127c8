"""SEARCH, SORT, THREAD and ESEARCH against a naive evaluation (I12): True, False, or None where the model cannot know."""

from base import GONE, SENDERS, WORDS, check
from commands import known, numbers_allowed, some
from imap import Command
from wire import numbers, parse, ranges

SYSTEM = ("SEEN", "ANSWERED", "FLAGGED", "DELETED", "DRAFT")


def all_of(values):
    values = list(values)
    return False if False in values else None if None in values else True


def opposite(value):
    return None if value is None else not value


def has(flag):
    def test(m, states):
        found = {flag in f for f in states}
        return found.pop() if len(found) == 1 else None

    return test


def of_content(test):
    return lambda m, _: test(m.content) if m.content.secret else None


def key(s, rng, depth=0):
    """(text, test(message, its possible states))."""
    kind = rng.randint(0, 13 if depth < 2 else 9)
    if kind == 0:
        return "ALL", lambda *_: True
    if kind in (1, 2):
        name = rng.choice(SYSTEM)
        test = has("\\" + name.lower())
        if rng.random() < 0.4:
            return "UN" + name, lambda m, st: opposite(test(m, st))
        return name, test
    if kind == 3:
        name = rng.choice(("kw1", "Kw2", "$Junk", "$Forwarded"))
        return f"KEYWORD {name}", has(name.lower())
    if kind == 4:
        word = rng.choice(WORDS)
        return f"SUBJECT {word}", of_content(lambda c: word in c.subject)
    if kind == 5:
        sender = rng.choice(SENDERS)
        return f'FROM "{sender[1:-2]}"', of_content(lambda c: sender[1:-2] in f"A Person <{c.sender}>")
    if kind == 6:
        content = rng.choice(list(s.account.contents.values()) or [None])
        secret = content.secret if content and content.secret else "body0x"
        word = rng.choice(("BODY", "TEXT"))
        return f"{word} {secret}", of_content(lambda c: secret in c.secret)
    if kind == 7:
        day = rng.randint(1, 28)
        word = rng.choice(("SENTON", "SENTBEFORE", "SENTSINCE"))
        compare = {"SENTON": lambda c: c.day == day, "SENTBEFORE": lambda c: c.day < day, "SENTSINCE": lambda c: c.day >= day}[word]
        return f"{word} {day}-Nov-2026", of_content(compare)
    if kind == 8:
        size = rng.randint(200, 900)
        word = rng.choice(("LARGER", "SMALLER"))
        return f"{word} {size}", lambda m, _: None if not m.content.exact else (
            len(m.content.data) > size if word == "LARGER" else len(m.content.data) < size)
    if kind == 9:
        uids = some(s) or [1]
        if not s.listens and numbers_allowed(s) and rng.random() < 0.3 and 0 not in s.view.uids:
            return ranges(s.view.uids.index(u) + 1 for u in uids), lambda m, _: m.uid in uids
        return f"UID {ranges(uids)}", lambda m, _: m.uid in uids
    if kind == 10:
        text, test = key(s, rng, depth + 1)
        return f"NOT ({text})", lambda m, st: opposite(test(m, st))
    if kind == 11:
        (a, ta), (b, tb) = key(s, rng, depth + 1), key(s, rng, depth + 1)
        return f"OR ({a}) ({b})", lambda m, st: opposite(all_of((opposite(ta(m, st)), opposite(tb(m, st)))))
    if kind == 12:
        (a, ta), (b, tb) = key(s, rng, depth + 1), key(s, rng, depth + 1)
        return f"({a} {b})", lambda m, st: all_of((ta(m, st), tb(m, st)))
    if s.view.saved is not None and not s.pending and not s.uidonly:
        saved = set(s.view.saved)
        return "$", lambda m, _: m.uid in saved
    return "HEADER Message-ID @m", of_content(lambda c: True)


def compare(s, c, view, before, test, got, what):
    """`got`: UIDs. Only what the client knew when it asked."""
    found = set(got)
    check(len(found) == len(got), "I12", f"{what}: doubles in {got}", s)
    check(-1 not in found, "I12", f"{what}: a number above EXISTS", s)
    known_before = {u for u in before if u}
    if view.grown == c.grown and 0 not in before:
        new = found - known_before
        check(not new or s.listens, "I12", f"{what}: {sorted(new)} are not in this client's view", s)
    for uid in known_before:
        m = view.mailbox.messages[uid]
        if m.stranger():
            continue
        states = m.since(c.start)
        if GONE in states:
            continue
        expected = test(m, states)
        check(expected is None or expected == (uid in found), "I12",
              lambda: f"{what}: {m} {sorted(next(iter(states)))} was {'' if uid in found else 'not '}found", s)


def to_uids(s, values, uid, view_uids):
    """Numbers of an answer → UIDs, as far as the client knows them; -1 for what is not there."""
    if uid:
        return list(values)
    return [u for n in values if (u := view_uids[n - 1] if 0 < n <= len(view_uids) else -1)]


def search(s):
    world, view = s.world, s.view
    rng = world.rng
    if not known(s):
        return None
    uid = not numbers_allowed(s) or 0 in view.uids or rng.random() < 0.6
    prefix = "UID " if uid else ""
    text, test = key(s, rng)
    if not uid and s.pending:
        pass
    before = list(view.uids)
    give = ""
    asked = set()
    if rng.random() < 0.5:
        asked = set(rng.sample(("MIN", "MAX", "COUNT", "ALL", "SAVE"), rng.randint(1, 3)))
        if s.pending or s.listens:
            asked.discard("SAVE")
        if not asked:
            asked = {"ALL"}
        give = f"RETURN ({' '.join(sorted(asked))}) "
    what = f"{prefix}SEARCH {give}{text}"

    def done(c, status, *_):
        here = view.uids if not uid else None
        esearch = c.answers("ESEARCH")
        plain = c.answers("SEARCH")
        if esearch:
            values = parse(*esearch[0], s)
            items = dict(zip(values[2 if uid else 1 :][::2], values[2 if uid else 1 :][1::2]))
            results = to_uids(s, numbers(items.get("ALL", "")), uid, here) if "ALL" in asked or not asked else None
            if results is not None:
                compare(s, c, view, before, test, results, what)
                ends = ((("MIN", 0), ("MAX", -1)) if results else ())
                for item, i in ends:
                    if item in asked:
                        check(to_uids(s, [int(items[item])], uid, here) in ([results[i]], []), "I12", f"{what}: {items}", s)
                if "COUNT" in asked and (uid or 0 not in here):
                    check(int(items["COUNT"]) == len(results), "I12", f"{what}: {items}", s)
            elif "SAVE" not in asked or asked == {"SAVE"}:
                results = None
            if "SAVE" in asked and s.view is view:
                if asked & {"ALL", "COUNT"} or results is not None:
                    view.saved = set(results) if results is not None else None
                else:  # RFC 5182 §2.1: what MIN and MAX name
                    view.saved = {u for i in ("MIN", "MAX") if i in items for u in to_uids(s, [int(items[i])], uid, here)}
        elif plain:
            check(not asked and not s.rev2, "I12", f"{what} was answered by SEARCH", s)
            results = [int(v) for v in plain[0][0].split("(")[0].split()]
            compare(s, c, view, before, test, to_uids(s, results, uid, here), what)
        else:
            check(asked == {"SAVE"}, "I12", f"{what} was not answered", s)
            view.saved = None

    return Command(f"{prefix}SEARCH", f"{what}\r\n".encode(), done=done, holds=not uid)


ORDER = {
    "SIZE": lambda m: len(m.content.data),
    "SUBJECT": lambda m: m.content.subject,
    "DATE": lambda m: m.content.day,
    "FROM": lambda m: m.content.sender.split("@")[0],
}


def sort(s):
    rng = s.world.rng
    if not known(s):
        return None
    text, test = key(s, rng)
    name = rng.choice(list(ORDER))
    reverse = rng.random() < 0.4
    what = f"UID SORT ({'REVERSE ' if reverse else ''}{name}) UTF-8 {text}"
    view, before = s.view, list(s.view.uids)

    def done(c, *_):
        values = [int(v) for v in c.answers("SORT")[0][0].split("(")[0].split()]
        compare(s, c, view, before, test, values, what)
        there = [m for u in values if (m := view.mailbox.messages.get(u)) and not m.stranger() and m.content.secret and m.content.exact]
        keys = [ORDER[name](m) for m in there]
        check(keys == sorted(keys, reverse=reverse), "I12", f"{what}: {values} have {keys}", s)
        for a, b in zip(there, there[1:]):  # RFC 5256 §3: equal ones by their number, also with REVERSE
            check(ORDER[name](a) != ORDER[name](b) or a.uid < b.uid, "I12", f"{what}: {a} before {b}", s)

    return Command("UID SORT", f"{what}\r\n".encode(), done=done)


def thread(s):
    rng = s.world.rng
    if not known(s):
        return None
    text, test = key(s, rng)
    by = rng.choice(("REFERENCES", "ORDEREDSUBJECT"))
    what = f"UID THREAD {by} UTF-8 {text}"
    view, before = s.view, list(s.view.uids)

    def done(c, *_):
        threads = parse(*c.answers("THREAD")[0], s)
        flat = [flatten(t) for t in threads]
        compare(s, c, view, before, test, [u for t in flat for u in t], what)
        where = {}
        for n, uids in enumerate(flat):
            for u in uids:
                m = view.mailbox.messages.get(u)
                if m and not m.stranger() and m.content.secret:
                    root = m.content.root if by == "REFERENCES" else m.content.subject
                    if by == "REFERENCES" or uids:
                        check(where.setdefault(root, n) == n, "I12", f"{what}: those of {root} are apart", s)

    return Command("UID THREAD", f"{what}\r\n".encode(), done=done)


def flatten(value):
    return [int(value)] if isinstance(value, str) else [u for v in value for u in flatten(v)]
