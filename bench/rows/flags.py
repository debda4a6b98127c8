"""STORE: one by one, pipelined, and of many at once (row 9); with flags synced on both sides, and with neither."""

from rows.base import Aim, expect

RELAXED = "-relaxed"
AIMS = {
    "store-one": Aim(3), "store-pipelined": Aim(3), "store-10000": Aim(3),
    "store-one" + RELAXED: Aim(1), "store-pipelined" + RELAXED: Aim(3), "store-10000" + RELAXED: Aim(1),
}
AIMS["store-one"].about = (
    "Each STORE is on disk before its OK (Dovecot: mail_fsync=always). A sync of the log each: of our 0.13 ms the bare sync, over "
    "zeros, takes 0.1.")
AIMS["store-pipelined"].about = (
    "The same promise, 64 commands sent ahead: commands that wait together can share a sync; the peers sync for each.")
AIMS["store-10000"].about = (
    "One command, one sync on all sides; what counts is the work for a message. Dovecot appends a range of UIDs to its log; ours "
    "writes a block of rows for each 64 messages.")
for _name in ("store-one", "store-pipelined", "store-10000"):
    AIMS[_name + RELAXED].about = (
        "No sync is waited for on both sides: ours with its setting for it, Dovecot as it is by default (`mail_fsync=optimized` "
        "does not sync flags). Cyrus has no such setting.")


def flags(b, variant="synced"):
    suffix = RELAXED if variant == "relaxed" else ""
    promise = "acknowledged before the sync" if suffix else "durable"
    if not b.wants([r for r in AIMS if r.endswith(RELAXED) == bool(suffix)], variant):
        return
    with b.server(variant) as s:
        messages = max(1000, b.crowd(10_000))
        b.load(s, messages, connections=32)
        turn = 0

        def flagged():
            return b.steps(s, "imap", ["EXAMINE INBOX", "SEARCH FLAGGED"])[1]["hits"]

        def pipelined(depth, count):
            nonlocal turn
            turn += 1
            b.steps(s, "imap", ["SELECT INBOX", rf"STORE 1:* {'+-'[turn % 2]}FLAGS.SILENT (\Flagged)"])
            got = b.driver.run("imap-pipeline", s.ports["imap"], count=count, depth=depth,
                               command=rf"STORE %d {'-+'[turn % 2]}FLAGS.SILENT (\Flagged)")["per_s"]
            expect("flagged messages", flagged(), count if turn % 2 else messages - count)
            return got

        def at_once():
            nonlocal turn
            turn += 1
            sign = "+-"[turn % 2]
            b.steps(s, "imap", ["SELECT INBOX", rf"STORE 1:* {'-+'[turn % 2]}FLAGS.SILENT (\Flagged)"])
            got = b.steps(s, "imap", ["SELECT INBOX", rf"STORE 1:{messages} {sign}FLAGS.SILENT (\Flagged)"])[1]["ms"]
            expect("flagged messages", flagged(), messages if sign == "+" else 0)
            return messages * 1000 / got

        few, many = min(messages, b.count(2500, 200)), min(messages, b.count(10_000, 500))
        yield from b.samples(s, "store-one" + suffix, f"STORE of one message after the other, {promise}", "/s",
                             lambda: pipelined(1, few), few)
        yield from b.samples(s, "store-pipelined" + suffix, f"STORE of one message, 64 pipelined, {promise}", "/s",
                             lambda: pipelined(64, many), many)
        yield from b.samples(s, "store-10000" + suffix, f"STORE 1:{messages} +FLAGS.SILENT, {promise}", "messages/s", at_once, messages)


def relaxed_flags(b):
    yield from flags(b, "relaxed")
