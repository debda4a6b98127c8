"""imapflow (npm, a library that webmails and mail services use): a full round, with all that it can negotiate.

npm's packages are kept beside the build; without npm's registry and without these the test is skipped, and says so."""

import json
import pathlib
import shutil
import subprocess
import unittest

from harness.mail import PASSWORD, imap, lmtp, message
from harness.server import BINARY, Server

HERE = pathlib.Path(__file__).resolve().parent / "imapflow"
INSTALLED = pathlib.Path(BINARY).resolve().parent.parent / "imapflow"
USER = "ann@example.org"
UNREACHABLE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "ERR_SOCKET_TIMEOUT")


def install():
    """What package-lock.json names, once for each of its states."""
    INSTALLED.mkdir(exist_ok=True)
    lock = (HERE / "package-lock.json").read_bytes()
    done = INSTALLED / "installed"
    if done.exists() and done.read_bytes() == lock:
        return
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, INSTALLED / name)
    ran = subprocess.run(
        ["npm", "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=20000"],
        cwd=INSTALLED, capture_output=True, text=True, timeout=120,
    )
    if ran.returncode != 0:
        reason = next((code for code in UNREACHABLE if code in ran.stderr), None)
        if reason:
            raise unittest.SkipTest(f"npm's registry cannot be reached ({reason}), and imapflow is not there yet")
        raise RuntimeError("npm ci: " + ran.stderr)
    done.write_bytes(lock)


class ImapFlow(unittest.TestCase):
    def test_full_round(self):
        for program in ("node", "npm"):
            self.assertIsNotNone(shutil.which(program), f"{program} is not installed: ./dev setup")
        install()
        with Server() as server:
            server.add_accounts(USER)
            server.admin("quota", "set", USER, "1M", "--messages", "100")
            for subject in ("first", "second"):
                lmtp(server, USER, message(subject))
            arguments = {"host": "127.0.0.1", "imap": server.ports["imap"], "imaps": server.ports["imaps"], "user": USER,
                         "password": PASSWORD, "ca": str(server.dir / "data" / "self-signed.pem")}
            ran = subprocess.run(["node", HERE / "round.mjs", INSTALLED, json.dumps(arguments)],
                                 capture_output=True, text=True, timeout=60)
            self.assertEqual(ran.returncode, 0, ran.stderr)
            self.assertEqual(json.loads(ran.stdout), self.state(server))
            self.assertEqual(json.loads(ran.stdout)["INBOX"], [1, 1])

    def state(self, server):
        """Mailbox → messages, unseen, counted one by one."""
        found = {}
        c = imap(server, USER)
        c.enable("UTF8=ACCEPT")
        for line in c.list()[1]:
            name = line.decode().rsplit(' "/" ', 1)[1].strip('"')
            c.select(f'"{name}"', readonly=True)
            found[name] = [len(c.search(None, key)[1][0].split()) for key in ("ALL", "UNSEEN")]
        c.logout()
        return found
