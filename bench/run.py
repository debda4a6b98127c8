#!/usr/bin/env python3
"""./dev bench [--json FILE] [--repeat N] [REGEX]: runs the rows whose name matches against the release build, prints them
as a table. A run of all rows writes docs/benchmarks.md, too."""

import argparse
import dataclasses
import datetime
import itertools
import json
import os
import pathlib
import re
import subprocess
import tempfile
import time

import reasons
import rows
from target import Driver

ROOT = pathlib.Path(__file__).resolve().parent.parent


def disk_syncs():
    """8 KiB appended and fdatasync'ed, one after the other: what one connection could reach at most."""
    with tempfile.NamedTemporaryFile() as f:
        times = []
        for _ in range(500):
            began = time.perf_counter()
            os.write(f.fileno(), os.urandom(8192))
            os.fdatasync(f.fileno())
            times.append(time.perf_counter() - began)
        return 1 / sorted(times)[len(times) // 2]


def machine():
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB memory"


def version():
    binary = os.environ["MAILSTEAD"]
    return subprocess.run([binary, "version"], capture_output=True, text=True, check=True).stdout.strip()


def figure(x):
    return f"{x:,.0f}" if x >= 100 else f"{x:,.3g}"


def table(found):
    out = ["| Row | What | Median | Unit | Smallest … largest | Server CPU an operation | Expected |",
           "| --- | --- | ---: | --- | --- | ---: | --- |"]
    for r in found:
        verdict = {None: "", True: " ✓", False: " **short**"}[r.met]
        out.append(f"| {r.name} | {r.what} | {figure(r.value)} | {r.unit} | {r.spread} | {r.cpu} | {r.expected}{verdict} |")
    return "\n".join(out)


def document(found, facts, remarks):
    lines = ["# Benchmarks", "",
             "Written by `./dev bench`; nothing here is edited by hand. The load driver (`bench/load`) and the server share the",
             "machine; every delivery, APPEND and STORE that counts was acknowledged after it was durable, and what is read",
             "back is verified (counts, octets, checksums of a sample). Beside Dovecot and Cyrus: [versus.md](versus.md).", "",
             *[f"- {k}: {v}" for k, v in facts.items()], "", table(found), ""]
    short = [r for r in found if r.met is False]
    if short:
        lines += ["## Where a number falls short", ""]
        lines += [f"- **{r.name}**: {r.reason or 'not yet profiled'}" for r in short]
        lines.append("")
    if remarks:
        lines += ["## Remarks on this run", "", *[f"- {r}" for r in dict.fromkeys(remarks)], ""]
    return "\n".join(lines)


def results(bench):
    """Every group's rows; where a group fails, the rows before it still count."""
    for group in rows.GROUPS:
        try:
            for _, samples in itertools.groupby(group(bench), key=lambda s: s.name):
                yield group.__name__, rows.row(list(samples))
        except (RuntimeError, OSError, subprocess.SubprocessError) as e:
            yield group.__name__, e


def main():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("regex", nargs="?", default="")
    args = parser.parse_args()
    wanted = re.compile(args.regex)
    bench = rows.Bench(Driver(ROOT / "build/release/bin/load"), args.repeat, lambda name: wanted.search(name) is not None)
    facts = {
        "Command": "`./dev bench" + (f" {args.regex}`" if args.regex else "`"),
        "Date": datetime.date.today().isoformat(),
        "Version": version(),
        "Machine": machine(),
        "Its disk": f"{disk_syncs():,.0f} appends of 8 KiB with fdatasync a second, one after the other",
        "Repetitions": f"{args.repeat}; load average at the start {os.getloadavg()[0]:.1f}",
    }
    found = []
    failed = False
    for name, r in results(bench):
        if isinstance(r, Exception):
            failed = True
            bench.remarks.append(f"the rows of `{name}` ended early: {r}")
            print(f"{name}: {r}", flush=True)
        else:
            r.reason = reasons.REASONS.get(r.name, "") if r.met is False else ""
            found.append(r)
            verdict = {None: "", True: "ok", False: "SHORT"}[r.met]
            print(f"{r.name:24} {figure(r.value):>12} {r.unit:12} {r.expected:>10} {verdict:6} {r.spread:24} {r.cpu:>10}",
                  flush=True)
    if not found:
        raise SystemExit(f"bench: no row matches {args.regex}")
    for k, v in facts.items():
        print(f"{k}: {v}")
    if args.json:
        pathlib.Path(args.json).write_text(json.dumps(
            {**facts, "rows": [dataclasses.asdict(r) for r in found], "remarks": bench.remarks}, indent=1, ensure_ascii=False))
    if not args.regex:
        (ROOT / "docs/benchmarks.md").write_text(document(found, facts, bench.remarks))
    if failed:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
