"""A household on one account: three POP3 programs that delete what they have, two IMAP programs that read, deliveries all
the while, sessions that break, programs and a server that are killed. In the end every device has every message.

    household.py [--sessions 500] [--deliveries 2000] [--kills 20] [--seed N]

A copy more than one is the price of an interruption: the program had stored the message, and could not say so any more.
Then the same mail for one device alone: its INBOX is empty afterwards, and Recently removed holds all.
"""

import argparse
import json
import random
import smtplib
import subprocess
import sys
import threading
import time

import programs
from harness.mail import PASSWORD, imap
from harness.server import Server

ANN, SOLO = "ann@example.org", "solo@example.org"
HOUSEHOLD = {
    "fetchmail": programs.Fetchmail,
    "getmail": programs.Getmail,
    "mpop": programs.Mpop,
    "mbsync": programs.Mbsync,
    "imaplib": programs.Imaplib,
}
POP3 = ("fetchmail", "getmail", "mpop")
LAST_SESSIONS = 10  # undisturbed, until nothing new comes


class Deliveries(threading.Thread):
    """So many letters; one whose fate is not known (the server was killed) may be there or not."""

    def __init__(self, server, count, pause, rng):
        super().__init__(daemon=True)
        self.server, self.count, self.pause, self.random = server, count, pause, rng
        self.sure, self.unknown = set(), set()

    def run(self):
        serial = 0
        while len(self.sure) < self.count:
            try:
                with smtplib.LMTP("127.0.0.1", self.server.ports["lmtp"], timeout=20) as client:
                    while len(self.sure) < self.count:
                        serial += 1
                        mid = f"letter-{serial}"
                        size = self.random.choice((200, 200, 200, 4000, 60000))
                        self.unknown.add(mid)
                        client.sendmail("bob@example.net", [ANN], programs.letter(mid, ANN, size))
                        self.unknown.discard(mid)
                        self.sure.add(mid)
                        time.sleep(self.random.uniform(0, self.pause))
            except (OSError, KeyError, smtplib.SMTPException):
                time.sleep(0.05)


class Sessions(threading.Thread):
    """One device's sessions, one after the other, a third of them interrupted."""

    def __init__(self, name, program, count, rng):
        super().__init__(daemon=True)
        self.device, self.program, self.count, self.random = name, program, count, rng
        self.ends = {"done": 0, "broken": 0, "killed": 0, "stuck": 0}
        self.surprise = None

    def run(self):
        try:
            for _ in range(self.count):
                time.sleep(self.random.uniform(0, 0.5))
                cut = kill_after = None
                how = self.random.random()
                if how < 0.2:
                    cut = int(10 ** self.random.uniform(1, 5.7))
                elif how < 0.35:
                    kill_after = self.random.uniform(0.05, 1.0)
                self.ends[self.program.run(cut, kill_after)] += 1
        except Exception as e:  # pylint: disable=broad-except
            self.surprise = f"{self.device}: {e!r}"


def kill_now_and_then(server, kills, threads, rng):
    done = 0
    while any(t.is_alive() for t in threads):
        time.sleep(rng.uniform(1.0, 5.0))
        if done < kills and any(t.is_alive() for t in threads):
            server.kill()
            done += 1
            server.start()
    return done


def household(server, options, rng):
    wrong = []
    for name in HOUSEHOLD:
        (server.dir / name).mkdir()
    members = {
        name: kind(server, server.dir / name, ANN, server.admin("device", "add", ANN, name).strip())
        for name, kind in HOUSEHOLD.items()
    }
    for name in POP3:
        server.admin("pop3", "set", ANN, name, "--hide-retrieved", "on")
    each = -(-options.sessions // len(members))
    sessions = [Sessions(n, p, each, random.Random(rng.random())) for n, p in members.items()]
    deliveries = Deliveries(server, options.deliveries, options.pause, random.Random(rng.random()))
    started = time.monotonic()
    for thread in (*sessions, deliveries):
        thread.start()
    kills = kill_now_and_then(server, options.kills, (*sessions, deliveries), rng)
    for thread in (*sessions, deliveries):
        thread.join()
    wrong += [s.surprise for s in sessions if s.surprise]
    print(f"household: {each * len(members)} sessions and {len(deliveries.sure)} deliveries in "
          f"{time.monotonic() - started:.0f} s, the server killed {kills} times", flush=True)
    for program in members.values():
        before = None
        for _ in range(LAST_SESSIONS):
            end, now = program.run(), program.has()
            if end == "done" and now == before:
                break
            before = now
        else:
            wrong.append(f"{program.home.name}: the last session ended as {end}, something new came in each")
    client = imap(server, ANN)
    kept = int(client.select("INBOX", readonly=True)[1][0])
    client.logout()
    maybe = deliveries.unknown
    print(f"{'device':<10} {'sessions':>8} {'broken':>7} {'killed':>7} {'stuck':>6} {'messages':>9} {'missing':>8} {'again':>6}")
    for s in sessions:
        has = members[s.device].has()
        missing = deliveries.sure - set(has)
        again = sum(n - 1 for n in has.values())
        print(f"{s.device:<10} {each:>8} {s.ends['broken']:>7} {s.ends['killed']:>7} {s.ends['stuck']:>6} {len(has):>9} "
              f"{len(missing):>8} {again:>6}")
        if missing:
            wrong.append(f"{s.device} lacks {len(missing)}: {sorted(missing)[:5]}")
        if strange := set(has) - deliveries.sure - maybe:
            wrong.append(f"{s.device} has what was not sent: {sorted(strange)[:5]}")
        # An interruption costs what was under way: with commands sent ahead, a few.
        interruptions = each - s.ends["done"] + kills
        if again > options.again * interruptions:
            wrong.append(f"{s.device} has {again} messages again after {interruptions} interruptions")
    print(f"INBOX holds {kept}; outcome of a delivery not known: {len(maybe)}")
    if not len(deliveries.sure) <= kept <= len(deliveries.sure) + len(maybe):
        wrong.append(f"INBOX holds {kept} of {len(deliveries.sure)}")
    removed = json.loads(server.admin("removed", "list", ANN, "--json"))
    if removed:
        wrong.append(f"Recently removed holds {len(removed)}, though every device keeps all for the others")
    return wrong


def alone(server, count):
    """The classic single device: what it has downloaded leaves the INBOX, into Recently removed."""
    (server.dir / "alone").mkdir()
    program = programs.Fetchmail(server, server.dir / "alone", SOLO, PASSWORD)
    with smtplib.LMTP("127.0.0.1", server.ports["lmtp"], timeout=20) as client:
        for n in range(count):
            client.sendmail("bob@example.net", [SOLO], programs.letter(f"alone-{n}", SOLO))
    end, has = program.run(), program.has()
    client = imap(server, SOLO)
    inbox = int(client.select("INBOX", readonly=True)[1][0])
    client.logout()
    removed = len(json.loads(server.admin("removed", "list", SOLO, "--json")))
    print(f"alone: {count} delivered, the device has {has.total()}, INBOX {inbox}, Recently removed {removed}")
    wanted = ("done", count, count, 0, count)
    got = (end, has.total(), len(has), inbox, removed)
    return [] if got == wanted else [f"alone: {got} instead of {wanted}"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sessions", type=int, default=500)
    parser.add_argument("--deliveries", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--pause", type=float, default=0.1, help="seconds between deliveries, at most")
    parser.add_argument("--again", type=float, default=8, help="messages that one interruption may bring again")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    print(f"household: {options.sessions} sessions, {options.deliveries} deliveries, seed {options.seed}", flush=True)
    rng = random.Random(options.seed)
    server = Server()
    server.start()
    server.add_accounts(ANN, SOLO)
    try:
        wrong = household(server, options, rng) + alone(server, min(options.deliveries, 300))
    except (OSError, RuntimeError, subprocess.SubprocessError) as e:
        wrong = [f"{e!r}\n{server.log_text()[-2000:]}"]
    server.stop()
    code, findings = server.check()
    if code != 0:
        wrong.append(f"mailstead check: {findings[-2000:]}")
    for line in wrong:
        print(f"household: {line}")
    server.close()
    print(f"tests: {0 if wrong else 1} passed, {1 if wrong else 0} failed, 0 skipped")
    sys.exit(1 if wrong else 0)


main()
