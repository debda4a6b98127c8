"""The rows of ./dev bench. A group of rows shares a store; each function yields Row objects, medians over repetitions."""

import dataclasses
import statistics
import time

from target import Mailstead, end_crowd, wait_idle


@dataclasses.dataclass
class Row:
    name: str
    what: str
    value: float
    unit: str
    expected: str = ""
    met: bool | None = None
    spread: str = ""  # smallest … largest of the repetitions
    cpu: str = ""  # the server's CPU time an operation
    reason: str = ""  # why it falls short, from the profile


def row(name, what, values, unit, at_least=None, at_most=None, cpu=None):
    value = statistics.median(values)
    expected = f"≥ {at_least:,g}" if at_least is not None else f"≤ {at_most:,g}" if at_most is not None else ""
    met = None
    if at_least is not None:
        met = value >= at_least
    if at_most is not None:
        met = value <= at_most
    return Row(name, what, value, unit, expected, met, f"{min(values):,.4g} … {max(values):,.4g}",
               f"{statistics.median(cpu):,.0f} µs" if cpu else "")


class Bench:
    """What all groups need: the driver, how many repetitions, which rows are wanted, which server (a context manager such
    as target.Mailstead), how many messages the big mailbox has; the share of the usual operations that a row does."""

    def __init__(self, driver, repeat, wanted, target=Mailstead, big=100_000, share=1.0):
        self.driver, self.repeat, self.wanted, self.target, self.big = driver, repeat, wanted, target, big
        self.share = share
        self.remarks = []

    def count(self, operations):
        return max(1, int(operations * self.share))

    def measured(self, server, operations, run):
        """Values of `run` over the repetitions, with the server's CPU time per operation in µs."""
        values, cpu = [], []
        for _ in range(self.repeat):
            wait_idle(server)
            before = server.cpu_s()
            values.append(run())
            cpu.append((server.cpu_s() - before) / operations * 1e6)
        return values, cpu

    def steps(self, server, port, commands, **options):
        return self.driver.run("imap", server.ports[port], do=commands, **options)["steps"]


def verified(step, count, octets=None):
    if step["fetches"] != count:
        raise RuntimeError(f"{step['command']}: {step['fetches']} replies, not {count}")
    if octets is not None and step["literal_octets"] != octets:
        raise RuntimeError(f"{step['command']}: {step['literal_octets']} octets, not {octets}")
    return step


def deliveries(b):
    names = {1: "lmtp-1", 8: "lmtp-8", 32: "lmtp-32"}
    many = [n for n in names if b.wanted(names[n])]
    if not many and not b.wanted("lmtp-32-one") and not b.wanted("lmtp-32-rcpt20"):
        return
    with b.target() as s:
        s.add_accounts()
        s.add_many(100)
        port = s.ports["lmtp"]
        b.driver.run("lmtp", port, connections=8, count=b.count(2000), accounts=100)  # opens the accounts

        def deliver(connections, count, accounts=100, recipients=1):
            return b.driver.run("lmtp", port, connections=connections, count=count, accounts=accounts,
                                recipients=recipients)["per_s"]

        for n in many:
            count = b.count({1: 3000, 8: 15000, 32: 30000}[n])
            values, cpu = b.measured(s, count, lambda n=n, count=count: deliver(n, count))
            yield row(names[n], f"durable LMTP deliveries of 8 KiB to 100 accounts, {n} connection{'s'[:n > 1]}", values,
                      "/s", at_least=5000 if n == 32 else None, cpu=cpu)
        if b.wanted("lmtp-32-one"):
            values, cpu = b.measured(s, b.count(20000), lambda: deliver(32, b.count(20000), accounts=1))
            yield row("lmtp-32-one", "the same to one account, 32 connections", values, "/s", cpu=cpu)
        if b.wanted("lmtp-32-rcpt20"):
            values, cpu = b.measured(s, 20 * b.count(2000), lambda: deliver(32, b.count(2000), recipients=20))
            yield row("lmtp-32-rcpt20", "the same, 20 recipients a message, 32 connections", values, "/s", cpu=cpu)


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


SESSION_ROWS = ("imap-login", "imap-login-tls", "imap-login-tls-resumed", "pop3-poll", "append", "store-pipelined")


def sessions(b):
    if not any(b.wanted(r) for r in SESSION_ROWS):
        return
    with b.target() as s:
        s.add_accounts()
        s.add_many(100)
        b.driver.run("lmtp", s.ports["lmtp"], connections=8, count=b.count(10000), accounts=100)
        b.driver.run("pop3-poll", s.ports["pop3"], count=200, accounts=100, connections=2)  # passwords are verified once
        for name, port, options, what in (
                ("imap-login", "imap", {}, "plain"),
                ("imap-login-tls", "imaps", {"tls": 1}, "over TLS, full handshake"),
                ("imap-login-tls-resumed", "imaps", {"tls": 1, "resume": 1}, "over TLS, resumed")):
            if b.wanted(name):
                values, cpu = b.measured(s, b.count(3000), lambda port=port, options=options: b.driver.run(
                    "imap-login", s.ports[port], count=b.count(3000), accounts=100, connections=16, **options)["per_s"])
                yield row(name, f"connect, LOGIN, SELECT, LOGOUT, {what}", values, "/s", cpu=cpu)
        if b.wanted("pop3-poll"):
            values, cpu = b.measured(s, b.count(3000), lambda: b.driver.run(
                "pop3-poll", s.ports["pop3"], count=b.count(3000), accounts=100, connections=16)["per_s"])
            yield row("pop3-poll", "POP3: connect, USER, PASS, UIDL of 100, QUIT", values, "/s", cpu=cpu)
        if b.wanted("append"):
            values, cpu = b.measured(s, b.count(10000), lambda: b.driver.run(
                "imap-append", s.ports["imap"], count=b.count(10000), accounts=100, connections=8, mailbox="Archive")["per_s"])
            yield row("append", "APPEND of 8 KiB, durable, 8 connections", values, "/s", cpu=cpu)
        if b.wanted("store-pipelined"):
            b.driver.run("lmtp", s.ports["lmtp"], connections=32, count=b.count(10000), accounts=1)
            values, cpu = [], []
            for i in range(b.repeat):
                wait_idle(s)
                before = s.cpu_s()
                values.append(b.driver.run("imap-pipeline", s.ports["imap"], count=b.count(10000), depth=64, accounts=1,
                                           command=rf"STORE %d {'+-'[i % 2]}FLAGS.SILENT (\Flagged)")["per_s"])
                cpu.append((s.cpu_s() - before) / b.count(10000) * 1e6)
            yield row("store-pipelined", "STORE of one message, 64 pipelined, durable", values, "/s", cpu=cpu)


def many_accounts(b):
    idle, start = b.wanted("idle-tls"), b.wanted("start-10000")
    if not idle and not start:
        return
    with b.target() as s:
        s.add_accounts()
        s.add_many(10_000)
        b.driver.run("lmtp", s.ports["lmtp"], connections=32, count=20_000, accounts=10_000, size="2000")
        if start:
            values = []
            for _ in range(b.repeat):
                s.stop()
                began = time.monotonic()
                s.start(timeout=120)
                values.append((time.monotonic() - began) * 1000)
            yield row("start-10000", "start-up with 10,000 accounts, until it listens", values, "ms")
        if idle:
            warm, _ = b.driver.crowd(s.ports["imaps"], tls=1, connections=100, accounts=100, first_account=9000)
            end_crowd(warm)
            wait_idle(s)
            before = s.memory_kib()
            crowd, _ = b.driver.crowd(s.ports["imaps"], tls=1, connections=5000, accounts=5000, sources=50)
            wait_idle(s)
            used = (s.memory_kib() - before) / 5000
            end_crowd(crowd)
            yield row("idle-tls", "memory of an idle TLS IMAP session (SELECT, IDLE), 5,000 of them on 5,000 accounts",
                      [used], "KiB", at_most=24)


GROUPS = (deliveries, sessions, big_mailbox, many_accounts)
