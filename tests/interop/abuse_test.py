"""Connections that do no work: silent ones, half-closed ones, more of them than the server has descriptors for."""

import selectors
import socket
import time
import unittest

from harness.mail import imap, lmtp, message
from harness.server import Server

LOGIN_DEADLINE_S = 60  # limits::k_login_deadline_ms


def greeting(connection):
    """The first line, or b"" where the server closed."""
    line = b""
    try:
        while not line.endswith(b"\n"):
            octet = connection.recv(1)
            if not octet:
                break
            line += octet
    except ConnectionResetError:
        pass
    return line


class Silent(unittest.TestCase):
    def test_who_never_logs_in_is_told_and_closed(self):
        with Server() as server:
            self.server = server
            began = time.monotonic()
            waiting = selectors.DefaultSelector()
            heard = {}
            for name in ("imap", "pop3", "imaps", "pop3s", "submissions"):
                for partial in (b"", b"a", b"\x16\x03\x01" if name.endswith("s") else b"a LOGIN"):
                    c = socket.create_connection(("127.0.0.1", server.ports[name]))
                    if not name.endswith("s"):
                        self.assertTrue(greeting(c))
                    c.sendall(partial)
                    heard[name, partial] = b""
                    waiting.register(c, selectors.EVENT_READ, (name, partial))
            while waiting.get_map():
                self.assertLess(time.monotonic() - began, LOGIN_DEADLINE_S + 20, "still open: " + str(list(waiting.get_map())))
                for key, _ in waiting.select(1):
                    try:
                        octets = key.fileobj.recv(4096)
                    except ConnectionResetError:
                        octets = b""
                    heard[key.data] += octets
                    if not octets:
                        self.assertGreater(time.monotonic() - began, LOGIN_DEADLINE_S - 5, key.data)
                        waiting.unregister(key.fileobj)
                        key.fileobj.close()
            for (name, partial), text in heard.items():
                if name == "imap":
                    self.assertRegex(text, rb"^\* BYE ", (name, partial))  # RFC 9051 §7.1.5
                if name == "pop3":
                    self.assertEqual(text, b"", partial)  # RFC 1939 §3: without sending any response


class HalfClosed(unittest.TestCase):
    def test_what_was_asked_is_answered_and_the_end_is_seen(self):
        with Server() as server:
            for name, asked, wanted in (
                ("imap", b"a NOOP\r\nb NOOP\r\n", b"b OK"),
                ("pop3", b"CAPA\r\n", b"\r\n.\r\n"),
                ("smtp", b"NOOP\r\n", b"250"),
                ("lmtp", b"LHLO x\r\nMAIL FROM:<>\r\nhalf a comm", b"250 2.1.0"),
            ):
                c = socket.create_connection(("127.0.0.1", server.ports[name]), timeout=10)
                c.sendall(asked)
                c.shutdown(socket.SHUT_WR)
                answer = b""
                while octets := c.recv(4096):
                    answer += octets
                self.assertIn(wanted, answer, name)
                c.close()


class Descriptors(unittest.TestCase):
    """More connections than descriptors: those above are refused in the protocol's words; who is there is served; the
    store keeps what it needs; and when they leave, all is as before."""

    DESCRIPTORS = 400

    def test_the_limit(self):
        server = Server()
        server.start(descriptors=self.DESCRIPTORS)
        try:
            server.add_accounts("ann@example.org")
            inside = imap(server)
            inside.select("INBOX")
            ports = [server.ports[n] for n in ("imap", "pop3", "lmtp")]
            crowd, refusals = [], {port: b"" for port in ports}
            for n in range(2 * self.DESCRIPTORS):
                port = ports[n % 3]
                c = socket.create_connection(("127.0.0.1", port), timeout=10)
                line = greeting(c)
                if line.startswith((b"* OK", b"+OK", b"220")):
                    crowd.append(c)
                else:
                    refusals[port] = line
                    c.close()
            self.assertGreater(len(crowd), self.DESCRIPTORS // 2)
            self.assertLess(len(crowd), self.DESCRIPTORS)
            self.assertRegex(refusals[ports[0]], rb"^\* BYE \[UNAVAILABLE\] ")
            self.assertRegex(refusals[ports[1]], rb"^-ERR \[SYS/TEMP\] ")
            self.assertRegex(refusals[ports[2]], rb"^421 ")
            self.assertEqual(inside.append("INBOX", None, None, message("while all are there"))[0], "OK")
            self.assertIn("ann@example.org", server.admin("account", "list"))
            for c in crowd:
                c.close()
            until = time.monotonic() + 20
            while True:  # the server sees them go one by one
                try:
                    lmtp(server, "ann@example.org", message("afterwards"))
                    break
                except OSError:
                    self.assertLess(time.monotonic(), until)
                    time.sleep(0.1)
            again = imap(server)
            self.assertEqual(again.select("INBOX"), ("OK", [b"2"]))
            again.logout()
            inside.logout()
            server.stop()
            self.assertEqual(server.check()[0], 0)
        finally:
            server.close()
