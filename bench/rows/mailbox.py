"""One big mailbox: opened, listed, downloaded; searched and changed by the modules beside (rows 4 to 8, 11 to 14, 19)."""

from rows.base import Aim, Measured, expect, verified
from rows.change import AIMS as CHANGE_AIMS
from rows.change import changes
from rows.find import AIMS as FIND_AIMS
from rows.find import finds

OVERVIEW = "FETCH 1:* (ENVELOPE BODYSTRUCTURE INTERNALDATE RFC822.SIZE)"
AIMS = {
    "load-100k": Aim(None), "disk": Aim(None), "disk-maildir": Aim(1.67), "pop3-get": Aim(1.5),
    "select-cold": Aim(2), "select-warm": Aim(1), "fetch-flags": Aim(2), "fetch-overview": Aim(10),
    "fetch-overview-again": Aim(2), "fetch-bodies": Aim(1.5, of_limit=0.6),
    "fetch-bodies-tls": Aim(1.5, of_limit=0.6), **FIND_AIMS, **CHANGE_AIMS,
}
AIMS["disk"].about = AIMS["disk-maildir"].about = (
    "The peers have a file a message, as it came. Ours compresses each (LZ4, and zstd what LZ4 cannot: base64), and writes its log out once it is idle; what is over is "
    "the log's reserved space, the rows and the history.")
AIMS["pop3-get"].about = (
    "32 RETR are sent ahead. The peers open a file for each message; ours decompresses a block of a log and reads the next messages "
    "while one is sent: a third of its CPU time is the kernel's, a quarter decompression, a sixth copies, a tenth the key-value "
    "store (perf).")
AIMS["select-cold"].about = (
    "The first SELECT after a restart with the page cache dropped: the whole list of the mailbox must come from the disk. Dovecot "
    "and Cyrus map one index file of fixed-size records; ours reads the account's range of the key-value store: "
    "blocks of 64 messages, once it has merged what came one by one.")
AIMS["select-warm"].about = (
    "The account is in memory, and SELECT only counts what is known; Dovecot keeps nothing between sessions except in the page "
    "cache.")
AIMS["fetch-flags"].about = "No message is read: what counts is how fast lines are printed and written."
AIMS["fetch-overview"].about = (
    "The first time: Dovecot parses every message for what its cache does not hold yet (the cache is removed before each "
    "repetition); Cyrus and ours have parsed at delivery.")
AIMS["fetch-overview-again"].about = (
    "What is asked lies ready on all sides; what counts is reading and printing it. Ours steps from row to row of the "
    "key-value store and decodes, on one core, while the other prints.")
AIMS["fetch-bodies"].about = AIMS["fetch-bodies-tls"].about = (
    "The peers read a file a message as it is. Ours decompresses it on one core while the other sends: of its CPU time two fifths are "
    "the kernel's, a quarter decompression, a tenth each copies and the key-value store (perf). The table against the limit says "
    "what the connection itself carries from a program that has no store to read.")


def big_mailbox(b):
    if not b.wants(AIMS):
        return
    with b.server() as s:
        # Beside others one connection, as the peers: then all mailboxes have the same messages in the same order.
        loaded = b.load(s, b.big, connections=32 if b.alone else 1, size="real")
        if b.alone:
            yield from b.samples(s, "load-100k", f"{b.big:,} messages of mixed sizes by LMTP to one account, 32 connections",
                                 "MB/s", lambda: loaded["octets"] / loaded["seconds"] / 1e6, repeat=1)
        yield from disk(b, s, loaded["octets"])
        yield from selects(b, s)
        yield from fetches(b, s)
        yield from finds(b, s)
        yield from pop3_get(b, s)
        yield from changes(b, s)


def disk(b, s, octets):
    def used():
        value = s.disk_octets() / octets
        same = {"disk-maildir": ("the same, to Dovecot with Maildir", "bytes", value)} if b.target.NAME == "mailstead" else {}
        return Measured(value, also=same)

    name = "disk-maildir" if s.variant == "maildir" else "disk"
    yield from b.samples(s, name, "disk bytes a stored byte of mail, after settling", "bytes", used, repeat=1)


def maildir(b):
    """Row 19 again, with Dovecot's Maildir: a format, so a server of its own."""
    if b.target.NAME != "dovecot" or not b.wants(("disk-maildir",), "maildir"):
        return
    with b.server("maildir") as s:
        loaded = b.load(s, b.big, connections=32, size="real")
        yield from disk(b, s, loaded["octets"])


def selects(b, s):
    def cold():
        if not s.restart_cold():
            b.remarks.append("select-cold: not root, so the page cache was not dropped; only the server was restarted")
        return expect_big(b, b.steps(s, "imap", ["SELECT INBOX"]))[0]["ms"]

    yield from b.samples(s, "select-cold", f"SELECT of {b.big:,} messages after a restart, page cache dropped", "ms", cold)

    def warm():
        times = sorted(x["ms"] for x in expect_big(b, b.steps(s, "imap", ["SELECT INBOX"], repeat=21))[1:])
        return times[len(times) // 2]

    yield from b.samples(s, "select-warm", "the same while it is in memory", "ms", warm, warm=True, at_most=5)


def expect_big(b, steps):
    for x in steps:
        expect("messages that SELECT found", x["exists"], b.big)
    return steps


def fetches(b, s):
    def listed(command):
        step = verified(b.steps(s, "imap", ["SELECT INBOX", command])[1], b.big)
        return Measured(b.big * 1000 / step["ms"], detail={"octets": step["octets"]})

    yield from b.samples(s, "fetch-flags", f"FETCH 1:* (UID FLAGS) of {b.big:,}", "messages/s",
                         lambda: listed("FETCH 1:* (UID FLAGS)"), b.big, warm=True)

    def first():
        s.forget()
        s.restart_cold()
        return listed(OVERVIEW)

    yield from b.samples(s, "fetch-overview", f"{OVERVIEW} of {b.big:,} for the first time, page cache dropped", "messages/s", first)
    yield from b.samples(s, "fetch-overview-again", "the same again, warm", "messages/s", lambda: listed(OVERVIEW), b.big, warm=True)
    for name, port, tls in (("fetch-bodies", "imap", 0), ("fetch-bodies-tls", "imaps", 1)):
        if not b.wanted(name):
            continue
        sizes = b.steps(s, "imap", ["SELECT INBOX", "FETCH 1:* (RFC822.SIZE)"])[1]["sizes"]

        def bodies(port=port, tls=tls, sizes=sizes):
            step = b.steps(s, port, ["SELECT INBOX", "FETCH 1:* (BODY.PEEK[])"], tls=tls, verify=64)[1]
            verified(step, b.big, sizes)
            return step["literal_octets"] / step["ms"] / 1000

        yield from b.samples(s, name, f"FETCH 1:* (BODY.PEEK[]) of {b.big:,}, {'over TLS' if tls else 'plain'}", "MB/s", bodies,
                             b.big, warm=True)


def pop3_get(b, s):
    def get():
        got = b.driver.run("pop3-get", s.ports["pop3"], verify=64)
        expect("messages that POP3 has", got["messages"], b.big)
        return got["mb_per_s"]

    yield from b.samples(s, "pop3-get", f"POP3 download of all {b.big:,}", "MB/s", get, b.big, warm=True)
