"""SEARCH TEXT over one big mailbox, with the index and without; what the index costs. Ours alone."""

import collections
import re
import time

from harness.mail import imap
from rows.base import Sample
from target import PASSWORD, wait_idle

ROWS = ("index-build", "index-size", "search-rare", "search-common", "search-phrase", "search-rare-scan",
        "search-common-scan")
USER = "u0@example.org"
AIMS = {}


def words(server, big):
    """A word of one message alone, a word of the body that many have, and three that stand side by side."""
    client = imap(server, USER, PASSWORD)
    client.select("INBOX", readonly=True)
    header = client.fetch(str(big // 2), "(BODY.PEEK[HEADER.FIELDS (X-Body-Sum)])")[1][0][1].decode()
    body = client.fetch(str(big // 3), "(BODY.PEEK[TEXT])")[1][0][1].decode(errors="replace")
    client.logout()
    counts = collections.Counter(re.findall(r"[a-z]{5,}", body))
    phrase = re.search(r"\b[a-z]{4,} [a-z]{4,} [a-z]{4,}\b", body).group()
    return header.split(": ")[1].strip(), counts.most_common(1)[0][0], phrase


def found(server, text):
    client = imap(server, USER, PASSWORD)
    client.select("INBOX", readonly=True)
    numbers = client.uid("SEARCH", "TEXT", f'"{text}"')[1][0]
    client.logout()
    return numbers


def search_index(b):
    if not b.alone or not b.wants(ROWS, "indexed"):
        return
    with b.server("indexed") as s:
        b.driver.run("lmtp", s.ports["lmtp"], connections=32, count=b.big, size="real")
        s.until_indexed(USER)

        def build():
            began = time.monotonic()
            s.admin("index", "rebuild", USER)
            s.until_indexed(USER)
            return b.big / (time.monotonic() - began)

        yield from b.samples(s, "index-build", f"index of {b.big:,} messages of mixed sizes made anew, in the background",
                             "messages/s", build, operations=b.big, at_least=5000)
        wait_idle([s])
        s.stop()  # the log goes into the file
        s.start(timeout=120)
        if b.wanted("index-size"):
            size = sum(f.stat().st_size for f in (s.dir / "data/index").iterdir())
            mail = sum(f.stat().st_size for f in (s.dir / "data/store").glob("*.blob"))
            yield Sample("index-size", f"the index ÷ the same messages as stored, compressed ({mail / 1e6:,.0f} MB)", "%",
                         100 * size / mail, at_most=25)
        rare, common, phrase = words(s, b.big)
        asked = {"rare": (rare, "a word of one message", 20), "common": (common, "a common word", 100),
                 "phrase": (phrase, "three common words", None)}
        with_index = {name: found(s, text) for name, (text, _, _) in asked.items()}

        def ask(text, repeat=10):
            times = [x["ms"] for x in b.steps(s, "imap", ["EXAMINE INBOX", f'SEARCH TEXT "{text}"'], repeat=repeat)
                     if x["command"].startswith("SEARCH")]
            return sorted(times)[len(times) // 2]

        for name, (text, what, most) in asked.items():
            yield from b.samples(s, f"search-{name}", f"SEARCH TEXT of {what} in {b.big:,} messages "
                                 f"({len(with_index[name].split()):,} found), median of 10", "ms",
                                 lambda text=text: ask(text), operations=10, warm=True, at_most=most)
        s.stop()
        s.config.write_text(s.config.read_text() + "\n[search]\nindex = false\n")
        s.start(timeout=120)
        for name, (text, what, _) in asked.items():
            if found(s, text) != with_index[name]:
                raise RuntimeError(f"the index and the scan differ about {text!r}")
            if name != "phrase":
                yield from b.samples(s, f"search-{name}-scan", "the same without the index", "ms",
                                     lambda text=text: ask(text, 1))
