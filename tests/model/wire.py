"""Non-blocking connections, and IMAP's answers as values."""

import re
import socket
import zlib

from base import check


class Lost(Exception):
    """The connection is over."""


class Wire:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.input, self.output = bytearray(), bytearray()
        self.inflate = self.deflate = None
        self.held = False  # what is written waits, to be sent at once

    def fileno(self):
        return self.socket.fileno()

    def compress(self):
        """COMPRESS=DEFLATE from here on."""
        self.inflate, self.deflate = zlib.decompressobj(-15), zlib.compressobj(wbits=-15)
        rest, self.input = bytes(self.input), bytearray()
        self.input += self.inflate.decompress(rest)

    def write(self, data):
        if self.deflate:
            data = self.deflate.compress(data) + self.deflate.flush(zlib.Z_SYNC_FLUSH)
        self.output += data
        if not self.held:
            self.flush()

    def flush(self):
        try:
            while self.output:
                del self.output[: self.socket.send(self.output)]
        except BlockingIOError:
            pass
        except OSError as e:
            # What the server said before it left is still to be read.
            self.output.clear()
            if not isinstance(e, (BrokenPipeError, ConnectionResetError)):
                raise Lost from e

    def read(self):
        try:
            data = self.socket.recv(1 << 18)
        except BlockingIOError:
            return False
        except OSError as e:
            raise Lost from e
        if not data:
            raise Lost
        self.input += self.inflate.decompress(data) if self.inflate else data
        return True

    def line(self):
        """Without CRLF; None: there is no whole one yet."""
        end = self.input.find(b"\r\n")
        if end < 0:
            return None
        line = bytes(self.input[:end])
        del self.input[: end + 2]
        return line

    def close(self):
        self.socket.close()


LITERAL = re.compile(rb"~?\{(\d+)\}$")


class Responses:
    """Cuts what arrives into responses: text in which "\\1n\\1" stands for the n-th literal."""

    def __init__(self, wire):
        self.wire, self.text, self.literals, self.want = wire, "", [], None

    def next(self):
        wire = self.wire
        while True:
            if self.want is not None:
                if len(wire.input) < self.want:
                    return None
                self.literals.append(bytes(wire.input[: self.want]))
                del wire.input[: self.want]
                self.want = None
            line = wire.line()
            if line is None:
                return None
            found = LITERAL.search(line)
            if not found:
                out = self.text + line.decode("latin-1"), self.literals
                self.text, self.literals = "", []
                return out
            self.want = int(found[1])
            self.text += line[: found.start()].decode("latin-1") + f"\1{len(self.literals)}\1"


TOKEN = re.compile(r'\(|\)|"((?:[^"\\]|\\.)*)"|\x01(\d+)\x01|((?:BODY|BINARY(?:\.SIZE)?)\[[^\]]*\](?:<\d+>)?|[^\s()"\x01]+)')


def parse(text, literals, session=None):
    """The values of a list's text: strings as bytes, atoms as str, lists as tuples."""
    stack = [[]]
    for m in TOKEN.finditer(text):
        quoted, literal, atom = m.groups()
        if atom is not None:
            stack[-1].append(None if atom == "NIL" else atom)
        elif quoted is not None:
            stack[-1].append(quoted.replace('\\"', '"').replace("\\\\", "\\").encode("latin-1"))
        elif literal is not None:
            stack[-1].append(literals[int(literal)])
        elif m[0] == "(":
            stack.append([])
        else:
            check(len(stack) > 1, "I19", f"parentheses: {text[:200]}", session)
            done = tuple(stack.pop())
            stack[-1].append(done)
    check(len(stack) == 1, "I19", f"parentheses: {text[:200]}", session)
    return stack[0]


def numbers(text):
    """A sequence set → its numbers, in the order of the text."""
    out = []
    for part in text.split(",") if text else ():
        first, _, last = part.partition(":")
        first = int(first)
        last = int(last or first)
        out.extend(range(first, last + 1) if first <= last else range(last, first + 1))
    return out


def ranges(values):
    """Numbers → a sequence set."""
    out = []
    for v in sorted(values):
        if out and out[-1][1] == v - 1:
            out[-1][1] = v
        else:
            out.append([v, v])
    return ",".join(f"{a}" if a == b else f"{a}:{b}" for a, b in out)
