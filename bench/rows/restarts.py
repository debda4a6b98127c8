"""Start-up: of many accounts, and after a kill with many messages (row 20)."""

import imaplib
import time

from rows.base import Aim, Measured, expect
from target import PASSWORD

AIMS = {"kill": Aim(None, at_most=1000)}
AIMS["kill"].about = (
    "Ours reads its log again, at most 160 MB, and is there; accounts are loaded when they are asked for. The peers have no log of their own "
    "to read again (Cyrus checks its databases), so the number of messages matters little to them, and they get fewer.")


def many_accounts(b):
    """Of ./dev bench only: the peers' accounts cost them nothing."""
    if b.target.NAME != "mailstead" or not b.wanted("start-10000"):
        return
    with b.server(accounts=10_000) as s:
        b.driver.run("lmtp", s.ports["lmtp"], connections=32, count=20_000, accounts=10_000, size="2000")

        def start():
            s.stop()
            began = time.monotonic()
            s.start(timeout=120)
            return (time.monotonic() - began) * 1000

        yield from b.samples(s, "start-10000", "start-up with 10,000 accounts, until it listens", "ms", start)


def killed(b):
    if not b.wants(AIMS):
        return
    with b.server(accounts=100) as s:
        copies = b.crowd(s.KILL_MESSAGES // 20)
        b.load(s, copies, connections=32, accounts=100, recipients=20, size="1500")
        each = copies * 20 // 100

        def kill():
            s.kill()
            began = time.monotonic()
            s.start(timeout=300)
            c = imaplib.IMAP4("127.0.0.1", s.ports["imap"])
            c.login("u0@example.org", PASSWORD)
            expect("messages after the kill", int(c.select("INBOX")[1][0]), each)
            took = (time.monotonic() - began) * 1000
            c.logout()
            return Measured(took, detail={"messages": copies * 20})

        yield from b.samples(s, "kill", f"kill -9 → login and SELECT, store of {copies * 20:,} messages", "ms", kill)
