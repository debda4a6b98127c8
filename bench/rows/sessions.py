"""What many short sessions do: log in, look, append."""

from rows.base import row
from target import wait_idle

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
