"""What ./dev bench versus writes to docs/versus.md."""

import rows
from run import figure

NAMES = ("dovecot", "cyrus")


def target(c):
    if c.at_most is not None:
        wanted = f"≤ {c.at_most:,g} {c.unit}"
    elif c.target is not None and c.ratio is not None:
        wanted = f"≥ {c.target:g}×"
    else:
        return ""
    return wanted + (" ✓" if c.met else " **short**")


def table(found):
    out = ["| Row | What | Unit | Mailstead | " + " | ".join(n.capitalize() for n in NAMES) + " | Ratio | Spread | Target |",
           "| --- | --- | --- | ---: |" + " ---: |" * len(NAMES) + " ---: | --- | --- |"]
    for c in found:
        cells = [figure(c.peers[n]) if n in c.peers else "—" for n in NAMES]
        ratio = "—" if c.ratio is None else f"{c.ratio:.2f}×"
        out.append(f"| {c.row} | {c.what} | {c.unit} | {figure(c.ours)} | {' | '.join(cells)} | {ratio} | {c.spread} | {target(c)} |")
    return out


def limits(found):
    out = ["", "## Against the limit", "",
           "`lmtp`: records of 8 KiB appended to a plain file on the same disk, as many with each fdatasync as there are clients.",
           "`fetch-bodies`: the same driver and messages, from a program that has its whole answer ready in memory.", "",
           "| Row | Unit | Mailstead | Limit | Share | Target |", "| --- | --- | ---: | ---: | ---: | --- |"]
    for c in found:
        share = c.ours / c.limit
        verdict = f"≥ {c.of_limit:.0%}" + (" ✓" if share >= c.of_limit else " **short**") if c.of_limit else ""
        out.append(f"| {c.row} | {c.unit} | {figure(c.ours)} | {figure(c.limit)} | {share:.0%} | {verdict} |")
    return out


def explanations(found):
    """A paragraph for all rows that share it."""
    out = ["", "## Why", ""]
    texts = {}
    for c in found:
        about = rows.AIMS[c.row].about if c.row in rows.AIMS else ""
        texts.setdefault(about or "Not known: not profiled yet.", []).append(f"`{c.row}`")
    return out + [f"- {', '.join(names)}: {text}" for text, names in texts.items()]


def details(found):
    out = []
    for c in found:
        kinds = {server: d for server, d in c.detail.items() if d and all(isinstance(v, dict) for v in d.values())}
        if not kinds:
            continue
        names = list(kinds)
        out += ["", f"### {c.row}: commands a second, p50 / p99 in ms", "", "| Command | " + " | ".join(n.capitalize() for n in names) + " |",
                "| --- |" + " ---: |" * len(names)]
        for kind in kinds[names[0]]:
            cells = [f"{k['per_s']:,.0f}, {k['p50_ms']:.3g} / {k['p99_ms']:.3g}" for k in (kinds[n][kind] for n in names)]
            out.append(f"| {kind} | {' | '.join(cells)} |")
    return ["", "## Details", *out] if out else []


def page(found, facts, remarks):
    limited = [c for c in found if c.limit]
    return "\n".join([
        "# Side by side", "",
        "Written by `./dev bench versus`; nothing here is edited by hand. The same load driver (`bench/load`) against each server",
        "on the same machine, on loopback; all servers run, one is measured while the others wait, and each repetition of a",
        "row goes round all of them. The ratio is to the better peer: above 1, we are ahead. The peers' settings stand in",
        "`bench/peers/` with their reasons. Mail that a row only reads was loaded into the peers without syncs.", "",
        *[f"- {k}: {v}" for k, v in facts.items()], "", *table(found), *(limits(limited) if limited else []),
        *explanations(found), *details(found), "",
        *(["## Remarks on this run", "", *[f"- {r}" for r in dict.fromkeys(remarks)], ""] if remarks else [])])
