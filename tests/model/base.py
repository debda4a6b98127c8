"""What all the others need: the clock of events, violations, octets of messages."""

import random
import re

GONE = None  # the state of a message that was removed


class Violation(Exception):
    """`name`: I1 … I21, P1 … P7, S1 … (README.md)."""

    def __init__(self, name, text, *sessions):
        super().__init__(f"{name}: {text}")
        self.name, self.sessions = name, sessions


def check(ok, name, text, *sessions):
    if not ok:
        raise Violation(name, text() if callable(text) else text, *sessions)


class Clock:
    """Events are numbered: what was sent at 7 may be answered as of any moment since 7."""

    now = 0

    @classmethod
    def tick(cls):
        cls.now += 1
        return cls.now


TODAY = "24-Nov-2026"
SENDERS = ("bob@example.net", "eve@example.com", "carol@example.net")
WORDS = ("apple", "birch", "cedar", "dahlia", "elm")
MESSAGE_ID = re.compile(rb"Message-ID: <([^@]+)@", re.I)


class Content:
    """The octets of one message, and what was ever told of them (I4): whoever copies it, they stay the same."""

    def __init__(self, serial, rng: random.Random):
        self.mid = f"m{serial}"
        self.root = f"m{serial - rng.randint(0, 3)}"  # of its thread
        self.sender = rng.choice(SENDERS)
        self.word = rng.choice(WORDS)
        self.subject = f"{self.word} {self.mid}"
        self.day = rng.randint(1, 28)
        self.facts = {}
        self.delivered = False
        self.exact = True  # `data` is what is stored; else something was put in front of it (LMTP)
        self.secret = f"body{serial}x"
        lines = "".join(f"line {n} {rng.choice(WORDS)}\r\n" for n in range(rng.choice((1, 3, 3, 12))))
        if rng.random() < 0.02:
            lines += "x" * 70 + "\r\n" + ("y" * 70 + "\r\n") * 70  # more than a LITERAL- may have
        head = (
            f"From: A Person <{self.sender}>\r\nTo: ann@example.org\r\nSubject: {self.subject}\r\n"
            f"Message-ID: <{self.mid}@m>\r\nDate: Tue, {self.day:02} Nov 2026 10:00:00 +0000\r\n"
        )
        if self.root != self.mid:
            head += f"References: <{self.root}@m>\r\n"
        self.multipart = rng.random() < 0.3
        text = f"{self.secret}\r\n.dotted\r\n{lines}"
        if self.multipart:
            head += "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=bb\r\n"
            body = (
                f"--bb\r\nContent-Type: text/plain\r\n\r\n{text}\r\n--bb\r\nContent-Type: application/octet-stream\r\n"
                "Content-Transfer-Encoding: base64\r\n\r\nAAECAwQF\r\n--bb--\r\n"
            )
            self.parts = {"BODY[1]": text, "BINARY[2]": "\0\1\2\3\4\5", "BINARY.SIZE[2]": "6"}
        else:
            body = text
            self.parts = {"BODY[1]": body, "BINARY[1]": body, "BINARY.SIZE[1]": str(len(body))}
        self.parts = {name: v if "SIZE" in name else v.encode() for name, v in self.parts.items()}
        self.set((head + "\r\n" + body).encode())

    def set(self, data):
        self.data = data
        split = data.index(b"\r\n\r\n") + 4
        self.header, self.text = data[:split], data[split:]

    @classmethod
    def of(cls, mid, data):
        """Made of others' parts (CATENATE)."""
        new = cls.__new__(cls)
        new.__dict__.update(mid=mid, root=None, sender=None, word=None, subject=None, day=None, facts={}, exact=True, delivered=False,
                            secret=None, multipart=None, parts={})
        new.set(data)
        return new

    @classmethod
    def unknown(cls, mid):
        """Of the server itself: a quota warning."""
        new = cls.of(mid, b"\r\n\r\n")
        new.data = new.header = new.text = b""
        new.exact, new.delivered = False, True
        return new

    def section(self, name):
        """What FETCH must answer for an item; None: not known."""
        if name == "RFC822.SIZE":
            return str(len(self.data)) if self.exact else None
        cut = re.fullmatch(r"BODY\[\]<(\d+)>", name)
        if cut:
            return None  # the length is known to the caller only
        if name == "BODY[]":
            return self.data if self.exact else None
        if name == "BODY[HEADER]":
            return self.header if self.exact else None
        if name == "BODY[TEXT]":
            return self.text or None
        if name.startswith("BODY[HEADER.FIELDS (MESSAGE-ID"):
            return f"Message-ID: <{self.mid}@m>\r\n\r\n".encode() if self.subject else None
        return self.parts.get(name)

    def learn(self, name, value, *sessions):
        if name == "BODY[]" and not self.exact:
            check(value.endswith(self.data), "S5", f"{self.mid} was delivered with other octets", *sessions)
            self.set(value)
            self.exact = True
        expected = self.section(name)
        check(expected is None or expected == value, "I4", lambda: f"{name} of {self.mid} is {value!r}, not {expected!r}", *sessions)
        before = self.facts.setdefault(name, value)
        check(before == value, "I4", lambda: f"{name} of {self.mid} was {before!r} and is {value!r}", *sessions)
