"""SEARCH, SORT and THREAD in the big mailbox (rows 13 and 14)."""

import re

from rows.base import Aim, Measured, expect

AIMS = {
    "search-flags": Aim(8), "search-date": Aim(8), "search-header": Aim(8), "search-text": Aim(8),
    "sort-date": Aim(2), "sort-subject": Aim(2), "thread": Aim(2), "search-text-indexed": Aim(2),
}
AIMS["search-flags"].about = "Flags lie in memory or in an index on all sides; a millisecond of the session is part of the number."
AIMS["search-date"].about = (
    "SENTSINCE needs the Date header, which the peers have in a cache file. Ours keeps what messages are compared by in columns in "
    "memory, made by the first command that needs them (the unmeasured run) and let go when nobody asks.")
AIMS["search-header"].about = (
    "HEADER FROM: Dovecot's cache holds the field once it was asked for (the first, unmeasured run), Cyrus' cache holds it always. "
    "Ours looks for the text once in each distinct list of addresses, in memory.")
AIMS["search-text"].about = (
    "Every octet is looked at: decoded, brought to one case and compared. The peers open and parse a file a message. Ours "
    "reads some messages while it looks through others, on both processors: a fifth of the CPU time is the kernel's, a sixth decompression, "
    "as much copies, a tenth each the allocator and the key-value store; the rest is decoding headers and comparing (perf).")
AIMS["sort-date"].about = AIMS["sort-subject"].about = AIMS["thread"].about = (
    "The keys lie in caches on all sides (the first run is not measured): files of records with the peers, columns in memory here. "
    "Texts have ranks, so SORT sorts numbers, in linear time; THREAD links messages by numbers.")
AIMS["search-text-indexed"].about = "The word is looked up; Dovecot with Debian's dovecot-fts-xapian. Indexing is not in the number."


def search(b, s, command, count):
    """ms, and how many it found: the same everywhere."""
    step = b.steps(s, "imap", ["EXAMINE INBOX", command])[1]
    expect("messages in the mailbox", b.steps(s, "imap", ["EXAMINE INBOX"])[0]["exists"], count)
    return Measured(step["ms"], proof=step["hits"])


def finds(b, s):
    if b.wanted("search-flags"):  # every hundredth block of a hundred
        flagged = ",".join(f"{n}:{n + 99}" for n in range(1, b.big - 99, 1000))
        b.steps(s, "imap", ["SELECT INBOX", rf"STORE {flagged} +FLAGS.SILENT (\Flagged)"])
    text = b.big // 5
    for name, what, command in (
            ("search-flags", f"SEARCH FLAGGED UNSEEN in {b.big:,}", "SEARCH FLAGGED UNSEEN"),
            ("search-date", f"SEARCH SENTSINCE SINCE in {b.big:,}", "SEARCH SENTSINCE 24-Nov-2026 SINCE 1-Jan-2020"),
            ("search-header", f"SEARCH FROM in {b.big:,}", 'SEARCH FROM "hopper"'),
            ("sort-date", f"SORT (REVERSE DATE) of {b.big:,}", "SORT (REVERSE DATE) UTF-8 ALL"),
            ("sort-subject", f"SORT (SUBJECT) of {b.big:,}", "SORT (SUBJECT) UTF-8 ALL"),
            ("thread", f"THREAD REFERENCES of {b.big:,}", "THREAD REFERENCES UTF-8 ALL")):
        yield from b.samples(s, name, what, "ms", lambda command=command: search(b, s, command, b.big), warm=True)
    if b.wanted("search-text"):
        word = rare_word(b, s)
        yield from b.samples(s, "search-text", f"SEARCH TEXT, no index, of {text:,} messages", "ms",
                             lambda: search(b, s, f'SEARCH 1:{text} TEXT "{word}"', b.big), warm=True)


def rare_word(b, s):
    """A long word of the text of the first messages: in few messages, and in no other word."""
    import imaplib

    from target import PASSWORD
    c = imaplib.IMAP4("127.0.0.1", s.ports["imap"])
    c.login("u0@example.org", PASSWORD)
    c.select("INBOX", readonly=True)
    words = {}
    for part in c.fetch("1:40", "(BODY.PEEK[TEXT])")[1]:
        if isinstance(part, tuple):
            for w in re.findall(rb"(?<![\w/+=])[a-z]{10}(?![\w/+=])", part[1]):
                words[w] = words.get(w, 0) + 1
    c.logout()
    return min(words, key=lambda w: (words[w], w)).decode()


def indexed(b):
    """Row 13 with a full-text index: Dovecot with a plugin, so a server of its own."""
    if not b.wants(("search-text-indexed",), "indexed"):
        return
    with b.server("indexed") as s:
        count = max(200, b.big // 50)  # Dovecot's plugin indexes some 20 a second
        b.load(s, count, connections=1, size="real")
        word = rare_word(b, s)
        s.settle_index(lambda: b.steps(s, "imap", ["SELECT INBOX", f'SEARCH TEXT "{word}"']))
        yield from b.samples(s, "search-text-indexed", f"SEARCH TEXT with a full-text index, in {count:,} messages", "ms",
                             lambda: search(b, s, f'SEARCH TEXT "{word}"', count), warm=True)
