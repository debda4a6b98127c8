"""Random operations of many sessions against a model of the accounts: README.md beside this file.

    model.py --ops N [--seed S] [--jobs J]      J processes, each with a server and a seed of its own
    model.py --planted                          each planted bug (src/base/planted.h) must be caught
"""

import argparse
import collections
import multiprocessing
import pathlib
import sys
import tempfile
import time
import traceback

from base import Violation
from world import World


def story(violation, world, seed):
    """What one needs to understand it."""
    lines = [f"model: VIOLATION of {violation.name}, seed {seed}, after {world.operations} operations", f"  {violation}"]
    concerned = [s for s in violation.sessions if s is not None]
    if concerned and hasattr(concerned[0], "account"):
        concerned += [s for s in concerned[0].account.sessions if s not in concerned]
    for n, s in enumerate(concerned):
        lines.append(f"  {s.name}:")
        for tick, direction, text in list(s.trace)[-40 if n == 0 else -12 :]:
            text = text.decode("latin-1") if isinstance(text, bytes) else text
            lines.append(f"    {tick:7} {direction} {text.rstrip()!r}")
    return "\n".join(lines)


def job(seed, operations, environment=None):
    """One server, one seed. Returns what was counted, and the violation's name and story."""
    if pathlib.Path("/dev/shm").is_dir():
        tempfile.tempdir = "/dev/shm"  # kill -9 does not lose what the page cache has: a disk would only slow it down
    world, found, name = None, "", ""
    started = time.monotonic()
    try:
        world = World(seed, environment=environment)
        world.run(operations)
    except Violation as e:
        found, name = story(e, world, seed) + "\n" + world.server.log_text()[-1000:], e.name
    except Exception:  # pylint: disable=broad-except
        found, name = f"model: seed {seed}: {traceback.format_exc()}" + (world.server.log_text()[-2000:] if world else ""), "surprise"
    finally:
        if world:
            world.server.kill()
            world.server.scratch.cleanup()
    empty = collections.Counter()
    return {
        "seed": seed, "found": found, "name": name, "seconds": time.monotonic() - started,
        "operations": world.operations if world else 0, "checkpoints": world.checkpoints if world else 0,
        "counts": world.counts if world else empty, "results": world.results if world else empty,
        "faults": world.faults if world else empty,
    }


def tell(title, counter):
    print(f"model: {title}: " + ", ".join(f"{k} {n}" for k, n in sorted(counter.items())))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ops", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--planted", action="store_true")
    options = parser.parse_args()
    if options.planted:
        import planted

        sys.exit(planted.main(options))
    print(f"model: {options.ops} operations in {options.jobs} jobs, seeds {options.seed} to {options.seed + options.jobs - 1}", flush=True)
    started = time.monotonic()
    work = [(options.seed + n, options.ops // options.jobs) for n in range(options.jobs)]
    if options.jobs == 1:
        results = [job(*work[0])]
    else:
        with multiprocessing.Pool(options.jobs) as pool:
            results = pool.starmap(job, work)
    total = {k: sum((r[k] for r in results), collections.Counter()) for k in ("counts", "results", "faults")}
    tell("commands", total["counts"])
    tell("answers other than OK, and lost", {k: v for k, v in total["results"].items() if k != "OK"})
    tell("faults", total["faults"])
    failed = [r for r in results if r["found"]]
    for r in failed:
        print(r["found"], flush=True)
    operations = sum(r["operations"] for r in results)
    print(f"model: {operations} operations, {sum(r['checkpoints'] for r in results)} checkpoints in "
          f"{time.monotonic() - started:.0f} s; violations: {len(failed)}")
    print(f"tests: {len(results) - len(failed)} passed, {len(failed)} failed, 0 skipped")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
