"""Random commands, valid and invalid, each with what its answer must be: messages (names.py: mailboxes)."""

from account import ALL, Coming
from base import GONE, Content, check
from imap import Command
from register import Op
from wire import numbers, ranges

FLAGS = ("\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft", "$Forwarded", "$Junk", "kw1", "Kw2")
ITEMS = (
    "FLAGS", "FLAGS", "FLAGS", "RFC822.SIZE", "INTERNALDATE", "ENVELOPE", "BODYSTRUCTURE", "EMAILID", "SAVEDATE", "PREVIEW",
    "BODY.PEEK[]", "BODY.PEEK[]<10.20>", "BODY.PEEK[HEADER]", "BODY.PEEK[TEXT]", "BODY.PEEK[1]", "BINARY.PEEK[1]",
    "BINARY.PEEK[2]", "BINARY.SIZE[1]", "BINARY.SIZE[2]", "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]", "UID", "THREADID", "BODY[TEXT]",
)


def known(s, least=1):
    """UIDs that the client has, of messages that the model knows, and that are perhaps still there."""
    box = s.view.mailbox
    out = [u for u in s.view.uids if u and (m := box.messages.get(u)) and not m.stranger() and len(m.ops) < 3]
    return out if len(out) >= least else None


def some(s, most=4):
    uids = known(s)
    if not uids:
        return None
    rng = s.world.rng
    if rng.random() < 0.05 and most > 1:
        return uids
    hot = [u for u in s.view.mailbox.hot if u in uids][:most]
    if hot and rng.random() < 0.3:  # those that somebody else is at, perhaps at this moment
        return sorted(hot)
    return sorted(rng.sample(uids, min(len(uids), rng.randint(1, most))))


def numbers_allowed(s):
    """Sequence numbers mean what the client thinks: nothing in flight may bring an EXPUNGE."""
    return not s.uidonly and not s.listens and all(c.holds for c in s.pending)


def name_set(s, uids, bogus=True):
    """("UID ", set) or ("", set); sometimes with UIDs that are not there."""
    rng = s.world.rng
    if s.view.saved is not None and set(uids) == s.view.saved and uids and not s.pending:
        return "UID ", "$"
    if numbers_allowed(s) and rng.random() < 0.5:
        return "", ranges(s.view.uids.index(u) + 1 for u in uids)
    extra = [4_000_000_000 + rng.randint(0, 9)] if bogus and rng.random() < 0.1 else []
    return "UID ", ranges(list(uids) + extra)


def messages(s, uids):
    return [s.view.mailbox.messages[u] for u in uids]


def learn(s):
    """What a client asks of what it does not know yet."""
    view, box = s.view, s.view.mailbox
    if 0 in view.uids and not any(c.name == "UID FETCH learn" for c in s.pending):
        extra = " MODSEQ" if s.condstore else ""
        return Command("UID FETCH learn", f"UID FETCH 1:* (UID FLAGS{extra})\r\n".encode())
    strangers = [u for u in view.uids if u and (m := box.messages.get(u)) and m.stranger() and m.mid is None]
    strangers = strangers or [u for u in view.uids if u and u not in view.flags]
    if strangers and not any(c.name == "UID FETCH learn" for c in s.pending):
        text = f"UID FETCH {ranges(strangers)} (FLAGS BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])\r\n"
        return Command("UID FETCH learn", text.encode())
    return None


def fetch(s):
    world, view = s.world, s.view
    rng = world.rng
    uids = some(s, 6)
    if not uids:
        return None
    prefix, which = name_set(s, uids)
    items = rng.sample(ITEMS, rng.choice((1, 1, 2, 4)))
    since = partial = None
    modifiers = ""
    if prefix and rng.random() < 0.25:
        since = rng.choice([m.modseq for m in messages(s, uids)] + [view.synced]) or 1
        uids = [u for u in view.uids if u and not view.mailbox.messages[u].stranger()]
        which = "1:*"
        if "FLAGS" not in items:
            items.append("FLAGS")
        modifiers = f" (CHANGEDSINCE {since}{' VANISHED' if s.qresync and rng.random() < 0.5 else ''})"
        s.condstore = True
    elif prefix and rng.random() < 0.1 and not s.pending and not s.listens and 0 not in view.uids and not s.uidonly:
        first = rng.randint(1, 5)
        partial = rng.choice((f"{first}:{first + 3}", f"-{first}:-{first + 3}"))
        which, modifiers = "1:*", f" (PARTIAL {partial})"
        uids = list(view.uids)
    marks = any(i.startswith("BODY[") for i in items) and not view.read_only
    op = None
    if marks and (since or partial or not prefix and rng.random() < 0.5):
        items = [i for i in items if not i.startswith("BODY[")] or ["FLAGS"]
        marks = False
    if marks:
        op = Op(f"FETCH of {which} sets \\Seen", lambda f: f | {"\\seen"})
        view.mailbox.begin(op, messages(s, uids))
    wanted = [i.replace(".PEEK", "").split("<")[0] if "<" not in i else "BODY[]<10>" for i in items]
    # BINARY of a part that is not there is empty or NIL, whatever the message.
    text = f"{prefix}FETCH {which} ({' '.join(items)}){modifiers}\r\n"
    sure = [m.uid for m in messages(s, uids) if not m.stranger() and m.modseq_sure]

    def done(c, status, code, _):
        if op:
            world.finish(op, status == "OK")
        if status != "OK":
            return
        mailbox = view.mailbox
        for uid in uids:
            m = mailbox.messages[uid]
            if m.stranger() or GONE in m.since(c.start):
                continue
            got = c.fetched.get(uid, {})
            if since:
                if uid in sure and m.modseq_sure and m.modseq_sure <= c.start:
                    told = all(w in got for w in wanted)
                    news = told and {"FLAGS", "UID"} >= set(wanted)  # FLAGS may be told besides
                    check(told == (m.modseq > since) or news, "I8",
                          f"CHANGEDSINCE {since}: {m} of MODSEQ {m.modseq} was {'told' if told else 'left out'}", s)
            elif not partial:
                missing = [w for w in wanted if w not in got]
                check(not missing, "I19", f"FETCH did not tell {missing} of {m}", s)
        if partial and mailbox.quiet(c.start) and not any(GONE in mailbox.messages[u].states() for u in uids):
            low, high = sorted(abs(int(p)) for p in partial.split(":"))
            expected = uids[low - 1 : high] if partial[0] != "-" else uids[::-1][low - 1 : high]
            got = {u for u, i in c.fetched.items() if all(w in i for w in wanted)}
            news = got if {"FLAGS", "UID"} >= set(wanted) else set()  # FLAGS may be told besides
            check(got == set(expected) | news, "I12", f"PARTIAL {partial} of {uids} gave {got}", s)
        if c.earlier:
            check(since, "I9", "VANISHED (EARLIER) was not asked for", s)

    return Command(f"{prefix}FETCH", text.encode(), done=done, holds=not prefix)


def store(s):
    world, view = s.world, s.view
    rng = world.rng
    uids = some(s)
    if not uids:
        return None
    prefix, which = name_set(s, uids)
    mode = rng.choice("++++---=")
    chosen = rng.sample(FLAGS, rng.choice((1, 1, 2, 3) if mode != "=" else (0, 1, 2)))
    flags = frozenset(f.lower() for f in chosen)
    silent = rng.random() < 0.4
    change = {"+": lambda f: f | flags, "-": lambda f: f - flags, "=": lambda f: flags}[mode]
    unchanged = ""
    since = None
    if rng.random() < 0.25:
        since = rng.choice([m.modseq for m in messages(s, uids)] + [view.mailbox.highest, 0])
        unchanged = f"(UNCHANGEDSINCE {since}) "
        s.condstore = True
    item = f"{mode.strip('=')}FLAGS{'.SILENT' if silent else ''}"
    text = f"{prefix}STORE {which} {unchanged}{item} ({' '.join(chosen)})\r\n"
    if view.read_only:
        return Command("STORE read-only", text.encode(), allow=("NO READ-ONLY",), holds=not prefix)
    op = Op(text.strip(), change, s)
    exact = {m.uid: (m.modseq, m.begun + 1) for m in messages(s, uids) if m.modseq_sure}
    view.mailbox.begin(op, messages(s, uids))
    seqs, condstore = list(view.uids), s.condstore
    view.mailbox.hot = uids

    def modseq(m):
        """Its MODSEQ when this command came to it; None: others were at work."""
        value, begun = exact.get(m.uid, (None, 0))
        return value if m.begun == begun else None

    def done(c, status, code, arguments):
        modified = set(numbers(arguments)) if code == "MODIFIED" else set()
        if modified and not prefix:
            modified = {seqs[n - 1] for n in modified}
        check(modified <= set(uids) and (not modified or since is not None), "I8", f"MODIFIED {modified}", s)
        mailbox = view.mailbox
        if status == "OK" and since is not None:
            for uid in uids:
                m = mailbox.messages[uid]
                if modseq(m) is not None and GONE not in m.since(c.start):
                    check((modseq(m) > since) == (uid in modified), "I8",
                          lambda: f"{m} had MODSEQ {modseq(m)}, and {'was' if uid in modified else 'was not'} in MODIFIED", s)
        world.finish(op, status == "OK", {mailbox.messages[u] for u in modified})
        if status != "OK":
            return
        for uid in uids:
            if uid in modified:
                continue
            got = c.fetched.get(uid, {})
            m = mailbox.messages[uid]
            if GONE not in m.since(c.start) and s.view is view:
                check(silent or "FLAGS" in got, "I11", f"STORE did not tell the flags of {m}", s)
                check(not condstore or "MODSEQ" in got or silent, "I8", f"STORE did not tell the MODSEQ of {m}", s)
            if silent and s.listens:
                view.flags.pop(uid, None)  # it may have heard of others' changes before or after its own
            elif silent and "FLAGS" not in got and uid in view.flags:
                view.flags[uid] = change(view.flags[uid])

    return Command(f"{prefix}STORE", text.encode(), done=done, holds=not prefix, allow=("OK", "NO EXPUNGEISSUED"))


def expunge(s):
    world, view = s.world, s.view
    rng = world.rng
    if s.idling:
        return None
    remove = lambda f: GONE if "\\deleted" in f else f
    kind = rng.choice(("EXPUNGE", "UID EXPUNGE", "UID EXPUNGE"))
    if kind == "EXPUNGE":
        text, which = "EXPUNGE\r\n", ALL
    else:
        uids = [u for u in (known(s) or ()) if "\\deleted" in view.flags.get(u, ())] or some(s)
        if not uids:
            return None
        text, which = f"UID EXPUNGE {ranges(uids)}\r\n", messages(s, uids)
    if view.read_only:
        return Command("EXPUNGE read-only", text.encode(), allow=("NO READ-ONLY",))
    op = Op(text.strip(), remove, s)
    view.mailbox.begin(op, which)
    return Command(kind, text.encode(), op=op)


def copy(s):
    world, view = s.world, s.view
    rng = world.rng
    uids = some(s)
    box = s.world.pick_mailbox(s.account)
    if not uids or not box or len(box.messages) > world.crowded:
        return None
    move = rng.random() < 0.4
    prefix, which = name_set(s, uids)
    word = "MOVE" if move else "COPY"
    text = f"{prefix}{word} {which} {quote(box.name)}\r\n"
    if move and view.read_only:
        return Command("MOVE read-only", text.encode(), allow=("NO READ-ONLY",), names=True)
    sources = messages(s, uids)
    op = Op(text.strip(), (lambda f: GONE) if move else (lambda f: f), s)
    comings = {}
    for m in sources:
        comings[m.uid] = Coming(op, box, m.content, (), m.facts, m)
        comings[m.uid].instead = m if move else None
    if move:
        view.mailbox.begin(op, sources)
    floor = box.uidnext

    def done(c, status, code, arguments):
        if status == "OK" and move:
            code, arguments = next(((w, a) for w, a in c.lines if w == "COPYUID"), ("", ""))
        pairs = {}
        if code == "COPYUID":
            validity, froms, tos = arguments.split()
            froms, tos = numbers(froms), numbers(tos)
            box.valid(int(validity), s)
            check(len(froms) == len(tos) and set(froms) <= set(uids), "I10", f"COPYUID {arguments} for {uids}", s)
            check(tos == sorted(tos) and tos[0] >= floor, "I1", f"COPYUID {arguments}, UIDNEXT was {floor}", s)
            pairs = dict(zip(froms, tos))
        for uid, m in zip(uids, sources):
            coming = comings[uid]
            if uid in pairs:
                check(coming.possible(), "I10", f"{m} was copied, but was gone", s)
                box.arrived(coming, pairs[uid], s)
            else:
                check(status != "OK" or GONE in m.since(c.start), "I10", f"{m} was not copied", s)
        own_arrivals(s, box)
        world.finish(op, bool(pairs), {m for u, m in zip(uids, sources) if u not in pairs})

    return Command(f"{prefix}{word}", text.encode(), done=done, names=True,
                   allow=("OK", "NO EXPUNGEISSUED", *world.over_quota(s.account)))


def quote(name):
    return f'"{name}"'


def own_arrivals(s, box):
    """NOTIFY does not tell what one does oneself (RFC 5465 §5)."""
    if s.listens is not None:
        s.listens["status"].pop(box.name, None)


def literal(data, marks=""):
    """The literal's header, and whether its octets must wait for "+"."""
    sync = len(data) > 4096
    return f"{marks}{{{len(data)}{'' if sync else '+'}}}\r\n".encode(), sync


def build(parts):
    """[bytes | (data, marks)] → what is sent at once, and what waits for "+"."""
    out = [b""]
    for p in parts:
        if isinstance(p, bytes):
            out[-1] += p
        else:
            head, sync = literal(*p)
            out[-1] += head
            if sync:
                out.append(b"")
            out[-1] += p[0]
    return out


def new_message(s, for_replace=False):
    """The octets of a new message: (Content, what APPEND says behind the flags)."""
    world = s.world
    rng = world.rng
    content = Content(world.next_serial(), rng)
    arguments = [(content.data, "~" if rng.random() < 0.05 else "")]
    uids = known(s) if s.view else None
    if uids and rng.random() < 0.15 and not s.account.structural:
        m = s.view.mailbox.messages[rng.choice(uids)]
        # A part of another message, by its URL: it may be gone by then.
        if m.content.secret and not m.content.multipart and GONE not in m.states() and s.view.mailbox.uidvalidity:
            content = Content.of(content.mid, content.header + m.content.text)
            url = f"/{s.view.mailbox.name};UIDVALIDITY={s.view.mailbox.uidvalidity}/;UID={m.uid}/;SECTION=TEXT"
            arguments = [b"CATENATE (TEXT ", (content.header, ""), f' URL "{url}")'.encode()]
    s.account.contents[content.mid] = content
    return content, arguments


def append(s):
    world = s.world
    rng = world.rng
    box = world.pick_mailbox(s.account)
    if not box:
        return None
    if len(box.messages) > world.crowded:
        return None
    n = rng.choice((1, 1, 1, 2, 3))
    parts = [f"APPEND {quote(box.name)}".encode()]
    op = Op(f"APPEND of {n} to {box.name}", lambda f: f, s)
    comings = []
    catenate = False
    for _ in range(n):
        if s.account.contents and rng.random() < 0.05:
            content = rng.choice(list(s.account.contents.values())[-20:])
            arguments = [(content.data, "")]
            if content.delivered:  # with other trace fields it is another message
                content, arguments = new_message(s)
        else:
            content, arguments = new_message(s)
        catenate = catenate or arguments[0] == b"CATENATE (TEXT "
        chosen = rng.sample(FLAGS, rng.choice((0, 0, 1, 2)))
        facts = {}
        date = ""
        if rng.random() < 0.3:
            date = f'"{rng.randint(10, 28)}-Oct-2026 1{rng.randint(0, 9)}:00:00 +0{rng.randint(0, 9)}00"'
            facts["INTERNALDATE"] = date.strip('"').encode()
            date += " "
        parts += [f" ({' '.join(chosen)}) {date}".encode(), *arguments]
        comings.append(Coming(op, box, content, [frozenset(f.lower() for f in chosen)], facts))
    empty = rng.random() < 0.03
    if empty:
        parts += [b" {0+}\r\n"]
    parts.append(b"\r\n")
    floor = box.uidnext
    name = "MULTIAPPEND" if n > 1 else "APPEND"

    def done(c, status, code, arguments):
        check(status != "OK" or not empty, "I18", "a MULTIAPPEND with an empty message was taken", s)
        if status == "OK":
            check(code == "APPENDUID", "I10", f"APPEND told {code}", s)
            validity, uids = arguments.split()
            uids = numbers(uids)
            box.valid(int(validity), s)
            check(len(uids) == n, "I10", f"APPENDUID {arguments} for {n}", s)
            check(uids == sorted(uids) and uids[0] >= floor, "I1", f"APPENDUID {arguments}, UIDNEXT was {floor}", s)
            for coming, uid in zip(comings, uids):
                box.arrived(coming, uid, s)
        own_arrivals(s, box)
        world.finish(op, status == "OK")

    allow = ("NO CANNOT",) if empty else ("OK",)
    if catenate:
        allow += ("NO BADURL", "NO CANNOT") if empty else ("NO BADURL",)
    return Command(name, *build(parts), done=done, names=True, allow=(*allow, *world.over_quota(s.account)),
                   barrier=len(build(parts)) > 1)


def replace(s):
    world, view = s.world, s.view
    uids = some(s, 1)
    box = world.pick_mailbox(s.account)
    if not uids or not box:
        return None
    prefix, which = name_set(s, uids, bogus=False)
    content, arguments = new_message(s)
    parts = [f"{prefix}REPLACE {which} {quote(box.name)} ".encode(), *arguments, b"\r\n"]
    if view.read_only or which == "$":
        return None
    old = view.mailbox.messages[uids[0]]
    op = Op(f"REPLACE of {old}", lambda f: GONE, s)
    coming = Coming(op, box, content, [frozenset()])
    coming.instead = old
    view.mailbox.begin(op, [old])
    floor = box.uidnext

    def done(c, status, code, _):
        if status == "OK":
            told = next((a for w, a in c.lines if w == "APPENDUID"), None)
            check(told, "I18", "REPLACE did not tell APPENDUID", s)
            validity, uid = told.split()
            box.valid(int(validity), s)
            check(int(uid) >= floor, "I1", f"REPLACE made UID {uid}, UIDNEXT was {floor}", s)
            box.arrived(coming, int(uid), s)
        elif code == "EXPUNGEISSUED":
            check(GONE in old.since(c.start), "I18", f"{old} is there, and could not be replaced", s)
        own_arrivals(s, box)
        world.finish(op, status == "OK")

    return Command(f"{prefix}REPLACE", *build(parts), done=done, names=True, barrier=len(build(parts)) > 1,
                   allow=("OK", "NO EXPUNGEISSUED", "NO NONEXISTENT", "NO BADURL", *world.over_quota(s.account)))


BAD = (
    b"FETCH 1:* (NONSENSE)\r\n", b"STORE 1 FLAGS\r\n", b"UID FETCH 0 FLAGS\r\n", b"NOTHING\r\n", b"SEARCH (\r\n", b"UID COPY a b\r\n",
    b"APPEND INBOX {3+}\r\nabc junk\r\n", b"FETCH 99999 FLAGS\r\n", b"STORE 99999 +FLAGS (\\Seen)\r\n", b"UID STORE 1 +FLAGS (\\Nonsense)\r\n",
    b"MOVE 99999 INBOX\r\n", b"UID SEARCH RETURN (NONSENSE) ALL\r\n", b"SORT (NONSENSE) UTF-8 ALL\r\n", b"REPLACE 1:2 INBOX {0+}\r\n\r\n",
)


def invalid(s):
    """What must be refused, and change nothing."""
    if s.bad > 15:
        return None
    return Command("invalid", s.world.rng.choice(BAD), allow=("BAD", "NO CANNOT", "NO READ-ONLY"))


def noop(s):
    word = s.world.rng.choice(("NOOP", "CHECK", "CAPABILITY") if s.view and not s.doomed else ("NOOP",))
    return Command(word, f"{word}\r\n".encode())


def idle(s):
    if s.pending:
        return None
    return Command("IDLE", b"IDLE\r\n", barrier=True)
