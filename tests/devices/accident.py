"""The classic accident, told as a transcript: a computer at home polls by POP3 and deletes, at work the same mail is read
by IMAP. Nothing is missing; where a policy took it away, one command brings it back. docs/pop3.md shows what this prints.
"""

import json
import re
import shlex
import sys

import programs
from harness.mail import imap, lmtp, message
from harness.server import Server

ANN = "ann@example.org"


def main():
    wrong = []
    with Server() as server:
        server.add_accounts(ANN)
        (server.dir / "home-pc").mkdir()

        def ask(*words, show=True):
            out = server.admin(*words)
            if show:
                print("$ mailstead " + shlex.join(words))
                print(re.sub(r"[ \t]+$", "", out, flags=re.M).strip() + ("\n" if out.strip() else ""), flush=True)
            return out

        def expect(what, got, wanted):
            if got != wanted:
                wrong.append(f"{what}: {got} instead of {wanted}")

        def at_work():
            client = imap(server, ANN, work)
            client.select("INBOX")
            return client

        def subjects():
            client = at_work()
            data = client.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]
            client.logout()
            return [part[1].decode().split(":", 1)[1].strip() for part in data if isinstance(part, tuple)]

        home = programs.Fetchmail(
            server, server.dir / "home-pc", ANN, ask("device", "add", ANN, "home-pc", show=False).strip())
        work = ask("device", "add", ANN, "work", show=False).strip()
        at_work().logout()
        sent = ["Lunch on Friday?", "Invoice 4711", "Minutes of Monday", "Holiday photos", "Parcel is on its way"]
        for number, subject in enumerate(sent):
            mid = re.sub(r"\W+", "-", subject.lower()).strip("-")
            lmtp(server, ANN, message(subject, body=f"end of {mid}\r\n", to=ANN, mid=mid))
            if number in (2, 4):
                expect("a poll at home", home.run(), "done")  # every ten minutes: downloads and deletes
        expect("messages at home", home.has().total(), 5)
        print("At home: 5 messages downloaded and deleted. At work:", ", ".join(subjects()), "\n")
        expect("subjects at work", subjects(), sent)
        client = at_work()
        client.store("2", "+FLAGS", r"(\Seen)")
        client.store("2", "+FLAGS", r"(\Deleted)")  # by mistake
        client.expunge()
        client.logout()
        ask("trace", ANN, "invoice")
        ask("removed", "restore", ANN, "--by", "work", "--since", "1h")
        expect("subjects after the restore", sorted(subjects()), sorted(sent))
        ask("trace", ANN, "invoice")
        ask("account", "report", ANN)

        # What other servers do: the deletions at home are for all. Still nothing is lost.
        ask("pop3", "set", ANN, "home-pc", "--policy", "everywhere")
        lmtp(server, ANN, message("Contract to sign", body="end of contract\r\n", to=ANN, mid="contract"))
        expect("a poll at home", home.run(), "done")
        expect("the contract at work", "Contract to sign" in subjects(), False)
        ask("trace", ANN, "contract")
        ask("removed", "restore", ANN, "--by", "home-pc")
        ask("pop3", "set", ANN, "home-pc", "--policy", "auto")
        expect("the contract at work again", "Contract to sign" in subjects(), True)
        expect("what is left in Recently removed", json.loads(ask("removed", "list", ANN, "--json", show=False)), [])
    for line in wrong:
        print(f"accident: {line}")
    print(f"tests: {0 if wrong else 1} passed, {1 if wrong else 0} failed, 0 skipped")
    sys.exit(1 if wrong else 0)


main()
