"""What all groups of rows need: what they yield, and how one thing is measured."""

import contextlib
import dataclasses
import statistics
import time

from target import Mailstead, wait_idle


@dataclasses.dataclass
class Sample:
    """One repetition of a row on one server."""
    name: str
    what: str
    unit: str
    value: float
    at_least: float | None = None  # what ./dev bench expects of us
    at_most: float | None = None
    cpu_us: float | None = None  # the server's CPU time an operation
    busy: str = ""  # CPU seconds a second: the server's, the driver's
    proof: object = None  # what every server must have found alike
    detail: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass
class Measured:
    """What a run may return instead of its number."""
    value: float
    proof: object = None
    detail: dict = dataclasses.field(default_factory=dict)
    also: dict = dataclasses.field(default_factory=dict)  # more rows of the same run: name → (what, unit, value)


@dataclasses.dataclass
class Aim:
    """Of a row in ./dev bench versus: the least ratio to the better peer, and what explains the difference."""
    ratio: float | None
    about: str = ""
    at_most: float | None = None  # our own number, instead of a ratio
    of_limit: float | None = None  # the share of what the disk or the connection can carry


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


def row(samples):
    """The median of a row's samples."""
    first, values = samples[0], [s.value for s in samples]
    value = statistics.median(values)
    expected, met = "", None
    if first.at_least is not None:
        expected, met = f"≥ {first.at_least:,g}", value >= first.at_least
    if first.at_most is not None:
        expected, met = f"≤ {first.at_most:,g}", value <= first.at_most
    cpu = [s.cpu_us for s in samples if s.cpu_us is not None]
    return Row(first.name, first.what, value, first.unit, expected, met, f"{min(values):,.4g} … {max(values):,.4g}",
               f"{statistics.median(cpu):,.0f} µs" if cpu else "")


class Bench:
    """What all groups need: the driver, how many repetitions, which rows are wanted, which server (a class such as
    target.Mailstead), how many messages the big mailbox has; the share of the usual operations that a row does.
    `running`: all servers of the run, for none may work while another is measured."""

    def __init__(self, driver, repeat, wanted, target=Mailstead, big=100_000, share=1.0, running=None):
        self.driver, self.repeat, self.wanted, self.target, self.big = driver, repeat, wanted, target, big
        self.share = share
        self.alone = running is None
        self.running = [] if running is None else running
        self.remarks = []
        self.seeds = 1  # that of what is loaded

    def count(self, operations, least=1):
        return max(least, int(operations * self.share))

    def crowd(self, sessions):
        """Their number is part of the row: sessions are fewer only where messages are, too. Of few, nothing can be told."""
        return max(200, int(sessions * min(1.0, self.big / 100_000)))

    def wants(self, rows, variant=""):
        """Whether one of these rows is wanted, and the server can be set up so."""
        return variant in self.target.VARIANTS and any(self.wanted(r) for r in rows)

    @contextlib.contextmanager
    def server(self, variant="", accounts=1):
        with self.target(variant) as s:
            self.running.append(s)
            try:
                s.add_accounts()
                s.add_many(accounts)
                yield s
            finally:
                self.running.remove(s)

    def samples(self, s, name, what, unit, run, operations=None, warm=False, repeat=None, at_least=None, at_most=None):
        """Yields what `run` returns (a number or a Measured), once a repetition. `warm`: one more before, for what the
        others' cold rows took from the caches."""
        if not self.wanted(name):
            return
        if warm:
            run()
        for _ in range(repeat or self.repeat):
            wait_idle(self.running)
            before, driver, began = s.cpu_s(), self.driver.cpu_s, time.monotonic()
            got = run()
            took, used = time.monotonic() - began, max(0.0, s.cpu_s() - before)  # restarted: only since then
            got = got if isinstance(got, Measured) else Measured(got)
            yield Sample(name, what, unit, got.value, at_least, at_most, used / operations * 1e6 if operations else None,
                         f"{used / took:.2f} + {(self.driver.cpu_s - driver) / took:.2f}", got.proof, got.detail)
            for other, (what_else, its_unit, value) in got.also.items():
                yield Sample(other, what_else, its_unit, value)

    def new_mail(self):
        """The seed of messages that no run before brought: equal ones a server may keep once. The same on all servers."""
        self.seeds += 1
        return self.seeds

    def steps(self, s, port, commands, **options):
        return self.driver.run("imap", s.ports[port], do=commands, **options)["steps"]

    def load(self, s, count, connections, **options):
        """Mail that is only there to be read: not synced one by one, where the server can be told so."""
        with s.loading():
            return self.driver.run("lmtp", s.ports["lmtp"], count=count, connections=min(connections, s.loaders()), **options)


def verified(step, count, octets=None):
    if step["fetches"] != count:
        raise RuntimeError(f"{step['command']}: {step['fetches']} replies, not {count}")
    if octets is not None and step["literal_octets"] != octets:
        raise RuntimeError(f"{step['command']}: {step['literal_octets']} octets, not {octets}")
    return step


def expect(what, found, wanted):
    if found != wanted:
        raise RuntimeError(f"{what}: {found}, not {wanted}")
    return found
