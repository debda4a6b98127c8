#!/usr/bin/env python3
"""./dev bench versus [--json FILE] [--repeat N] [--messages N] [--share F] [--peers NAMES] [REGEX]: the rows of ./dev bench against Debian's Dovecot
and Cyrus on the same machine in the same run, interleaved: each repetition runs a group of rows on one server after the
other. Prints medians and the ratio to the better peer. A run of all rows writes docs/versus.md."""

import argparse
import collections
import dataclasses
import datetime
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys

import rows
from peers.cyrus import Cyrus
from peers.dovecot import Dovecot
from run import figure, machine, version
from target import Driver, Mailstead

ROOT = pathlib.Path(__file__).resolve().parent.parent
PEERS = (Dovecot, Cyrus)

# Row → the least ratio to the better peer that is expected.
TARGETS = {
    "lmtp-1": 5, "lmtp-8": 8, "lmtp-32": 8, "lmtp-32-rcpt20": 8, "imap-login": 3, "imap-login-tls": 1.5,
    "imap-login-tls-resumed": 1.5, "append": 3, "select-warm": 1, "select-cold": 2, "fetch-flags": 2, "fetch-envelope": 10,
    "fetch-envelope-again": 2, "fetch-bodies": 1.5, "fetch-bodies-tls": 1.5, "pop3-poll": 1.5, "pop3-get": 1.5,
}
FEWER_IS_BETTER = ("ms", "KiB")
GROUPS = [g for g in rows.GROUPS if g.__name__ != "many_accounts"]


@dataclasses.dataclass
class Comparison:
    row: str
    what: str
    unit: str
    ours: float
    peers: dict  # name → median; a peer that cannot do the row is not in it
    ratio: float | None
    spread: str  # ratio of the worst of ours to the best of the peer's … the opposite
    target: float | None


def compare(what, unit, values):
    """`values`: server → what its repetitions gave."""
    def ratio(a, b):
        return b / a if unit in FEWER_IS_BETTER else a / b

    ours = values.get(Mailstead, [])
    peers = {p.NAME: statistics.median(values[p]) for p in PEERS if values.get(p)}
    if not ours or not peers:
        return statistics.median(ours) if ours else None, peers, None, ""
    best = min(PEERS, key=lambda p: ratio(statistics.median(ours), peers[p.NAME]) if p.NAME in peers else float("inf"))
    ends = [ratio(a, b) for a in (min(ours), max(ours)) for b in (min(values[best]), max(values[best]))]
    return statistics.median(ours), peers, ratio(statistics.median(ours), peers[best.NAME]), \
        f"{min(ends):.3g} … {max(ends):.3g}"


def install(peers):
    missing = [p for peer in peers for p in peer.missing()]
    if missing:
        if os.geteuid() != 0:
            raise SystemExit(f"bench: run as root, or install {' '.join(missing)} first")
        print(f"bench: installing {' '.join(missing)}", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing], check=True, env=environment,
                       stdout=subprocess.DEVNULL)


def table(found):
    names = [p.NAME for p in PEERS]
    out = ["| Row | What | Unit | Mailstead | " + " | ".join(n.capitalize() for n in names) + " | Ratio | Spread | Target |",
           "| --- | --- | --- | ---: |" + " ---: |" * len(names) + " ---: | --- | --- |"]
    for c in found:
        cells = [figure(c.peers[n]) if n in c.peers else "—" for n in names]
        ratio = "—" if c.ratio is None else f"{c.ratio:.2f}×"
        verdict = "" if c.target is None or c.ratio is None else f"≥ {c.target:g}×" + (" ✓" if c.ratio >= c.target else " **short**")
        out.append(f"| {c.row} | {c.what} | {c.unit} | {figure(c.ours)} | {' | '.join(cells)} | {ratio} | {c.spread} | {verdict} |")
    return "\n".join(out)


def document(found, facts, remarks):
    return "\n".join([
        "# Side by side", "",
        "Written by `./dev bench versus`; nothing here is edited by hand. The same load driver (`bench/load`) against each server,",
        "one after the other on the same machine, on loopback; a repetition runs all servers before the next begins. The",
        "ratio is to the better peer: above 1, we are ahead. The peers' settings stand in `bench/peers/` with their reasons.", "",
        *[f"- {k}: {v}" for k, v in facts.items()], "", table(found), "",
        "STORE is durable before its OK on our side; Dovecot does not sync flags by default, and is measured so.", "",
        *(["## Remarks on this run", "", *[f"- {r}" for r in dict.fromkeys(remarks)], ""] if remarks else [])])


def main():
    parser = argparse.ArgumentParser(prog="./dev bench versus", description=__doc__)
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--messages", type=int, default=20_000, help="in the big mailbox")
    parser.add_argument("--peers", default="dovecot,cyrus", help="which ones")
    parser.add_argument("--share", type=float, default=0.2, help="of the operations that ./dev bench does")
    parser.add_argument("regex", nargs="?", default="")
    args = parser.parse_args()
    peers = [p for p in PEERS if p.NAME in args.peers.split(",")]
    install(peers)
    wanted = re.compile(args.regex)
    driver = Driver(ROOT / "build/release/bin/load")
    facts = {
        "Command": f"`./dev bench versus --repeat {args.repeat} --messages {args.messages} --share {args.share} --peers {args.peers}" + (f" {args.regex}`" if args.regex else "`"),
        "Date": datetime.date.today().isoformat(),
        "Versions": ", ".join([version(), *[p.version() for p in peers]]),
        "Machine": machine(),
        "Load average at the start": f"{os.getloadavg()[0]:.1f}",
    }
    values = collections.defaultdict(lambda: collections.defaultdict(list))
    about, remarks, found = {}, [], []
    for group in GROUPS:
        for _ in range(args.repeat):
            for server in (Mailstead, *peers):
                bench = rows.Bench(driver, 1, lambda name: wanted.search(name) is not None, server, args.messages, args.share)
                print(f"… {group.__name__}: {server.__name__}", file=sys.stderr, flush=True)
                try:
                    for r in group(bench):
                        values[r.name][server].append(r.value)
                        about[r.name] = (r.what, r.unit)
                except (RuntimeError, OSError, subprocess.SubprocessError) as e:
                    remarks.append(f"{server.__name__}, {group.__name__}: {str(e)[:300]}")
                    print(remarks[-1], flush=True)
        for name in [n for n in about if n not in {c.row for c in found}]:
            what, unit = about[name]
            ours, medians, ratio, spread = compare(what, unit, values[name])
            if ours is None:
                continue
            c = Comparison(name, what, unit, ours, medians, ratio, spread, TARGETS.get(name))
            found.append(c)
            others = "  ".join(f"{n} {figure(v)}" for n, v in medians.items())
            print(f"{name:24} {figure(ours):>12} {unit:11} {others:36} "
                  f"{'' if ratio is None else f'{ratio:.2f}×':>8} ({spread}) {'' if c.target is None else f'≥ {c.target:g}×'}", flush=True)
    if not found:
        raise SystemExit(f"bench: no row matches {args.regex}")
    if args.json:
        pathlib.Path(args.json).write_text(json.dumps(
            {**facts, "rows": [dataclasses.asdict(c) for c in found], "remarks": remarks}, indent=1, ensure_ascii=False))
    if not args.regex and len(peers) == len(PEERS):
        (ROOT / "docs/versus.md").write_text(document(found, facts, remarks))


if __name__ == "__main__":
    main()
