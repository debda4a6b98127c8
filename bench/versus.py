#!/usr/bin/env python3
"""./dev bench versus [--quick] [--json FILE] [--repeat N] [--messages N] [--share F] [--peers NAMES] [REGEX]: the rows of
./dev bench against Debian's Dovecot and Cyrus on the same machine in the same run, interleaved: each repetition of a row
runs on one server after the other, while the others wait. Prints medians and the ratio to the better peer. A run of all
rows that is not --quick writes docs/versus.md."""

import argparse
import collections
import contextlib
import dataclasses
import datetime
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

import rows
from peers.cyrus import Cyrus
from peers.dovecot import Dovecot
from rows.limits import LIMITS, Limit
from run import figure, machine, version
from target import Driver, Mailstead
from versus_page import page

ROOT = pathlib.Path(__file__).resolve().parent.parent
PEERS = (Dovecot, Cyrus)
FEWER_IS_BETTER = ("ms", "KiB", "bytes", "octets")
DEFAULTS = {"repeat": 3, "messages": 100_000, "share": 0.1}
QUICK = {"repeat": 1, "messages": 2000, "share": 0.01}


@dataclasses.dataclass
class Comparison:
    row: str
    what: str
    unit: str
    ours: float
    peers: dict  # name → median; a peer that cannot do the row is not in it
    ratio: float | None  # to the better peer; above 1, we are ahead
    spread: str  # ratio of the worst of ours to the best of the peer's … the opposite
    target: float | None  # the least ratio
    at_most: float | None  # our own number
    met: bool | None
    limit: float | None  # what the disk or the connection carries
    of_limit: float | None  # our share of it that is expected
    busy: dict  # server → CPU seconds a second: the server's + the driver's
    detail: dict  # server → what else the run found


def compare(name, samples):
    """`samples`: server → its repetitions."""
    first = samples[Mailstead][0]
    values = {server: [s.value for s in got] for server, got in samples.items()}

    def ratio(a, b):
        return b / a if first.unit in FEWER_IS_BETTER else a / b

    ours = statistics.median(values[Mailstead])
    peers = {p: statistics.median(values[p]) for p in PEERS if p in values}
    aim = rows.AIMS.get(name, rows.Aim(None))
    best = min(peers, key=lambda p: ratio(ours, peers[p]), default=None)
    found = ratio(ours, peers[best]) if best else None
    ends = [ratio(a, b) for a in (min(values[Mailstead]), max(values[Mailstead]))
            for b in (min(values[best]), max(values[best]))] if best else []
    met = ours <= aim.at_most if aim.at_most is not None else found >= aim.ratio if aim.ratio and best else None
    return Comparison(
        name, first.what, first.unit, ours, {p.NAME: v for p, v in peers.items()}, found,
        f"{min(ends):.3g} … {max(ends):.3g}" if ends else "", aim.ratio, aim.at_most, met,
        statistics.median(values[Limit]) if Limit in values else None, aim.of_limit,
        {server.NAME: got[-1].busy for server, got in samples.items()},
        {server.NAME: got[-1].detail for server, got in samples.items() if got[-1].detail})


def install(peers):
    missing = [p for peer in peers for p in peer.missing()]
    if missing:
        if os.geteuid() != 0:
            raise SystemExit(f"bench: run as root, or install {' '.join(missing)} first")
        print(f"bench: installing {' '.join(missing)}", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing], check=True, env=environment,
                       stdout=subprocess.DEVNULL)


class Run:
    def __init__(self, args, peers):
        wanted = re.compile(args.regex)
        running = []
        self.remarks, self.found, self.took = [], [], {}
        self.servers = {server: rows.Bench(Driver(ROOT / "build/release/bin/load"), args.repeat, wanted.search, server, args.messages,
                                           args.share, running) for server in (Mailstead, *peers, Limit)}

    def interleaved(self, group):
        """The group's samples on all servers, in turns: A B C A B C. A server that fails misses the rest of the group."""
        waiting = {server: group(bench) for server, bench in self.servers.items() if server is not Limit}
        if group in LIMITS:
            waiting[Limit] = LIMITS[group](self.servers[Limit])
        with contextlib.ExitStack() as stack:
            for samples in waiting.values():
                stack.callback(samples.close)
            while waiting:
                for server in list(waiting):
                    try:
                        yield server, next(waiting[server])
                    except StopIteration:
                        del waiting[server]
                    except (RuntimeError, OSError, subprocess.SubprocessError) as e:
                        del waiting[server]
                        self.remark(f"{server.NAME}, {group.__name__}: {str(e)[:300]}")

    def remark(self, text):
        self.remarks.append(text)
        print(text, flush=True)

    def all(self):
        for group in rows.GROUPS:
            if group is rows.restarts.many_accounts:
                continue
            began = time.monotonic()
            by_row = collections.defaultdict(lambda: collections.defaultdict(list))
            for server, sample in self.interleaved(group):
                by_row[sample.name][server].append(sample)
                print(f"… {sample.name}: {server.NAME} {figure(sample.value)} {sample.unit}, CPU {sample.busy}", file=sys.stderr,
                      flush=True)
            self.took[group.__name__] = time.monotonic() - began
            print(f"… {group.__name__} took {self.took[group.__name__]:.0f} s", file=sys.stderr, flush=True)
            for name, samples in by_row.items():
                yield from self.compared(name, samples)
        self.remarks += [r for bench in self.servers.values() for r in bench.remarks]

    def compared(self, name, samples):
        proofs = {server.NAME: got[-1].proof for server, got in samples.items() if got[-1].proof is not None}
        if len(set(proofs.values())) > 1:
            self.remark(f"{name}: the servers found different things: {proofs}")
        known = next((c for c in self.found if c.row == name), None)
        if known is not None and Mailstead not in samples:  # a peer's variant, in a group of its own
            self.found.remove(known)
            samples = {**self.samples[name], **samples}
        if Mailstead not in samples:
            return
        self.samples = getattr(self, "samples", {})
        self.samples[name] = samples
        c = compare(name, samples)
        self.found.append(c)
        yield c


def show(c):
    others = "  ".join(f"{n} {figure(v)}" for n, v in c.peers.items())
    target = f"≤ {c.at_most:g}" if c.at_most is not None else f"≥ {c.target:g}×" if c.target else ""
    verdict = {None: "", True: "ok", False: "SHORT"}[c.met]
    limit = f"  {c.ours / c.limit:.0%} of the limit {figure(c.limit)}" if c.limit else ""
    print(f"{c.row:24} {figure(c.ours):>12} {c.unit:11} {others:36} "
          f"{'' if c.ratio is None else f'{c.ratio:.2f}×':>8} ({c.spread}) {target} {verdict}{limit}", flush=True)


def main():
    parser = argparse.ArgumentParser(prog="./dev bench versus", description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"all rows, small: {QUICK}")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--repeat", type=int)
    parser.add_argument("--messages", type=int, help="in the big mailbox")
    parser.add_argument("--peers", default="dovecot,cyrus", help="which ones")
    parser.add_argument("--share", type=float, help="of the operations that ./dev bench does")
    parser.add_argument("regex", nargs="?", default="")
    args = parser.parse_args()
    for key, value in (QUICK if args.quick else DEFAULTS).items():
        if getattr(args, key) is None:
            setattr(args, key, value)
    peers = [p for p in PEERS if p.NAME in args.peers.split(",")]
    install(peers)
    facts = {
        "Command": f"`./dev bench versus --repeat {args.repeat} --messages {args.messages} --share {args.share}"
                   f" --peers {args.peers}{' ' + args.regex if args.regex else ''}`",
        "Date": datetime.date.today().isoformat(),
        "Versions": ", ".join([version(), *[p.version() for p in peers]]),
        "Machine": machine(),
        "Load average at the start": f"{os.getloadavg()[0]:.1f}",
    }
    began = time.monotonic()
    run = Run(args, peers)
    for c in run.all():
        show(c)
    if not run.found:
        raise SystemExit(f"bench: no row matches {args.regex}")
    facts["Took"] = f"{(time.monotonic() - began) / 60:.0f} minutes ({', '.join(f'{g} {s:.0f} s' for g, s in run.took.items() if s > 1)})"
    print(f"Took: {facts['Took']}")
    if args.json:
        pathlib.Path(args.json).write_text(json.dumps(
            {**facts, "rows": [dataclasses.asdict(c) for c in run.found], "remarks": run.remarks}, indent=1, ensure_ascii=False))
    if not args.regex and not args.quick and len(peers) == len(PEERS):
        (ROOT / "docs/versus.md").write_text(page(run.found, facts, run.remarks))


if __name__ == "__main__":
    main()
