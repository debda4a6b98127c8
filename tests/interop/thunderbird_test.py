"""Thunderbird under Xvfb, remote-controlled: what it shows and what the server has must be the same after each step.

It costs some 300 MB of packages, so that `./dev test` leaves it out: `./dev interop thunderbird`."""

import email
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

from harness.mail import PASSWORD, imap, lmtp, message
from harness.server import Server
from marionette import Marionette

ANN, BEN = "ann@example.org", "ben@example.org"

PREFERENCES = """\
user_pref("marionette.port", 0);
user_pref("mail.provider.suppress_dialog_on_startup", true);
user_pref("mail.shell.checkDefaultClient", false);
user_pref("mail.spotlight.firstRunDone", true);
user_pref("mail.rights.version", 1);
user_pref("app.donation.eoy.version.viewed", 999);
user_pref("mailnews.start_page.enabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("mail.accountmanager.accounts", "account1,account2");
user_pref("mail.accountmanager.defaultaccount", "account1");
user_pref("mail.accountmanager.localfoldersserver", "server2");
user_pref("mail.account.account1.server", "server1");
user_pref("mail.account.account1.identities", "id1");
user_pref("mail.account.account2.server", "server2");
user_pref("mail.server.server2.type", "none");
user_pref("mail.server.server2.hostname", "Local Folders");
user_pref("mail.server.server2.userName", "nobody");
user_pref("mail.server.server1.type", "imap");
user_pref("mail.server.server1.name", "Mailstead");
user_pref("mail.server.server1.hostname", "127.0.0.1");
user_pref("mail.server.server1.port", {imaps});
user_pref("mail.server.server1.socketType", 3);
user_pref("mail.server.server1.authMethod", 3);
user_pref("mail.server.server1.userName", "{user}");
user_pref("mail.server.server1.login_at_startup", {at_startup});
user_pref("mail.server.server1.check_new_mail", true);
user_pref("mail.server.server1.offline_download", true);
user_pref("mail.server.server1.autosync_offline_stores", true);
user_pref("mail.server.default.use_compress_deflate", true);
user_pref("mail.server.default.use_condstore", true);
user_pref("mail.biff.play_sound", false);
user_pref("mail.identity.id1.useremail", "{user}");
user_pref("mail.identity.id1.fullName", "Ann");
user_pref("mail.identity.id1.valid", true);
user_pref("mail.identity.id1.smtpServer", "smtp1");
user_pref("mail.smtpservers", "smtp1");
user_pref("mail.smtp.defaultserver", "smtp1");
user_pref("mail.smtpserver.smtp1.hostname", "127.0.0.1");
user_pref("mail.smtpserver.smtp1.port", {submissions});
user_pref("mail.smtpserver.smtp1.try_ssl", 3);
user_pref("mail.smtpserver.smtp1.authMethod", 3);
user_pref("mail.smtpserver.smtp1.username", "{user}");
"""

# What each script begins with. `done()` is a promise and the listener that keeps it, for what takes a while.
HEAD = """
const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
const server = MailServices.accounts.allServers.find(s => s.type === "imap");
const folder = path => path.split("/").reduce((f, name) => f.getChildNamed(name), server.rootFolder);
const headers = path => [...folder(path).messages];
const by = (path, subject) => headers(path).filter(h => h.mime2DecodedSubject === subject)[0];
function done() {
  let keep, breaks;
  const promise = new Promise((k, b) => { keep = k; breaks = b; });
  const end = status => Components.isSuccessCode(status) ? keep(status) : breaks(new Error(`status ${status.toString(16)}`));
  const listener = { QueryInterface: ChromeUtils.generateQI(["nsIUrlListener", "nsIMsgCopyServiceListener", "nsIMsgSendListener"]),
    OnStartRunningUrl() {}, OnStopRunningUrl(url, status) { end(status); }, onStartCopy() {}, onProgress() {},
    setMessageKey() {}, getMessageId() {}, onStopCopy(status) { end(status); }, onStartSending() {}, onSendNotPerformed() {},
    onStatus() {}, onGetDraftFolderURI() {}, onTransportSecurityError() {}, onStopSending(id, status) { end(status); } };
  return [promise, listener];
}
"""

TRUST = """
const [pem, host, ports, user, password] = _args;
const db = Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB);
const certificate = db.constructX509FromBase64(pem.replace(/-----[^-]*-----|\\s/g, ""));
const exceptions = Cc["@mozilla.org/security/certoverride;1"].getService(Ci.nsICertOverrideService);
for (const port of ports) exceptions.rememberValidityOverride(host, port, {}, certificate, false);
for (const scheme of ["imap", "smtp"]) {
  const login = Cc["@mozilla.org/login-manager/loginInfo;1"].createInstance(Ci.nsILoginInfo);
  login.init(`${scheme}://${host}`, null, `${scheme}://${host}`, user, password, "", "");
  await Services.logins.addLoginAsync(login);
}
"""


class Thunderbird:
    """The program with a profile; start() and stop() any number of times. Its own log of IMAP is kept."""

    def __init__(self, directory, server, user):
        self.directory, self.server, self.user = directory, server, user
        self.profile = directory / "profile"
        self.profile.mkdir()
        self.display = self.program = None
        self.starts = 0

    def start(self):
        self.starts += 1
        if not self.display:
            self.display = subprocess.Popen(["Xvfb", "-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"],
                                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            self.number = self.display.stdout.readline().decode().strip()
        (self.profile / "user.js").write_text(PREFERENCES.format(
            user=self.user, at_startup="true" if self.starts > 1 else "false", **self.server.ports))
        listens = self.profile / "MarionetteActivePort"
        listens.unlink(missing_ok=True)
        environment = {**os.environ, "DISPLAY": ":" + self.number, "HOME": str(self.directory), "LC_ALL": "C.UTF-8",
                       "MOZ_LOG": "timestamp,sync,IMAP:4,IMAPOffline:4",
                       "MOZ_LOG_FILE": str(self.directory / f"imap-{self.starts}.log")}
        with open(self.directory / "out", "ab") as out:
            self.program = subprocess.Popen(
                ["thunderbird", "--marionette", "--remote-allow-system-access", "--no-remote", "--profile", str(self.profile)],
                env=environment, stdout=out, stderr=out)
        until = time.monotonic() + 60
        while not listens.exists():
            if self.program.poll() is not None or time.monotonic() > until:
                raise RuntimeError("Thunderbird did not start:\n" + (self.directory / "out").read_text()[-2000:])
            time.sleep(0.1)
        self.marionette = Marionette(int(listens.read_text()), timeout=60)
        if self.starts == 1:
            pem = (self.server.dir / "data" / "self-signed.pem").read_text()
            ports = [self.server.ports["imaps"], self.server.ports["submissions"]]
            self.run(TRUST, pem, "127.0.0.1", ports, self.user, PASSWORD)

    def run(self, body, *arguments, timeout=60):
        return self.marionette.run(HEAD + body, *arguments, timeout=timeout)

    def stop(self):
        self.marionette.quit()
        self.program.wait(60)

    def close(self):
        for process in (self.program, self.display):
            if process and process.poll() is None:
                process.kill()
                process.wait()

    def said(self):
        """What it sent to the server and was answered, as it wrote it down."""
        return "".join(p.read_text(errors="replace") for p in sorted(self.directory.glob("imap-*")))


class FullRound(unittest.TestCase):
    def setUp(self):
        for program in ("thunderbird", "Xvfb"):
            self.assertIsNotNone(shutil.which(program), f"{program} is not installed: ./dev interop thunderbird")
        scratch = tempfile.TemporaryDirectory(prefix="mailstead-thunderbird-")
        self.addCleanup(scratch.cleanup)
        self.server = Server()
        self.server.start()
        self.addCleanup(self.server.close)
        self.server.add_accounts(ANN, BEN)
        self.directory = pathlib.Path(scratch.name)
        self.client = Thunderbird(self.directory, self.server, ANN)
        self.addCleanup(self.client.close)
        self.elsewhere = imap(self.server, ANN)

    def eventually(self, what, expected, script, *arguments, within=30):
        """Until Thunderbird, which is told nothing here, has heard of it from the server."""
        until = time.monotonic() + within
        while (found := self.client.run(script, *arguments)) != expected:
            self.assertLess(time.monotonic(), until, f"{what}: {found}, not {expected}")
            time.sleep(0.2)

    def on_server(self, mailbox, *criterion, user=None):
        """Subjects of what matches, sorted."""
        c = imap(self.server, user) if user else self.elsewhere
        if c.select(f'"{mailbox}"', readonly=True)[1] == [b"0"]:
            return []
        numbers = c.search(None, *(criterion or ("ALL",)))[1][0].split()
        if not numbers:
            return []
        parts = c.fetch(b",".join(numbers).decode(), "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]
        return sorted(email.message_from_bytes(p[1])["Subject"] for p in parts if isinstance(p, tuple))

    def test_all_of_it(self):
        for n in range(5):
            lmtp(self.server, ANN, message(f"letter {n}", body=f"The text of letter {n}.\r\n"))
        self.client.start()
        self.folders_and_download()
        self.changes_made_elsewhere()
        self.changes_made_here()
        self.appended_and_sent()
        self.client.stop()
        self.dialogue()

    def folders_and_download(self):
        self.client.run("""
            const [end, listener] = done();
            folder("INBOX").getNewMessages(window.msgWindow, listener);
            await end;
        """)
        self.eventually("folders", ["Archive", "Drafts", "INBOX", "Junk", "Sent", "Trash"],
                        "return server.rootFolder.subFolders.map(f => f.name).sort()")
        self.eventually("special uses", ["Archive", "Drafts", "Sent", "Trash"], """
            const flags = Ci.nsMsgFolderFlags;
            return [flags.Archive, flags.Drafts, flags.SentMail, flags.Trash].map(f => server.rootFolder.getFolderWithFlags(f)?.name);
        """)
        letters = [f"letter {n}" for n in range(5)]
        self.eventually("messages of INBOX", letters, "return headers('INBOX').map(h => h.mime2DecodedSubject).sort()")
        self.eventually("kept offline", 5, "return headers('INBOX').filter(h => h.flags & Ci.nsMsgMessageFlags.Offline).length")
        kept = "".join(p.read_text(errors="replace") for p in (self.client.profile / "ImapMail").rglob("*")
                       if p.is_file() and p.suffix != ".msf")
        for n in range(5):
            self.assertIn(f"The text of letter {n}.", kept)

    def changes_made_elsewhere(self):
        """Heard of in IDLE: nobody asks Thunderbird to look."""
        lmtp(self.server, ANN, message("news"))
        self.eventually("an arrival", True, "return !!by('INBOX', 'news')")
        c = imap(self.server, ANN)
        c.select("INBOX")
        c.store("1", "+FLAGS", r"(\Flagged)")
        c.store("2", "+FLAGS", r"(\Seen $label1)")
        self.eventually("a flag", [True, False], "return [by('INBOX', 'letter 0').isFlagged, by('INBOX', 'letter 0').isRead]")
        self.eventually("a tag", [True, "$label1"],
                        "const h = by('INBOX', 'letter 1'); return [h.isRead, h.getStringProperty('keywords')]")
        c.store("1", "-FLAGS", r"(\Flagged)")
        self.eventually("a flag taken away", False, "return by('INBOX', 'letter 0').isFlagged")
        c.store("3", "+FLAGS", r"(\Deleted)")
        c.expunge()
        c.logout()
        self.eventually("a removal", False, "return !!by('INBOX', 'letter 2')")

    def told(self, what, expected, *question):
        """Until the server has it: Thunderbird sends its changes a moment later."""
        until = time.monotonic() + 30
        while (found := self.on_server(*question)) != expected:
            self.assertLess(time.monotonic(), until, f"{what}: {found}, not {expected}")
            time.sleep(0.2)

    def changes_made_here(self):
        self.client.run("""
            const letter = by("INBOX", "letter 3");
            folder("INBOX").markMessagesRead([letter], true);
            folder("INBOX").markMessagesFlagged([letter], true);
            folder("INBOX").addKeywordsToMessages([letter], "$label2");
        """)
        self.told("flags and a tag", ["letter 3"], "INBOX", "SEEN", "FLAGGED", "KEYWORD", "$label2")
        self.client.run("""
            const [end, listener] = done();
            folder("INBOX").deleteMessages([by("INBOX", "letter 4")], window.msgWindow, false, false, listener, true);
            await end;
        """)
        self.told("deleted", ["letter 4"], "Trash")
        self.assertNotIn("letter 4", self.on_server("INBOX"))
        for subject, moved in (("letter 0", True), ("letter 3", False)):
            self.client.run("""
                const [end, listener] = done();
                MailServices.copy.copyMessages(folder("INBOX"), [by("INBOX", _args[0])], folder("Archive"), _args[1], listener,
                                               window.msgWindow, true);
                await end;
            """, subject, moved)
            self.told("moved or copied", [subject] if moved else ["letter 0", "letter 3"], "Archive")
        self.assertEqual(self.on_server("INBOX"), ["letter 1", "letter 3", "news"])
        self.eventually("INBOX afterwards", ["letter 1", "letter 3", "news"],
                        "return headers('INBOX').map(h => h.mime2DecodedSubject).sort()")

    def appended_and_sent(self):
        draft = self.directory / "draft.eml"
        draft.write_bytes(message("a draft", sender=ANN, to=BEN))
        self.client.run("""
            const [end, listener] = done();
            const file = Cc["@mozilla.org/file/local;1"].createInstance(Ci.nsIFile);
            file.initWithPath(_args[0]);
            MailServices.copy.copyFileMessage(file, folder("Drafts"), null, true, Ci.nsMsgMessageFlags.Read, "", listener,
                                              window.msgWindow);
            await end;
        """, str(draft))
        self.assertEqual(self.on_server("Drafts", "DRAFT", "SEEN"), ["a draft"])
        self.client.run("""
            const fields = Cc["@mozilla.org/messengercompose/composefields;1"].createInstance(Ci.nsIMsgCompFields);
            [fields.from, fields.to, fields.subject] = ["Ann <ann@example.org>", "ben@example.org", "from Ann to Ben"];
            const [end, listener] = done();
            Cc["@mozilla.org/messengercompose/send;1"].createInstance(Ci.nsIMsgSend).createAndSendMessage(
              null, MailServices.accounts.accounts[0].defaultIdentity, "account1", fields, false, false,
              Ci.nsIMsgSend.nsMsgDeliverNow, null, "text/plain", "Hello Ben", null, null, listener, "", null,
              Ci.nsIMsgCompType.New);
            await end;
        """)
        self.told("kept in Sent", ["from Ann to Ben"], "Sent", "SEEN")
        self.assertEqual(self.on_server("INBOX", user=BEN), ["from Ann to Ben"])

    def dialogue(self):
        """It has used what it can, and nothing that it sent was refused."""
        said = self.client.said()
        for words in ("COMPRESS DEFLATE", "ENABLE UTF8=ACCEPT", "return (special-use)", "IDLE", "CHANGEDSINCE", "uid move",
                      "APPENDUID"):
            self.assertIn(words, said)
        self.assertNotRegex(said, r"CreateNewLineFromSocket: \d+ (NO|BAD)")
