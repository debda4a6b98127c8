"""Durable deliveries by LMTP (rows 1 and 2)."""

from rows.base import Aim, expect

AIMS = {
    "lmtp-1": Aim(5, of_limit=0.4), "lmtp-8": Aim(8, of_limit=0.4), "lmtp-32": Aim(8, of_limit=0.4), "lmtp-1-one": Aim(5), "lmtp-8-one": Aim(8),
    "lmtp-32-one": Aim(8), "lmtp-32-rcpt20": Aim(8),
}
AIMS["lmtp-1"].about = AIMS["lmtp-1-one"].about = (
    "One client that waits for each 250: what counts is how many syncs a delivery costs, one after the other. Ours writes "
    "message, index and history in one commit and syncs one log; Dovecot writes a file for the message and appends to the "
    "mailbox's log, Cyrus a file, its index and its cache, and each is synced by itself. Our log is written over zeros, which halves "
    "its sync; of the 0.43 ms of a delivery 0.19 are now our CPU time and 0.14 the driver's, which take turns with one client.")
AIMS["lmtp-8"].about = AIMS["lmtp-32"].about = (
    "As one connection, and commits that wait at the same time share one sync of the log. The peers' clients each sync files "
    "of their own, which the file system's journal can only partly bring together. Where syncs are shared, our CPU time counts, "
    "0.1 ms a delivery beside the driver's on two cores: two fifths of it are the kernel's, a sixth the key-value store's, a tenth each compression and the hash (perf, 32 clients).")
AIMS["lmtp-8-one"].about = AIMS["lmtp-32-one"].about = (
    "All clients deliver to one mailbox. The peers lock it for each delivery; here deliveries take turns on the account, and "
    "those that wait share a sync.")
AIMS["lmtp-32-rcpt20"].about = (
    "One message, twenty mailboxes. The peers may link the message's file (Cyrus) or write it again (Dovecot's sdbox), and change "
    "twenty indexes, one after the other; here the twenty commits are on their way together.")


def deliveries(b):
    if not b.wants(AIMS):
        return
    with b.server(accounts=100) as s:
        port = s.ports["lmtp"]
        b.driver.run("lmtp", port, connections=8, count=b.count(2000, 100), accounts=100)  # opens the accounts
        stored = b.count(2000, 100)

        def deliver(connections, count, accounts=100, recipients=1):
            nonlocal stored
            stored += count * recipients
            return b.driver.run("lmtp", port, connections=connections, count=count, accounts=accounts,
                                recipients=recipients, seed=b.new_mail())["per_s"]

        for n, many, one in ((1, 3000, 3000), (8, 15000, 10000), (32, 30000, 20000)):
            count = b.count(many, 10 * n)
            yield from b.samples(
                s, f"lmtp-{n}", f"durable LMTP deliveries of 8 KiB to 100 accounts, {n} connection{'s'[:n > 1]}", "/s",
                lambda n=n, count=count: deliver(n, count), count, at_least=5000 if n == 32 else None)
            count = b.count(one, 10 * n)
            yield from b.samples(s, f"lmtp-{n}-one", f"the same to one account, {n} connection{'s'[:n > 1]}", "/s",
                                 lambda n=n, count=count: deliver(n, count, accounts=1), count)
        count = b.count(2000, 64)
        yield from b.samples(s, "lmtp-32-rcpt20", "the same to 100 accounts, 20 recipients a message, 32 connections", "/s",
                             lambda: deliver(32, count, recipients=20), 20 * count)
        found = b.driver.run("imap-login", s.ports["imap"], count=100, accounts=100, connections=4)["exists"]
        expect("messages in the mailboxes after all deliveries", found, stored)
