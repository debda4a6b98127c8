"""What many short sessions do: log in, look, append (rows 3, 8 and 10)."""

from rows.base import Aim, Measured, expect

AIMS = {
    "imap-login": Aim(3), "imap-login-tls": Aim(1.5), "imap-login-tls-resumed": Aim(1.5), "pop3-poll": Aim(1.5),
    "append": Aim(3), "append-10mb": Aim(3),
}
AIMS["imap-login"].about = AIMS["pop3-poll"].about = (
    "The peers hand a connection from a login process to a mail process (Dovecot) or serve it in a process that opens the "
    "mailbox's files anew (Cyrus). Here a session is a coroutine, and the account stays in memory.")
AIMS["imap-login-tls"].about = AIMS["imap-login-tls-resumed"].about = (
    "The handshake's public-key work is the same everywhere, and the driver's half of it is on the same two cores: the "
    "ratio is smaller than without TLS. How many of its sessions a server resumed stands in the JSON (`resumed`).")
AIMS["append"].about = "As deliveries: one commit and a shared sync against a file, an index and a sync of each."
AIMS["append-10mb"].about = (
    "Each message is a file on all sides. Of our CPU time a third each is compression and the hash by which equal content is "
    "kept once, a fifth the kernel's (perf), and both processors are busy; Dovecot writes the octets as they come. Deliveries beside it: decision 0016.")


def sessions(b):
    if not b.wants(AIMS):
        return
    with b.server(accounts=100) as s:
        each = b.count(100, 5)
        b.load(s, 100 * each, connections=8, accounts=100)
        b.driver.run("pop3-poll", s.ports["pop3"], count=200, accounts=100, connections=2)  # passwords are verified once
        count = b.count(3000, 200)

        def login(port, **options):
            got = b.driver.run("imap-login", s.ports[port], count=count, accounts=100, connections=16, **options)
            expect("messages that the SELECTs found", got["exists"], count * each)
            return Measured(got["per_s"], detail={k: got[k] for k in ("p50_ms", "p99_ms", "resumed")})

        for name, port, options, what in (
                ("imap-login", "imap", {}, "plain"),
                ("imap-login-tls", "imaps", {"tls": 1}, "over TLS, full handshake"),
                ("imap-login-tls-resumed", "imaps", {"tls": 1, "resume": 1}, "over TLS, resumed")):
            yield from b.samples(s, name, f"connect, LOGIN, SELECT, LOGOUT, {what}", "/s",
                                 lambda port=port, options=options: login(port, **options), count)
        yield from b.samples(s, "pop3-poll", f"POP3: connect, USER, PASS, UIDL of {each}, QUIT", "/s", lambda: b.driver.run(
            "pop3-poll", s.ports["pop3"], count=count, accounts=100, connections=16)["per_s"], count)
        yield from appends(b, s)


def appends(b, s):
    count, large = b.count(10000, 200), b.count(50, 8)
    stored = 0

    def append(n, key="per_s", **options):
        nonlocal stored
        stored += n
        got = b.driver.run("imap-append", s.ports["imap"], count=n, accounts=100, connections=8, mailbox="Archive",
                           seed=b.new_mail(), **options)
        return got["octets"] / got["seconds"] / 1e6 if key == "mb" else got[key]

    yield from b.samples(s, "append", "APPEND of 8 KiB, durable, 8 connections", "/s", lambda: append(count), count)
    yield from b.samples(s, "append-10mb", "APPEND of 10 MB, durable, 8 connections", "MB/s",
                         lambda: append(large, "mb", size="10000000"), large)
    if stored:
        found = b.driver.run("imap-login", s.ports["imap"], count=100, accounts=100, connections=4, mailbox="Archive")["exists"]
        expect("messages in the folders after all APPENDs", found, stored)
