// A full round by imapflow against a server with two letters in INBOX, "first" and "second". Any disagreement throws.
// argv: {host, imap, imaps, user, password, ca}. Prints what imapflow believes at the end; the caller asks the server.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { ImapFlow } = createRequire(process.argv[2] + '/')('imapflow');
const at = JSON.parse(process.argv[3]);
const auth = { user: at.user, pass: at.password };
const step = name => console.error(name);
const within = (promise, what) => Promise.race([promise, new Promise((_, reject) =>
  setTimeout(() => reject(new Error(`nobody told: ${what}`)), 10_000).unref())]);

// imapflow swallows what it can do without: a NO or BAD that the caller never hears of, a warning, ends the round, too.
const logger = {
  debug() {}, trace() {}, info() {},
  warn(entry) { refused.push(entry); },
  error(entry) { refused.push(entry); },
};
const refused = [];
function client(options) {
  const c = new ImapFlow({ host: at.host, auth, logger, ...options });
  c.on('error', e => { throw e; });
  return c;
}

function letter(subject, body = 'Hello\r\n') {
  return `From: Bob <bob@example.net>\r\nTo: ${at.user}\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@example.net>\r\n` +
    `Date: Tue, 24 Nov 2026 10:00:00 +0000\r\n\r\n${body}`;
}

step('connect: TLS with the certificate verified, QRESYNC, COMPRESS');
const a = client({ port: at.imaps, secure: true, servername: 'mail.example.org', qresync: true, disableAutoIdle: true,
                   clientInfo: { name: 'interop' }, tls: { ca: readFileSync(at.ca) } });
await a.connect();
assert(a.authenticated);
assert.equal(a.secureConnection, true);
for (const e of ['CONDSTORE', 'QRESYNC', 'UTF8=ACCEPT', 'IMAP4REV2']) assert(a.enabled.has(e), `${e} is enabled`);
assert(a._inflate, 'the connection is compressed');
assert.equal(a.serverInfo.name, 'Mailstead');

step('connect: plain, without what can be done without');
const b = client({ port: at.imap, secure: false, doSTARTTLS: false, disableCompression: true, disableAutoEnable: true,
                   disableIMAP4rev2: true, disableAutoIdle: true });
await b.connect();
assert.equal(b.secureConnection, false);
assert.equal(b.enabled.size, 0);

step('connect: STARTTLS; a wrong password');
const c = client({ port: at.imap, secure: false, doSTARTTLS: true, servername: 'mail.example.org',
                   tls: { ca: readFileSync(at.ca) }, verifyOnly: true });
await c.connect();
assert.equal(c.secureConnection, true);
const seen = refused.length;
const d = client({ port: at.imap, secure: false, doSTARTTLS: false, auth: { ...auth, pass: 'wrong' } });
await assert.rejects(d.connect(), e => e.authenticationFailed && e.serverResponseCode === 'AUTHENTICATIONFAILED');
d.close();
refused.splice(seen);

step('list, namespace, status, quota');
const listed = await a.list({ statusQuery: { messages: true, unseen: true, size: true, uidNext: true, highestModseq: true } });
const uses = Object.fromEntries(listed.filter(m => m.specialUse).map(m => [m.path, [m.specialUse, m.specialUseSource]]));
assert.deepEqual(uses, {
  INBOX: ['\\Inbox', 'name'], Archive: ['\\Archive', 'extension'], Drafts: ['\\Drafts', 'extension'],
  Junk: ['\\Junk', 'extension'], Sent: ['\\Sent', 'extension'], Trash: ['\\Trash', 'extension'],
});
const inbox = listed.find(m => m.path === 'INBOX');
assert.equal(inbox.delimiter, '/');
assert.equal(inbox.status.messages, 2);
assert.equal(inbox.status.unseen, 2);
const alone = await b.status('INBOX', { messages: true, uidNext: true, uidValidity: true, unseen: true, size: true, recent: true });
assert.deepEqual([alone.messages, alone.uidNext, alone.unseen, alone.size], [2, 3, 2, inbox.status.size]);
const quota = await a.getQuota('INBOX');

assert.deepEqual(quota.message, { usage: 2, limit: 100, status: '2%' });

step('mailboxes: create, rename, subscribe, delete; names beyond ASCII');
const made = await a.mailboxCreate(['Work', 'Été']);
assert.deepEqual([made.path, made.created], ['Work/Été', true]);
assert.equal((await b.mailboxCreate('Work/Été')).created, false);
assert.equal((await b.mailboxRename('Work/Été', 'Work/日本語')).newPath, 'Work/日本語');
assert.equal(await a.mailboxUnsubscribe('Work/日本語'), true);
assert.equal(await a.mailboxSubscribe('Work/日本語'), true);
await a.mailboxCreate('Gone');
await a.mailboxDelete('Gone');
for (const who of [a, b]) {
  const names = (await who.list()).map(m => m.path);
  assert(names.includes('Work/日本語') && !names.includes('Gone') && !names.includes('Work/Été'), names.join());
}

step('append; fetch of everything');
const appended = await a.append('INBOX', letter('third', 'Grüße\r\n'), ['\\Seen', '$Work'], new Date('2026-10-01T08:00:00Z'));
assert.equal(appended.uid, 3);
const draft = await b.append('Drafts', Buffer.from(letter('draft')), ['\\Draft']);
assert.equal(draft.uid, 1);
const opened = await a.mailboxOpen('INBOX');
assert.equal(opened.exists, 3);
assert.equal(opened.uidValidity, alone.uidValidity);
assert(opened.permanentFlags.has('\\*') && opened.highestModseq > 0n && opened.mailboxId);
const all = await a.fetchAll('1:*', { uid: true, flags: true, envelope: true, bodyStructure: true, internalDate: true, size: true,
                                      source: true, threadId: true, headers: ['subject'] });
assert.deepEqual(all.map(m => m.envelope.subject), ['first', 'second', 'third']);
assert.deepEqual([...all[2].flags].sort(), ['$Work', '\\Seen']);
assert.equal(new Date(all[2].internalDate).toISOString(), '2026-10-01T08:00:00.000Z');
assert.equal(all[2].source.toString(), letter('third', 'Grüße\r\n'));
assert.equal(all[2].bodyStructure.type, 'text/plain');
assert(all.every(m => m.size === m.source.length && m.modseq && m.emailId));
const part = await a.download('3', '1', { uid: true });
let text = '';
for await (const chunk of part.content) text += chunk;
assert.match(text, /Gr/);

step('search');
await b.mailboxOpen('INBOX');
assert.deepEqual(await a.search({ subject: 'second' }, { uid: true }), [2]);
assert.deepEqual(await a.search({ body: 'grüße', keyword: '$Work', since: new Date('2026-09-30') }, { uid: true }), [3]);
assert.deepEqual(await b.search({ or: [{ seen: true }, { header: { 'message-id': 'first' } }] }, { uid: true }), [1, 3]);
assert.deepEqual(await b.search({ body: 'grüße' }, { uid: true }), [3]);
assert.deepEqual(await a.search({ emailId: all[0].emailId }, { uid: true }), [1]);
const counted = await a.search({ all: true }, { uid: true, returnOptions: ['MIN', 'MAX', 'COUNT', 'ALL'] });
assert.deepEqual([counted.min, counted.max, counted.count, counted.all], [1, 3, 3, '1:3']);

step('idle: an arrival, flags and a removal made by the other client');
const idling = a.idle();
const told = ['exists', 'flags', 'expunge'].map(name => once(a, name));
await b.append('INBOX', letter('fourth'));
assert.equal((await within(told[0], 'EXISTS'))[0].count, 4);
assert.equal(await b.messageFlagsAdd('1', ['\\Flagged'], { uid: true }), true);
const [flags] = await within(told[1], 'FETCH FLAGS');
assert.deepEqual([flags.uid, [...flags.flags]], [1, ['\\Flagged']]);
assert.equal(await b.messageDelete('2', { uid: true }), true);
const [gone] = await within(told[2], 'VANISHED');
assert.deepEqual([gone.uid, gone.vanished, gone.earlier], [2, true, false]);
await a.noop();
await idling;

step('the other way: EXPUNGE for a client without QRESYNC');
const toldB = ['exists', 'expunge'].map(name => once(b, name));
const idlingB = b.idle();
await a.append('INBOX', letter('fifth'));
await within(toldB[0], 'EXISTS');
await a.messageDelete('5', { uid: true });
assert.deepEqual((await within(toldB[1], 'EXPUNGE'))[0], { path: 'INBOX', seq: 4, vanished: false });
await b.noop();
await idlingB;

step('flags: set, add, remove; UNCHANGEDSINCE');
const modseq = (await a.status('INBOX', { highestModseq: true })).highestModseq;
assert.equal(await a.messageFlagsSet('4', ['\\Seen', '\\Answered'], { uid: true }), true);
assert.equal(await a.messageFlagsRemove('4', ['\\Answered'], { uid: true }), true);
await b.messageFlagsAdd('4', ['\\Flagged'], { uid: true });
await a.messageFlagsAdd('4', ['\\Deleted'], { uid: true, unchangedSince: modseq });
const after = await a.fetchOne('4', { flags: true }, { uid: true });
assert.deepEqual([...after.flags].sort(), ['\\Flagged', '\\Seen'], 'a STORE that comes too late changes nothing');
await a.messageFlagsAdd('4', ['\\Answered'], { uid: true, unchangedSince: after.modseq });
assert((await a.fetchOne('4', { flags: true }, { uid: true })).flags.has('\\Answered'));

step('CONDSTORE: what has changed since');
const changed = await a.fetchAll('1:*', { flags: true, uid: true }, { uid: true, changedSince: modseq });
assert.deepEqual(changed.map(m => m.uid), [4]);

step('QRESYNC: the mailbox left and opened again');
const known = { uidValidity: opened.uidValidity, changedSince: (await a.status('INBOX', { highestModseq: true })).highestModseq };
await a.mailboxClose();
await b.messageFlagsAdd('3', ['\\Answered'], { uid: true });
await b.messageDelete('4', { uid: true });
const news = { flags: [], expunge: [] };
a.on('flags', e => news.flags.push([e.uid, [...e.flags].sort()]));
a.on('expunge', e => news.expunge.push([e.uid, e.earlier]));
const again = await a.mailboxOpen('INBOX', known);
assert.equal(again.qresync, true);
assert.deepEqual(news, { flags: [[3, ['$Work', '\\Answered', '\\Seen']]], expunge: [[4, true]] });

step('copy, move');
const copied = await a.messageCopy('1', 'Work/日本語', { uid: true });
assert.deepEqual([...copied.uidMap], [[1, 1]]);
const moved = await a.messageMove('3', 'Archive', { uid: true });
assert.deepEqual([...moved.uidMap], [[3, 1]]);
const copiedB = await b.messageCopy('1:*', 'Archive', { uid: true });
assert.deepEqual([...copiedB.uidMap], [[1, 2]]);

const believed = {};
for (const { path, status } of await a.list({ statusQuery: { messages: true, unseen: true } }))
  believed[path] = [status.messages, status.unseen];
await a.logout();
await b.logout();
assert.deepEqual(refused, [], 'a command was refused or failed');
console.log(JSON.stringify(believed));
