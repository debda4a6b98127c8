"""A mailbox of a million messages: opened, in memory, changed. Ours alone; the filling takes seconds, as only rows are written."""

from harness.mail import imap
from rows.base import expect
from target import PASSWORD, wait_idle

ROWS = ("million-fill", "million-cold", "million-memory", "million-flag")
USER = "u0@example.org"
LOADED, DOUBLINGS = 15_625, 6
COUNT = LOADED * 2**DOUBLINGS
AIMS = {}


def fill(b, s):
    """Few messages by LMTP, then COPY onto themselves: each COPY doubles the mailbox."""
    b.load(s, LOADED, connections=32, size="2048")
    steps = b.steps(s, "imap", ["SELECT INBOX", *["COPY 1:* INBOX"] * DOUBLINGS])
    took = sum(x["ms"] for x in steps if x["command"].startswith("COPY")) / 1000
    exists(b, s)
    return (COUNT - LOADED) / took


def exists(b, s):
    select = b.steps(s, "imap", ["SELECT INBOX"])[0]
    expect("messages of the mailbox", select["exists"], COUNT)
    return select


def million(b):
    if not b.alone or not b.wants(ROWS):
        return
    with b.server() as s:
        yield from b.samples(s, "million-fill", f"COPY 1:* of a mailbox onto itself until it has {COUNT:,} messages", "messages/s",
                             lambda: fill(b, s), repeat=1)
        wait_idle([s])

        def cold():
            s.restart_cold()
            return exists(b, s)["ms"]

        yield from b.samples(s, "million-cold", f"SELECT of {COUNT:,} messages after a restart, page cache dropped", "ms", cold,
                             at_most=500)

        def memory():
            """What the process grows by when a session selects it, and stays."""
            s.restart_cold()
            before = s.memory_kib()
            client = imap(s, USER, PASSWORD)
            client.select("INBOX")
            grown = (s.memory_kib() - before) * 1024 / 1e6
            client.logout()
            return grown

        yield from b.samples(s, "million-memory", "what the server grows by when a session has them selected", "MB", memory, at_most=64)

        def flag():
            exists(b, s)
            numbers = range(COUNT // 7, COUNT, COUNT // 101)
            times = [x["ms"] for x in b.steps(s, "imap", ["SELECT INBOX", *[rf"STORE {n} +FLAGS (\Flagged)" for n in numbers],
                                                          *[rf"STORE {n} -FLAGS (\Flagged)" for n in numbers]])[1:]]
            return sorted(times)[len(times) // 2]

        yield from b.samples(s, "million-flag", r"STORE n +FLAGS (\Flagged) in it, durable, median of many", "ms", flag, at_most=2)
