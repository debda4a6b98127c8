"""Many accounts, many sessions: start-up and memory."""

import time

from rows.base import row
from target import end_crowd, wait_idle


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
