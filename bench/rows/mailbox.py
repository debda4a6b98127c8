"""One big mailbox: opened, listed, downloaded, marked."""

from rows.base import row, verified
from target import wait_idle

BIG_ROWS = ("load-100k", "select-cold", "select-warm", "fetch-flags", "fetch-envelope", "fetch-envelope-again",
            "fetch-bodies", "fetch-bodies-tls", "store-10000", "pop3-get")


def big_mailbox(b):
    if not any(b.wanted(r) for r in BIG_ROWS):
        return
    with b.target() as s:
        s.add_accounts()
        s.add_many(1)
        loaded = b.driver.run("lmtp", s.ports["lmtp"], connections=32, count=b.big, size="real")
        if b.wanted("load-100k"):
            yield row("load-100k", f"{b.big:,} messages of mixed sizes by LMTP to one account, 32 connections",
                      [loaded["octets"] / loaded["seconds"] / 1e6], "MB/s")
        wait_idle(s)
        yield from pop3_get(b, s)
        yield from selects(b, s)
        yield from fetches(b, s)
        if b.wanted("store-10000") and b.big >= 10_000:
            signs = ["+FLAGS.SILENT", "-FLAGS.SILENT"]
            values, cpu = [], []
            for i in range(b.repeat * 2):
                wait_idle(s)
                before = s.cpu_s()
                command = rf"STORE 1:10000 {signs[i % 2]} (\Flagged)"
                values.append(10000 / b.steps(s, "imap", ["SELECT INBOX", command])[1]["ms"] * 1000)
                cpu.append((s.cpu_s() - before) / 10000 * 1e6)
            yield row("store-10000", "STORE 1:10000 +FLAGS.SILENT, durable", values, "messages/s", cpu=cpu)


def selects(b, s):
    if b.wanted("select-cold"):
        values = []
        for _ in range(b.repeat):
            if not s.restart_cold():
                b.remarks.append("select-cold: not root, so the page cache was not dropped; only the server was restarted")
            values.append(b.steps(s, "imap", ["SELECT INBOX"])[0]["ms"])
        yield row("select-cold", f"SELECT of {b.big:,} messages after a restart, page cache dropped", values, "ms")
    if b.wanted("select-warm"):
        steps = b.steps(s, "imap", ["SELECT INBOX"], repeat=20 * b.repeat)[1:]
        if any(x["exists"] != b.big for x in steps):
            raise RuntimeError(f"SELECT did not find {b.big:,} messages")
        yield row("select-warm", "the same while it is in memory", [x["ms"] for x in steps], "ms", at_most=5)


def fetches(b, s):
    if b.wanted("fetch-flags"):
        values, cpu = b.measured(s, b.big, lambda: b.big * 1000 / verified(
            b.steps(s, "imap", ["SELECT INBOX", "FETCH 1:* (UID FLAGS)"])[1], b.big)["ms"])
        yield row("fetch-flags", f"FETCH 1:* (UID FLAGS) of {b.big:,}", values, "messages/s", cpu=cpu)
    if b.wanted("fetch-envelope"):
        values = []
        for _ in range(b.repeat):
            s.restart_cold()
            step = b.steps(s, "imap", ["SELECT INBOX", "FETCH 1:* (ENVELOPE)"])[1]
            values.append(b.big * 1000 / verified(step, b.big)["ms"])
        yield row("fetch-envelope", f"FETCH 1:* (ENVELOPE) of {b.big:,} after a restart, page cache dropped", values, "messages/s")
    if b.wanted("fetch-envelope-again"):
        values, cpu = b.measured(s, b.big, lambda: b.big * 1000 / verified(
            b.steps(s, "imap", ["SELECT INBOX", "FETCH 1:* (ENVELOPE)"])[1], b.big)["ms"])
        yield row("fetch-envelope-again", f"FETCH 1:* (ENVELOPE) of {b.big:,}, warm", values, "messages/s", cpu=cpu)
    for name, port, tls in (("fetch-bodies", "imap", 0), ("fetch-bodies-tls", "imaps", 1)):
        if not b.wanted(name):
            continue
        sizes = b.steps(s, "imap", ["SELECT INBOX", "FETCH 1:* (RFC822.SIZE)"])[1]["sizes"]
        rates = []

        def bodies(port=port, tls=tls, sizes=sizes, rates=rates):
            step = b.steps(s, port, ["SELECT INBOX", "FETCH 1:* (BODY.PEEK[])"], tls=tls, verify=64)[1]
            verified(step, b.big, sizes)
            rates.append(step["literal_octets"] / step["ms"] / 1000)
            return b.big * 1000 / step["ms"]

        values, cpu = b.measured(s, b.big, bodies)
        over = "over TLS" if tls else "plain"
        yield row(name, f"FETCH 1:* (BODY.PEEK[]) of {b.big:,}, {over}", values, "messages/s", cpu=cpu)
        yield row(name + "-mb", "the same", rates, "MB/s")


def pop3_get(b, s):
    if not b.wanted("pop3-get"):
        return
    rates = []

    def get():
        got = b.driver.run("pop3-get", s.ports["pop3"], verify=64)
        if got["messages"] != b.big:
            raise RuntimeError(f"POP3 has {got['messages']} messages, not {b.big}")
        rates.append(got["mb_per_s"])
        return got["per_s"]

    values, cpu = b.measured(s, b.big, get)
    yield row("pop3-get", f"POP3 download of all {b.big:,}", values, "messages/s", cpu=cpu)
    yield row("pop3-get-mb", "the same", rates, "MB/s")
