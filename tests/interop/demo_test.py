"""`serve --demo`: every line that it prints works as printed."""

import os
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

from harness.server import BINARY


class Demo(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="mailstead-demo-")
        cls.dir = pathlib.Path(cls.scratch.name)
        cls.guide = cls.start()

    @classmethod
    def start(cls):
        cls.out = cls.dir / "out"
        with open(cls.out, "wb") as out:
            cls.process = subprocess.Popen([BINARY, "serve", "--demo", "--dir", str(cls.dir / "demo")], stdout=out, stderr=out)
        until = time.monotonic() + 120
        while "Ctrl-C ends it" not in cls.out.read_text():
            if cls.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the demo did not start:\n" + cls.out.read_text())
            time.sleep(0.05)
        return cls.out.read_text()

    @classmethod
    def stop(cls):
        cls.process.send_signal(signal.SIGINT)
        return cls.process.wait(60)

    @classmethod
    def tearDownClass(cls):
        if cls.process.poll() is None:
            cls.process.kill()
            cls.process.wait()
        cls.scratch.cleanup()

    def test_every_printed_line_works(self):
        lines = [line.strip() for line in self.guide.splitlines() if line.startswith("  ")]
        self.assertEqual(len(lines), 11, self.guide)
        answers = {}
        for line in lines:
            done = subprocess.run(line, shell=True, capture_output=True, timeout=120, cwd=self.dir,
                                  env={**os.environ, "HOME": str(self.dir)})
            self.assertEqual(done.returncode, 0, line + "\n" + done.stderr.decode(errors="replace"))
            answers[line] = done.stdout.decode(errors="replace")
        starts = lambda *words: next(a for line, a in answers.items() if all(w in line for w in words))
        self.assertIn("INBOX", starts("curl", "imap://"))
        self.assertIn("Subject: ", starts("MAILINDEX=1"))
        self.assertIn("SEARCH ", starts("SUBJECT"))
        self.assertIn("ENVELOPE", starts("imaplib"))
        self.assertRegex(starts("poplib"), r"^\(\d\d\d, \d+\)")
        self.assertIn("Message-ID: ", next(a for line, a in answers.items() if "pop3://" in line and line.endswith("/1")))
        self.assertIn("mailstead_", starts("/metrics"))
        copied = list((self.dir / "demo" / "mbsync" / "INBOX").rglob("*:2,*")) + list(
            (self.dir / "demo" / "mbsync" / "INBOX" / "new").iterdir())
        self.assertGreater(len(copied), 200)
        # A second start keeps the mail, and the ports are given back.
        self.assertEqual(self.stop(), 0)
        self.start()
        ports = [line for line in self.out.read_text().splitlines() if "imap://" in line]
        done = subprocess.run(ports[-1].strip().replace("SUBJECT%20Figures", "SUBJECT%20hello"), shell=True,
                              capture_output=True, timeout=60, text=True)
        self.assertRegex(done.stdout, r"SEARCH \d+")
        # A port that is taken is said and another is used.
        second = subprocess.Popen([BINARY, "serve", "--demo", "--dir", str(self.dir / "second")],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            text = ""
            for line in second.stdout:
                text += line
                if "Ctrl-C ends it" in line:
                    break
            self.assertIn("is taken: IMAP uses another one", text)
            line = next(l for l in text.splitlines() if l.startswith("  curl") and "imap://" in l)
            self.assertIn("INBOX", subprocess.run(line, shell=True, capture_output=True, text=True, timeout=60).stdout)
        finally:
            second.kill()
            second.wait()
            second.stdout.close()


if __name__ == "__main__":
    unittest.main()
