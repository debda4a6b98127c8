"""Random commands about mailboxes: SELECT, CREATE, DELETE, RENAME, LIST, STATUS, METADATA, QUOTA, NOTIFY, and leaving."""

from account import ALL, Mailbox
from base import GONE, check
from commands import quote
from imap import Command
from register import Op
from wire import parse

POOL = ("a", "a/b", "a/c", "d", "d/e", "f", "Work", "Work/old")  # made, deleted, renamed
FIXED = ("INBOX", "Drafts", "Sent", "Archive")                   # Archive: POP3's policy. Trash and Junk have retention rules
STATUS = ("MESSAGES", "UIDNEXT", "UIDVALIDITY", "UNSEEN", "DELETED", "SIZE", "HIGHESTMODSEQ", "MAILBOXID")


def select(s):
    world, account = s.world, s.account
    rng = world.rng
    if s.pending:
        return None
    box = world.pick_mailbox(account) if rng.random() < 0.97 else None
    others = [o.view.mailbox for o in account.sessions if o.view and o.view.mailbox.selectable and not o.view.mailbox.deleted]
    if box and others and rng.random() < 0.6:
        box = rng.choice(others)
    resume = s.resume if s.qresync and s.resume and rng.random() < 0.8 else None
    if resume and not resume.mailbox.deleted and resume.mailbox.selectable:
        box = resume.mailbox
    name = box.name if box else rng.choice(("nowhere", "Work/nowhere"))
    examine = rng.random() < 0.15
    word = "EXAMINE" if examine else "SELECT"
    text = f"{word} {quote(name)}"
    resume = resume if box and resume and resume.mailbox is box and box.uidvalidity else None
    if resume:
        uids = {u for u in resume.uids if u} | resume.flags.keys()  # those whose numbers it does not know, too
        known = f" 1:{max(uids)}" if uids and rng.random() < 0.5 else ""
        if known and rng.random() < 0.5:
            at = len(resume.uids) // 2
            if resume.uids[at]:
                known += f" ({at + 1} {resume.uids[at]})"
        text += f" (QRESYNC ({box.uidvalidity} {max(resume.synced, 1)}{known}))"
    elif rng.random() < 0.2 and box:
        text += " (CONDSTORE)"
        s.condstore = True
    command = Command(word, text.encode() + b"\r\n", names=True, barrier=True, allow=("OK",) if box else ("NO NONEXISTENT", "NO"))
    command.mailbox = box
    floor = box.floor() if box else None
    left = s.view.mailbox if s.view else None
    s.resume = None

    def done(c, status, code, _):
        view, s.opening = s.opening, None
        if s.listens is not None:  # it hears of the selected one otherwise, and has to ask again when it leaves
            for old in (left.name if left else None, name):
                s.listens["status"].pop(old, None)
        if status != "OK":
            s.view = None
            return
        s.view = view
        view.read_only = examine
        check(code == ("READ-ONLY" if examine else "READ-WRITE"), "I19", f"{word} told {code}", s)
        for told, value in c.lines:
            if told in ("UIDNEXT", "UIDVALIDITY", "HIGHESTMODSEQ", "MAILBOXID"):
                box.told(told, value, floor, s)
            if told == "HIGHESTMODSEQ":
                view.synced = view.modseq_next = max(int(value), view.modseq_next)
        if resume:
            resynchronised(s, c, view, resume)
        else:
            check(s.listens or not c.fetched, "I9", "told of changes that were not asked for", s)
            view.uids = [0] * view.exists
        sure, maybe = box.there(c.start)
        check(len(sure) <= view.exists and (not box.quiet(c.start) or view.exists <= len(sure) + len(maybe)), "I13",
              f"{view.exists} EXISTS in {box}, where {len(sure)} to {len(sure) + len(maybe)} are", s)

    command.done = done
    s.expect_mailbox(box)
    return command


def resynchronised(s, c, view, resume):
    """I9: what the client had, without what has vanished, with what was told."""
    gone = set(c.earlier)
    view.flags = {u: f for u, f in resume.flags.items() if u not in gone} | view.flags
    view.modseqs = {u: m for u, m in resume.modseqs.items() if u not in gone} | view.modseqs
    uids = {u for u in resume.uids if u and u not in gone} | {u for u in c.fetched if u > 0}
    check(len(uids) <= view.exists, "I9", lambda: f"VANISHED left some out: {sorted(uids)} of {view.exists}", s)
    for uid in uids:
        m = view.mailbox.see(uid, s)
        check(m.stranger() or m.since(c.start) != {GONE}, "I9", f"{m} is gone, and VANISHED did not tell", s)
        if not m.stranger() and uid in view.flags and uid not in c.fetched:
            check(view.flags[uid] in m.since(c.start), "I9",
                  lambda: f"the flags of {m} have changed, which was not told: {sorted(view.flags[uid])}, now {m.since(c.start)}", s)
    # Those that have come are behind what the client knew, if it knew all.
    view.uids = [0] * view.exists if 0 in resume.uids else sorted(uids) + [0] * (view.exists - len(uids))


def leave(s):
    """CLOSE and UNSELECT."""
    if s.pending:
        return None
    view = s.view
    word = s.world.rng.choice(("CLOSE", "UNSELECT", "UNSELECT"))
    op = None
    if word == "CLOSE" and not view.read_only:
        op = Op("CLOSE", lambda f: GONE if "\\deleted" in f else f, s)
        view.mailbox.begin(op, ALL)

    def done(c, status, *_):
        if s.listens is not None:
            s.listens["status"].pop(view.mailbox.name, None)
        s.resume = view if s.qresync and word == "UNSELECT" and not s.listens else None
        s.view = None
        if op:
            s.world.finish(op, status == "OK")

    return Command(word, word.encode() + b"\r\n", op=op, done=done, barrier=True)


def restructure(s):
    """CREATE, DELETE, RENAME: alone in the account, so that names mean the same before and after."""
    world, account = s.world, s.account
    rng = world.rng
    if account.names_in_use or account.structural or s.pending or account.lost:
        return None
    boxes = account.mailboxes
    mine = [n for n in POOL if n in boxes]
    word = rng.choice(("CREATE", "CREATE", "DELETE", "RENAME"))
    name = rng.choice(mine if word != "CREATE" and mine and rng.random() < 0.9 else POOL)
    box = boxes.get(name)
    children = [n for n in boxes if n.startswith(name + "/")]
    allow = "OK"
    op = Op(f"{word} {name}", lambda f: f, s)
    text = f"{word} {quote(name)}"
    if word == "CREATE":
        allow = "NO ALREADYEXISTS" if box and box.selectable else "OK"

        def apply():
            at = ""
            for level in name.split("/"):
                at += ("/" if at else "") + level
                old = boxes.get(at)
                if old is None or (at == name and not old.selectable):
                    if old is None:
                        account.subscribed[at] = {True}
                    older = old.older if old else account.older.get(at, 0)
                    boxes[at] = Mailbox(account, at, older)
    elif word == "DELETE":
        if box is None:
            allow = "NO NONEXISTENT"
        elif not box.selectable and children:
            allow = "NO"
        if box and any(o.view and o.view.mailbox is box and (o.pending or o.opening) for o in account.sessions):
            return None
        if box and (box.ops or box.coming):
            return None
        if box and allow == "OK":
            op.change = lambda f: GONE
            box.begin(op, ALL)
            for other in account.sessions:
                other.doomed = other.doomed or (other is not s and other.view is not None and other.view.mailbox is box)

        def apply():
            account.older[name] = max(box.uidvalidity or 0, box.older)
            box.deleted = True
            if children:
                boxes[name] = Mailbox(account, name, account.older[name])
                boxes[name].selectable = False
            else:
                del boxes[name]
            account.meta = account.meta.__class__(account.meta.default_factory,
                                                  {k: v for k, v in account.meta.items() if k[0] is not box})
    else:
        to = rng.choice(POOL)
        text += f" {quote(to)}"
        if box is None:
            allow = "NO NONEXISTENT"
        elif to in boxes:
            allow = "NO ALREADYEXISTS"
        elif to.startswith(name + "/"):
            allow = "NO"

        def apply():
            parent = ""
            for level in to.split("/")[:-1]:
                parent += ("/" if parent else "") + level
                if parent not in boxes:
                    boxes[parent] = Mailbox(account, parent, account.older.get(parent, 0))
                    account.subscribed[parent] = {True}
            for old in [name, *children]:
                new = to + old[len(name):]
                moved = boxes.pop(old)
                moved.name, boxes[new] = new, moved
                was = account.subscribed.pop(old, {False})
                account.subscribed[new] = {a or b for a in account.subscribed[new] for b in was}

    account.structural = (op, apply if allow == "OK" else None)
    op.structural = True
    gone = box

    def done(c, status, *_):
        world.finish(op, status == "OK")
        if status == "OK":
            apply()
            if word == "DELETE" and s.view and s.view.mailbox is gone:
                s.view = None
            if s.listens is not None:  # NOTIFY does not tell what one does oneself
                s.listens["status"].clear()
                s.listens["names"] = set(boxes) | {"Trash", "Junk"}
        account.structural = None

    return Command(word, text.encode() + b"\r\n", op=op, done=done, barrier=True, allow=(allow,))


def subscribe(s):
    account, rng = s.account, s.world.rng
    if account.structural or account.subs_busy:
        return None
    name = rng.choice(POOL + FIXED)
    on = rng.random() < 0.5
    account.subscribed[name] = account.subscribed[name] | {on}
    account.subs_busy += 1

    def done(c, status, *_):
        account.subs_busy -= 1
        account.subscribed[name] = {on}

    command = Command("SUBSCRIBE" if on else "UNSUBSCRIBE", f"{'' if on else 'UN'}SUBSCRIBE {quote(name)}\r\n".encode(), done=done, names=True)
    command.lost = lambda: setattr(account, "subs_busy", account.subs_busy - 1)
    return command


def listing(s):
    """LIST and LSUB against the model."""
    account, rng = s.account, s.world.rng
    if account.structural:
        return None
    kind = rng.choice(("LIST", "LSUB", "LIST SUBSCRIBED", "LIST STATUS"))
    boxes = dict(account.mailboxes)
    before = {n: set(v) for n, v in account.subscribed.items()}
    text = {
        "LIST": 'LIST "" "*"', "LSUB": 'LSUB "" "*"', "LIST SUBSCRIBED": 'LIST (SUBSCRIBED) "" "*"',
        "LIST STATUS": 'LIST "" "*" RETURN (STATUS (MESSAGES UIDNEXT))',
    }[kind]
    floors = {n: b.floor() for n, b in boxes.items()}

    def done(c, *_):
        may = {n: before.get(n, {False}) | account.subscribed[n] for n in {*before, *account.subscribed}}
        if kind == "LSUB":
            names = {text_of(parse(*v, s)[2]) for w, v in c.lines if w == "LSUB"}
        else:
            # NOTIFY may have told of some before; the last line of a name holds.
            last = {n: a for n, a, _ in c.answers("LIST")}
            names = {n for n, a in last.items() if ("\\subscribed" in a if kind == "LIST SUBSCRIBED" else "\\nonexistent" not in a)}
        if kind in ("LSUB", "LIST SUBSCRIBED"):
            for name, states in may.items():
                check((name in names) in states, "I17", f"{kind}: {name} is {'' if name in names else 'not '}subscribed", s)
            return
        check(names == set(boxes) | {"Trash", "Junk"}, "I17", f"LIST told {sorted(names)}, there are {sorted(boxes)}", s)
        for name, attributes in last.items():
            if name in boxes:
                children = any(n.startswith(name + "/") for n in boxes)
                check(("\\haschildren" in attributes) == children, "I17", f"{name} has {attributes}", s)
                check(("\\noselect" in attributes) == (not boxes[name].selectable), "I17", f"{name} has {attributes}", s)
        for name, items in dict(c.answers("STATUS")).items():  # NOTIFY may have told of another of that name before
            if name in boxes:
                counts(s, boxes[name], items, c.start, floors[name])

    command = Command("LIST" if kind == "LIST SUBSCRIBED" else kind, text.encode() + b"\r\n", done=done, names=True)
    command.name = "LIST STATUS" if kind == "LIST STATUS" else "LSUB" if kind == "LSUB" else "LIST"
    return command


def text_of(value):
    return value.decode("latin-1") if isinstance(value, bytes) else value


def counts(s, box, items, start, floor):
    """STATUS against the model (I13)."""
    for item, value in items.items():
        box.told(item, value[0] if isinstance(value, tuple) else value, floor, s)
    if not box.quiet(start) or any(m.stranger() for m in box.messages.values()):
        return
    states = [(m, m.since(start)) for m in box.messages.values()]
    if any(len(st) > 1 for _, st in states):
        return
    there = [(m, next(iter(st))) for m, st in states if st != {GONE}]
    expected = {
        "MESSAGES": len(there), "UNSEEN": sum("\\seen" not in f for _, f in there),
        "DELETED": sum("\\deleted" in f for _, f in there),
    }
    if all(m.content.exact for m, _ in there):
        expected["SIZE"] = sum(len(m.content.data) for m, _ in there)
    for item, value in expected.items():
        check(item not in items or int(items[item]) == value, "I13", f"STATUS {item} of {box} is {items.get(item)}, not {value}", s)


def status(s):
    box = s.world.pick_mailbox(s.account)
    if not box:
        return None
    items = s.world.rng.sample(STATUS, 4)
    s.condstore = s.condstore or "HIGHESTMODSEQ" in items
    floor = box.floor()

    def done(c, status, *_):
        told = c.answers("STATUS")
        check(any(n == box.name and set(items) <= set(i) for n, i in told), "I19", "STATUS told nothing", s)
        counts(s, box, [i for n, i in told if n == box.name and set(items) <= set(i)][-1], c.start, floor)

    return Command("STATUS", f"STATUS {quote(box.name)} ({' '.join(items)})\r\n".encode(), done=done, names=True)


def quota(s):
    """I16."""
    account = s.account

    def done(c, *_):
        values = parse(*c.answers("QUOTA")[0], s)[1]
        used = {values[i]: int(values[i + 1]) for i in range(0, len(values), 3)}
        if all(b.quiet(c.start) for b in account.mailboxes.values()):
            least, most = account.bytes()
            check((least + 1023) // 1024 <= used["STORAGE"] <= (most + 1023) // 1024, "I16",
                  f"STORAGE {used['STORAGE']}, of {least} to {most} octets", s)

    text, words = s.world.rng.choice(((b'GETQUOTA ""\r\n', "GETQUOTA"), (b"GETQUOTAROOT INBOX\r\n", "GETQUOTAROOT")))
    return Command(words, text, done=done, names=True)


def metadata(s):
    account, rng = s.account, s.world.rng
    box = rng.choice((None, s.world.pick_mailbox(account)))
    entry = rng.choice(("/private/comment", "/shared/comment", "/private/vendor/x/y"))
    name = quote(box.name) if box else '""'
    key = (box, entry)
    if rng.random() < 0.5:
        if account.meta_busy:
            return None
        value = rng.choice((None, b"v%d" % rng.randint(0, 999)))
        account.meta[key] = account.meta[key] | {value}
        account.meta_busy += 1
        text = "NIL" if value is None else quote(value.decode())

        def done(c, status, *_):
            account.meta_busy -= 1
            account.meta[key] = {value}

        command = Command("SETMETADATA", f"SETMETADATA {name} ({entry} {text})\r\n".encode(), done=done, names=True)
        command.lost = lambda: setattr(account, "meta_busy", account.meta_busy - 1)
        return command
    before = set(account.meta[key])

    def got(c, *_):
        found = dict(zip(*[iter(parse(*c.answers("METADATA")[0], s)[1])] * 2))
        value = found.get(entry)
        value = value.encode() if isinstance(value, str) else value
        check(value in before | account.meta[key], "I17", f"{name} {entry} is {value}, may be {before | account.meta[key]}", s)

    return Command("GETMETADATA", f"GETMETADATA {name} {entry}\r\n".encode(), done=got, names=True)


def notify(s):
    """What the client knows of other mailboxes from here on."""
    if s.pending or s.profile != "notify" or s.account.structural:
        return None
    rng = s.world.rng
    selected = rng.choice(("SELECTED", "SELECTED-DELAYED"))
    events = "MessageNew MessageExpunge FlagChange"
    text = f"NOTIFY SET STATUS ({selected} ({events})) (PERSONAL ({events} MailboxName SubscriptionChange))\r\n"

    def done(c, *_):
        s.listens["names"] = set(s.account.mailboxes) | {"Trash", "Junk"}

    s.listens = {"status": {}, "names": set(), "delayed": selected == "SELECTED-DELAYED"}
    return Command("NOTIFY", text.encode(), done=done, names=True, barrier=True)


def unauthenticate(s):
    """RFC 8437: and log in again."""
    if s.pending or s.compressed:
        return None

    def done(c, *_):
        s.view = s.resume = s.listens = None
        s.ready = s.uidonly = s.condstore = s.qresync = s.rev2 = False
        s.world.greeted(s)

    return Command("UNAUTHENTICATE", b"UNAUTHENTICATE\r\n", done=done, barrier=True)


def logout(s):
    if s.pending:
        return None
    s.leaving = True
    return Command("LOGOUT", b"LOGOUT\r\n", barrier=True)


def uidbatches(s):
    """RFC 10022: batches of 500, so one, of all that are there."""
    view = s.view
    if s.pending or s.listens:
        return None
    before = list(view.uids)

    def done(c, *_):
        told = c.answers("UIDBATCHES")
        check(len(told) == 1, "I19", f"UIDBATCHES told {told}", s)

    return Command("UIDBATCHES", b"UIDBATCHES 500\r\n", done=done)
