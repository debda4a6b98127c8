"""What changes many messages of the big mailbox: COPY, MOVE, EXPUNGE, and what a client must then be told (rows 11, 12, 15)."""

from rows.base import Aim, Measured, expect

AIMS = {"copy": Aim(5), "move": Aim(5), "expunge": Aim(2), "resync": Aim(None), "resync-octets": Aim(None)}
AIMS["copy"].about = AIMS["move"].about = (
    "The bodies are shared on all sides (hard links with the peers, references here), so what counts is a file and an index entry a "
    "message against keys of one commit.")
AIMS["expunge"].about = (
    "Ours and Cyrus keep what was expunged for a while and only take it out of the list; Dovecot's sdbox removes a file a message.")
AIMS["resync"].about = AIMS["resync-octets"].about = (
    "ENABLE QRESYNC, then one SELECT with what the client knew: one round trip each on all three servers. The octets are what the "
    "server sends for 500 changed flags, 250 expunged and 250 new messages.")


def exists(b, s, mailbox):
    return b.steps(s, "imap", [f"EXAMINE {mailbox}"])[0]["exists"]


def changes(b, s):
    some = min(10_000, b.big)
    if b.wants(("copy", "move")):
        yield from copies(b, s, some)

    def expunge():
        # Every other message, in pieces that fit any server's longest line.
        odd = list(range(1, b.big + 1, 2))
        marks = [rf"STORE {','.join(map(str, odd[i:i + 900]))} +FLAGS.SILENT (\Deleted)" for i in range(0, len(odd), 900)]
        b.steps(s, "imap", ["CREATE Half", "SELECT INBOX", "COPY 1:* Half", "SELECT Half", *marks])
        try:
            step = b.steps(s, "imap", ["SELECT Half", "EXPUNGE"])[1]
            expect("messages after EXPUNGE", exists(b, s, "Half"), b.big - len(odd))
            expect("EXPUNGE responses", min(step["responses"], len(odd)), len(odd))
            return len(odd) * 1000 / step["ms"]
        finally:
            b.steps(s, "imap", ["DELETE Half"])

    yield from b.samples(s, "expunge", f"EXPUNGE of every other of {b.big:,}", "messages/s", expunge)
    yield from resync(b, s)


def copies(b, s, some):
    def copy():
        b.steps(s, "imap", ["CREATE Copied"])
        step = b.steps(s, "imap", ["SELECT INBOX", f"COPY 1:{some} Copied"])[1]
        expect("messages after COPY", exists(b, s, "Copied"), some)
        b.steps(s, "imap", ["DELETE Copied"])
        return some * 1000 / step["ms"]

    def move():
        b.steps(s, "imap", ["CREATE Copied", "CREATE Moved", "SELECT INBOX", f"COPY 1:{some} Copied"])
        step = b.steps(s, "imap", ["SELECT Copied", f"MOVE 1:{some} Moved"])[1]
        expect("messages after MOVE", (exists(b, s, "Copied"), exists(b, s, "Moved")), (0, some))
        b.steps(s, "imap", ["DELETE Copied", "DELETE Moved"])
        return some * 1000 / step["ms"]

    yield from b.samples(s, "copy", f"COPY of {some:,}", "messages/s", copy)
    yield from b.samples(s, "move", f"MOVE of {some:,}", "messages/s", move)


def resync(b, s):
    """One thousand changes since the client was last there, in a copy of the mailbox."""
    if not b.wants(("resync", "resync-octets")):
        return
    name, rounds = "the same: octets that the server sends", 0

    def once():
        nonlocal rounds
        if not rounds:
            b.steps(s, "imap", ["CREATE Synced", "SELECT INBOX", f"COPY 1:{max(1000, b.big // 2)} Synced"])
        select = b.steps(s, "imap", ["ENABLE CONDSTORE QRESYNC", "SELECT Synced"])[1]
        b.steps(s, "imap", [
            "SELECT Synced", rf"STORE 1:500 {'+-'[rounds % 2]}FLAGS.SILENT (\Answered)", r"STORE 501:750 +FLAGS.SILENT (\Deleted)",
            "EXPUNGE", "SELECT INBOX", "COPY 1:250 Synced"])
        step = b.steps(s, "imap", ["ENABLE CONDSTORE QRESYNC",
                                   f"SELECT Synced (QRESYNC ({select['uidvalidity']} {select['modseq']}))"])[1]
        # New messages are told with their flags, too (RFC 7162 §3.2.5).
        expect("told as vanished and changed", (step["vanished"], step["fetches"]), (250, 750))
        rounds += 1
        return Measured(step["ms"], detail={"round trips": 2}, also={"resync-octets": (name, "octets", step["octets"])})

    yield from b.samples(s, "resync", "QRESYNC after 1,000 changes: SELECT to OK", "ms", once)
    b.steps(s, "imap", ["DELETE Synced"])
