"""A POP3 session of 50 messages that are all downloaded and deleted, cut at every class of byte offset: before, within and
after a command, before, within and after its answer, at QUIT as anywhere else; by FIN and by RST.

    cuts.py [--all]        --all: at every command of the session; else at some of each kind

After each cut, of a client that keeps UIDLs: no message is lost, none was removed unless QUIT had been sent whole, none was
renumbered (UIDL says the same), and its next session downloads what it lacks and nothing twice.
"""

import argparse
import smtplib
import socket
import struct
import subprocess
import sys
import time

import programs
from harness.mail import PASSWORD
from harness.server import Server

COUNT = 50
DEADLINE = 20  # seconds, until the server has noticed that a connection is gone
MULTILINE = ("LIST", "UIDL", "RETR")
# Where a command's exchange is cut: how much of the command is sent, how much of its answer is read.
CLASSES = {
    "before the command": (0.0, 0.0),
    "within the command": (0.5, 0.0),
    "before its answer": (1.0, 0.0),
    "within its answer": (1.0, 0.5),
    "after its answer": (1.0, 1.0),
}


class Broken(Exception):
    pass


class Client:
    """Speaks POP3 a byte at a time where it has to, and breaks off where it is told to."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.buffer = b""
        self.answer("greeting")

    def take(self, size):
        while len(self.buffer) < size:
            data = self.socket.recv(65536)
            if not data:
                raise Broken("the server has closed")
            self.buffer += data
        taken, self.buffer = self.buffer[:size], self.buffer[size:]
        return taken

    def until(self, end, at=0):
        while (found := self.buffer.find(end, at)) < 0:
            data = self.socket.recv(65536)
            if not data:
                raise Broken("the server has closed")
            self.buffer += data
        return found + len(end)

    def answer(self, command):
        size = self.until(b"\r\n")
        if self.buffer.startswith(b"+OK") and command.split()[0] in MULTILINE:
            size = self.until(b"\r\n.\r\n", size - 2)
        return self.take(size)

    def __call__(self, command):
        self.socket.sendall(command.encode() + b"\r\n")
        return self.answer(command)

    def partly(self, command, sent, read):
        """Returns the answer if it was read whole."""
        line = command.encode() + b"\r\n"
        self.socket.sendall(line[: int(len(line) * sent)])
        if read == 1.0:
            return self.answer(command)
        if read > 0:
            # Half of an answer: of a short one its first half, of a message its first half by what the line says.
            size = self.until(b"\r\n")
            whole = int(self.buffer.split()[1]) if command.startswith("RETR") else size
            self.take(int(whole * read))
        return None

    def cut(self, by_reset):
        if by_reset:  # closing with a linger time of 0 sends RST
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


def logged_in(server, user):
    """The session before may not have ended yet: [IN-USE] until it has."""
    until = time.monotonic() + DEADLINE
    while True:
        client = Client(server.ports["pop3"])
        client(f"USER {user}")
        said = client(f"PASS {PASSWORD}")
        if said.startswith(b"+OK"):
            return client
        client.cut(False)
        if b"[IN-USE]" not in said or time.monotonic() > until:
            raise Broken(f"no login: {said!r}")
        time.sleep(0.005)


def mid_of(answer):
    return programs.END.search(answer)[1].decode()


def uidls(client):
    return [line.split()[1].decode() for line in client("UIDL").split(b"\r\n")[1:-2]]


def fill(server, user):
    server.admin("account", "add", user, "--password-stdin", stdin=PASSWORD + "\n")
    server.admin("pop3", "set", user, "--policy", "everywhere")
    with smtplib.LMTP("127.0.0.1", server.ports["lmtp"], timeout=20) as lmtp:
        for n in range(COUNT):
            lmtp.sendmail("bob@example.net", [user], programs.letter(f"m{n}", user, (200, 5000, 40000)[n % 3]))


def session(user):
    yield from (f"USER {user}", f"PASS {PASSWORD}", "STAT", "LIST", "UIDL")
    for n in range(1, COUNT + 1):
        yield from (f"RETR {n}", f"DELE {n}")
    yield "QUIT"


def run_until(server, user, at, where, by_reset):
    """Plays the session up to command `at`. Returns what the client has then: UIDL → message id."""
    commands, ids, has = list(session(user)), [], {}
    deadline = time.monotonic() + DEADLINE
    while True:
        client = Client(server.ports["pop3"])
        for number, command in enumerate(commands):
            said = client.partly(command, *CLASSES[where]) if number == at else client(command)
            if said is None:
                break
            if number == 1 and b"[IN-USE]" in said and at > 1:
                break
            if command == "UIDL":
                ids = [line.split()[1].decode() for line in said.split(b"\r\n")[1:-2]]
            if command.startswith("RETR"):
                has[ids[int(command.split()[1]) - 1]] = mid_of(said)
            if number == at:
                break
        client.cut(by_reset)
        if number == at:
            return has
        if time.monotonic() > deadline:
            raise Broken("the session before does not end")
        time.sleep(0.005)


def check(server, user, before, has, quit_sent, sure):
    """What the next session of this client finds. `quit_sent`: QUIT had left whole; `sure`: and has arrived."""
    wrong = []
    client = logged_in(server, user)
    now = uidls(client)
    if quit_sent and not now:
        removed = len(server.admin("removed", "list", user).splitlines()) - 1
        if removed != COUNT:
            wrong.append(f"INBOX is empty, and Recently removed holds {removed}")
    elif now != before:
        wrong.append(f"{len(now)} messages of {COUNT}, or others: {sorted(set(before) ^ set(now))[:3]}")
    elif sure:
        wrong.append("QUIT was sent and has arrived, and nothing was removed")
    got = list(has.values())
    for number, uidl in enumerate(now, 1):
        if uidl not in has:
            got.append(mid_of(client(f"RETR {number}")))
    client.cut(False)  # without QUIT: all stay for the next case
    if sorted(got) != sorted(f"m{n}" for n in range(COUNT)):
        wrong.append(f"the client has {len(got)} messages, {len(set(got))} different ones")
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args()
    user, cases, wrong = "ann@example.org", 0, []
    commands = list(session(user))
    chosen = range(len(commands)) if options.all else [*range(5), 5, 6, 5 + COUNT, 6 + COUNT, *range(len(commands) - 3, len(commands))]
    started = time.monotonic()
    with Server() as server:
        server.admin("domain", "add", "example.org")
        fill(server, user)
        client = logged_in(server, user)
        before = uidls(client)
        client.cut(False)
        for at in chosen:
            for where, (sent, read) in CLASSES.items():
                for by_reset in (False, True):
                    last = commands[at] == "QUIT" and sent == 1.0
                    who, ids = user, before
                    if last:  # the messages go: an account of its own
                        who = f"quit{cases}@example.org"
                        fill(server, who)
                        client = logged_in(server, who)
                        ids = uidls(client)
                        client.cut(False)
                    cases += 1
                    name = f"{commands[at].split()[0]} {at}, {where}, by {'RST' if by_reset else 'FIN'}"
                    try:
                        has = run_until(server, who, at, where, by_reset)
                        # An RST may overtake what was sent before it; what was answered has arrived.
                        found = check(server, who, ids, has, last, last and (not by_reset or read > 0))
                    except (Broken, OSError, subprocess.SubprocessError) as e:
                        found = [repr(e)]
                    wrong += [f"{name}: {text}" for text in found]
        if bugs := server.metric("bugs_total"):
            wrong.append(f"bugs_total is {bugs}")
        server.stop()
        code, findings = server.check()
        if code != 0:
            wrong.append(f"mailstead check: {findings[-1000:]}")
    print(f"cuts: {cases} sessions of {COUNT} messages in {time.monotonic() - started:.0f} s")
    for line in wrong[:20]:
        print(f"cuts: {line}")
    print(f"tests: {cases - len(wrong)} passed, {len(wrong)} failed, 0 skipped")
    sys.exit(1 if wrong else 0)


main()
