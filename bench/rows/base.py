"""What all groups of rows need: a row, its medians over repetitions, and how one is measured."""

import dataclasses
import statistics
import time

from target import Mailstead, wait_idle


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
