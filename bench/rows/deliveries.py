"""Durable deliveries by LMTP."""

from rows.base import row


def deliveries(b):
    names = {1: "lmtp-1", 8: "lmtp-8", 32: "lmtp-32"}
    many = [n for n in names if b.wanted(names[n])]
    if not many and not b.wanted("lmtp-32-one") and not b.wanted("lmtp-32-rcpt20"):
        return
    with b.target() as s:
        s.add_accounts()
        s.add_many(100)
        port = s.ports["lmtp"]
        b.driver.run("lmtp", port, connections=8, count=b.count(2000), accounts=100)  # opens the accounts

        def deliver(connections, count, accounts=100, recipients=1):
            return b.driver.run("lmtp", port, connections=connections, count=count, accounts=accounts,
                                recipients=recipients)["per_s"]

        for n in many:
            count = b.count({1: 3000, 8: 15000, 32: 30000}[n])
            values, cpu = b.measured(s, count, lambda n=n, count=count: deliver(n, count))
            yield row(names[n], f"durable LMTP deliveries of 8 KiB to 100 accounts, {n} connection{'s'[:n > 1]}", values,
                      "/s", at_least=5000 if n == 32 else None, cpu=cpu)
        if b.wanted("lmtp-32-one"):
            values, cpu = b.measured(s, b.count(20000), lambda: deliver(32, b.count(20000), accounts=1))
            yield row("lmtp-32-one", "the same to one account, 32 connections", values, "/s", cpu=cpu)
        if b.wanted("lmtp-32-rcpt20"):
            values, cpu = b.measured(s, 20 * b.count(2000), lambda: deliver(32, b.count(2000), recipients=20))
            yield row("lmtp-32-rcpt20", "the same, 20 recipients a message, 32 connections", values, "/s", cpu=cpu)
