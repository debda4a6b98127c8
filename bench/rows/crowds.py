"""Many sessions at once: a usual mix, idle ones, watchers (rows 16 to 18)."""

import time

from rows.base import Aim, Measured, expect
from target import descriptors, end_crowd

IDLE = {f"idle-{n}": n for n in (1000, 5000, 20_000)}
AIMS = {
    "mix-50": Aim(3), "mix-50-p99": Aim(None), "mix-500": Aim(3), "mix-500-p99": Aim(None),
    **{name: Aim(25) for name in IDLE}, "notify": Aim(2), "notify-p99": Aim(2),
}
AIMS["mix-50"].about = AIMS["mix-500"].about = AIMS["mix-50-p99"].about = AIMS["mix-500-p99"].about = (
    "Of 100 commands: 25 list 20 messages, 30 fetch a body, 20 set a flag, 7 append, 6 mark as deleted, 4 expunge, 4 select, 4 idle; "
    "five sessions share an account. Dovecot does not sync the flags (its default), ours does. The commands' own rates and "
    "latencies stand in the table of details.")
for _name in IDLE:
    AIMS[_name].about = (
        "Dovecot and Cyrus have a process a session (Dovecot also a login process that keeps the TLS connection); here it is a "
        "coroutine and what OpenSSL needs.")
AIMS["notify"].about = AIMS["notify-p99"].about = (
    "From the last octet of the message to the EXISTS of an IDLE session on the account. Dovecot learns by inotify and waits for "
    "more before it tells (half a second by design of its notifier); Cyrus tells idled after the append; ours tells "
    "the account's sessions at the commit.")


def mixes(b):
    if not b.wants(("mix-50", "mix-500")):
        return
    with b.server(accounts=100) as s:
        b.load(s, 100 * b.count(1000, 40), connections=16, accounts=100, size="real")
        seconds = b.count(50, 3)

        def mix(name, connections):
            got = b.driver.run("imap-mix", s.ports["imap"], connections=connections, accounts=connections // 5, seconds=seconds,
                               seed=b.new_mail())
            # Another session may have expunged it: then nothing need come (RFC 2180 §4.1.2). Most must.
            expect("most bodies came, and were verified", got["verified"] * 2 > got["kinds"]["fetch"]["count"], True)
            return Measured(got["per_s"], detail=got["kinds"],
                            also={name + "-p99": (f"the same, p99 of all commands, {connections} clients", "ms", got["p99_ms"])})

        for n in (50, 500):
            yield from b.samples(s, f"mix-{n}", f"mixed load of {n} clients, {seconds} s", "commands/s",
                                 lambda n=n: mix(f"mix-{n}", n))


def idle_sessions(b):
    """The same number of accounts for all; a peer with a process a session has at most what its MAX_SESSIONS says."""
    if not b.wants(IDLE):
        return
    most = min(5000, max(b.crowd(n) for name, n in IDLE.items() if b.wanted(name)))
    with b.server(accounts=min(most, b.target.MAX_SESSIONS)) as s:

        def idle(sessions, accounts):
            warm = b.driver.crowd(s.ports["imaps"], 20, tls=1, accounts=min(20, accounts))
            end_crowd(warm)
            time.sleep(1)
            before = s.memory_kib()
            crowd = b.driver.crowd(s.ports["imaps"], sessions, tls=1, accounts=accounts)
            try:
                time.sleep(1)
                used = (s.memory_kib() - before) / sessions
                cpu, began = s.cpu_s(), time.monotonic()
                time.sleep(2)
                cpu = (s.cpu_s() - cpu) / (time.monotonic() - began)
            finally:
                end_crowd(crowd)
            return Measured(used, detail={"CPU seconds a second while idle": round(cpu, 4)})

        for name, n in IDLE.items():
            sessions = min(b.crowd(n), descriptors(40_000) * 3 // 4 - 100)  # ours: one process, which keeps a quarter for files
            if sessions > b.target.MAX_SESSIONS:
                b.remarks.append(f"{name}: {b.target.NAME} not measured; a process for each of {sessions:,} sessions")
                continue
            accounts = min(sessions, most)
            yield from b.samples(s, name, f"memory of an idle TLS session (SELECT, IDLE), {sessions:,} on {accounts:,} accounts",
                                 "KiB", lambda sessions=sessions, accounts=accounts: idle(sessions, accounts), repeat=1,
                                 at_most=24)


def watchers(b):
    if not b.wants(("notify", "notify-p99")):
        return
    n = b.crowd(1000)
    with b.server(accounts=n) as s:
        b.driver.run("lmtp", s.ports["lmtp"], connections=8, count=n, accounts=n, size="2000")
        count = b.count(2500, 100)

        def notify():
            got = b.driver.run("imap-notify", s.ports["imap"], watchers=n, accounts=n, count=count, rate=50,
                               lmtp_port=s.ports["lmtp"])
            expect("notifications", got["notified"], count)
            return Measured(got["p50_ms"], detail={"accepted p50 ms": got["accepted_p50_ms"]},
                            also={"notify-p99": ("the same, p99", "ms", got["p99_ms"])})

        yield from b.samples(s, "notify", f"delivery → EXISTS of one of {n:,} IDLE sessions, 50 deliveries a second, p50", "ms", notify)
