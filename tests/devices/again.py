"""A POP3 program is killed when it has half of the mail, and run again: how many messages come twice, as the program is
and with `--hide-retrieved on`.

    again.py [--messages 300] [--pipelining]
"""

import argparse
import os
import signal
import smtplib
import subprocess
import sys
import time

import programs
from harness.server import Server

KINDS = {"fetchmail": programs.Fetchmail, "getmail": programs.Getmail, "mpop": programs.Mpop}
# What is not known to be complete when the connection ends: the one under way, and one that was delivered as it ended.
TWICE_AT_MOST = 2
AHEAD = 112  # and where mpop sends commands ahead: it sends 64, 100 are believed


def half(program, count):
    """Kills the program once it has half; returns how many it had."""
    with open(program.home / "log", "ab") as log:
        process = subprocess.Popen(
            program.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=program.home,
            env={**os.environ, "HOME": str(program.home)}, start_new_session=True,
        )
        while process.poll() is None and len(list((program.home / "box" / "new").iterdir())) < count // 2:
            time.sleep(0.002)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    time.sleep(0.5)  # what it has started to deliver ends, and the server sees that it is gone
    return program.has().total()


def measure(server, name, kind, setting, messages, twice_at_most):
    for attempt in range(3):
        user = f"{name}-{setting}-{attempt}@example.org"
        home = server.dir / f"{name}-{setting}-{attempt}"
        home.mkdir()
        server.admin("account", "add", user, "--password-stdin", stdin="secret\n")
        program = kind(server, home, user, server.admin("device", "add", user, "pc").strip())
        server.admin("pop3", "set", user, "pc", "--hide-retrieved", setting)
        with smtplib.LMTP("127.0.0.1", server.ports["lmtp"], timeout=20) as client:
            for n in range(messages):
                client.sendmail("bob@example.net", [user], programs.letter(f"m{n}", user, 4000))
        had = half(program, messages)
        if messages / 4 < had < messages:
            break  # else it ended before it was killed: getmail loses sight of its delivery program now and then
    end = program.run()
    has = program.has()
    missing, twice = messages - len(has), has.total() - len(has)
    print(f"{name:<10} hide-retrieved {setting:<3} {messages:>8} {had:>5} {missing:>8} {twice:>6}", flush=True)
    if end != "done" or missing or not messages / 4 < had < messages:
        return [f"{user}: {end}, {had} when killed, {missing} missing; {(home / 'log').read_text(errors='replace')[-600:]}"]
    if setting == "on" and twice > twice_at_most:
        return [f"{user}: {twice} came twice"]
    return []


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=300)
    parser.add_argument("--pipelining", action="store_true", help="with pop3.pipelining = true")
    options = parser.parse_args()
    wrong = []
    with Server("[pop3]\npipelining = true" if options.pipelining else "") as server:
        server.admin("domain", "add", "example.org")
        print(f"{'program':<10} {'setting':<18} {'messages':>8} {'had':>5} {'missing':>8} {'twice':>6}")
        for name, kind in KINDS.items():
            for setting in ("off", "on"):
                most = AHEAD if options.pipelining and name == "mpop" else TWICE_AT_MOST
                wrong += measure(server, name, kind, setting, options.messages, most)
    for line in wrong:
        print(f"again: {line}")
    print(f"tests: {0 if wrong else 1} passed, {1 if wrong else 0} failed, 0 skipped")
    sys.exit(1 if wrong else 0)


main()
