#!/usr/bin/env python3
"""Checks the table of capabilities in docs/imap.md: a row that is supported names files that are there, one from the RFC's
examples and another from its edges, both run in every mode; what capability.cc advertises has such a
row; each transcript of IMAP cites its RFC. `--self-test` plants faults and must find them."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
COLUMNS = ["Capability", "RFC", "State", "Example", "Edges", "Also"]
WHERE = {".t": "testdata/transcripts/imap", ".cc": "src/imap"}


def cells(line):
    return [c.strip() for c in line.strip().strip("|").split("|")]


def files(cell):
    return re.findall(r"[\w/.-]+\.(?:t|cc|py)\b", cell)


def path_of(name):
    """Where a file of the table is: a transcript or a test of IMAP, or one of another component, then with its folder."""
    suffix = pathlib.PurePath(name).suffix
    places = [WHERE[suffix], "testdata/transcripts", "src"] if suffix in WHERE else ["."]
    return next((ROOT / p / name for p in places if (ROOT / p / name).is_file()), None)


def restricted(name):
    """A transcript that leaves out a mode (docs/transcripts.md): byte at a time, random splits, store/mem."""
    path = path_of(name)
    modes = re.search(r"^modes (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE) if path else None
    return modes is not None and not {"plain", "bytes", "random"} <= set(modes[1].split())


def advertised():
    text = (ROOT / "src/imap/server/capability.cc").read_text()
    return re.findall(r'^\s*\{"([^"]+)", (?:always|before_login|after_login)\b', text, re.MULTILINE)


def faults(text, names):
    lines = text.splitlines()
    start = next((i for i, line in enumerate(lines) if line.startswith("| Capability |")), None)
    if start is None or cells(lines[start]) != COLUMNS:
        return ["the table of capabilities has other columns than " + ", ".join(COLUMNS)]
    found, supported = [], set()
    for line in lines[start + 2:]:
        if not line.startswith("|"):
            break
        row = dict(zip(COLUMNS, cells(line) + [""] * len(COLUMNS)))
        for name in files(row["Example"] + " " + row["Edges"] + " " + row["Also"]):
            if path_of(name) is None:
                found.append(f"{row['Capability']}: there is no {name}")
        if not row["State"].startswith("yes"):
            continue
        supported |= set(re.split(r", (?:which contains )?", row["Capability"]))
        example, edges = files(row["Example"]), files(row["Edges"])
        for column, named in (("Example", example), ("Edges", edges)):
            if not named:
                found.append(f"{row['Capability']}: {column} names no file")
            found += [f"{row['Capability']}: {n} is not run in every mode" for n in named if restricted(n)]
        if set(example) & set(edges):
            found.append(f"{row['Capability']}: {', '.join(set(example) & set(edges))} cannot be both")
    return found + [f"{n}: advertised, and no row of the table says so"
                    for n in names if n not in supported and n.partition("=")[0] + "=" not in supported]


def uncited():
    out = []
    for path in sorted((ROOT / WHERE[".t"]).glob("*.t")):
        if not re.match(r"# rfc: \S", path.read_text(encoding="utf-8")):
            out.append(f"{path.relative_to(ROOT)}: its first line is no \"# rfc: \"")
    return out


def self_test(text, names):
    row = next(line for line in text.splitlines() if line.startswith("| MOVE |"))
    plants = [row.replace("move.t", "mov.t"), "| MOVE | 6851 | yes | move.t | | |", "| MOVE | 6851 | yes | | move_edges.t | |",
              "| MOVE | 6851 | yes | move.t | move.t | |", "| MOVE | 6851 | yes | move.t | big_message.t | |", "| MOVE | 6851 | no | | | |"]
    missed = [p for p in plants if not faults(text.replace(row, p), names)]
    for p in missed:
        print(f"rows: the self-test found nothing wrong with {p}")
    return 1 if missed or not faults(text.replace("| Edges |", "| Else |"), names) else 0


def main():
    text, names = (ROOT / "docs/imap.md").read_text(encoding="utf-8"), advertised()
    if sys.argv[1:] == ["--self-test"]:
        return self_test(text, names)
    found = faults(text, names) + uncited()
    for f in found:
        print(f"rows: {f}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
