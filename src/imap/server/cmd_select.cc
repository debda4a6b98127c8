// SELECT, EXAMINE, CLOSE, UNSELECT (RFC 9051 §6.3.2, §6.3.3, §6.4.1, §6.4.2; RFC 3501 §6.3.1; RFC 7162).
#include "account/quota_level.h"
#include "base/ascii.h"
#include "base/base64.h"
#include "imap/server/annotations.h"
#include "imap/server/names.h"
#include "imap/server/readonly.h"
#include "imap/server/resync.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {
namespace {

namespace right = model::right;
constexpr auto k_changing =
    right::seen | right::write | right::insert | right::remove_message | right::expunge | right::annotate;

// RFC 3501 §7.1 UNSEEN: the first message without \Seen. IMAP4rev2 has dropped it.
std::optional<std::size_t> first_unseen(const account::OpenMailbox& m) {
  if (m.mailbox->unseen == 0) return std::nullopt;
  for (std::size_t i = 0; i < m.rows->size(); ++i)
    if (!model::Flags{m.rows->at(i).flags}.has(model::k_seen)) return i;
  return std::nullopt;
}

// RFC 5530 §3 OVERQUOTA, untagged: a soft limit. Each limit once a session.
void warn_of_quota(Session& s) {
  if (s.account != s.mine) return;
  const auto percent = account::percent_used(s.account->quota());
  const auto limit = account::quota_limit(percent);
  if (limit <= s.quota_told) return;
  s.quota_told = limit;
  s.untagged(cat("NO [OVERQUOTA] The account is ", percent, " % full"));
}

}  // namespace

Task<Reply> run(Session& s, Select command) {
  if (command.qresync && !s.qresync) co_return Reply::wrong("QRESYNC was not enabled");  // RFC 7162 §3.2.5
  // §6.3.2: the old mailbox is left whether or not the new one can be opened.
  if (s.selected) {
    s.unselect();
    s.untagged("OK [CLOSED] The mailbox before is closed");
  }
  auto reach = s.reach(command.mailbox, model::right::read);
  const auto found = co_await std::move(reach);
  if (!found && !is_readonly(s, command.mailbox)) co_return reply_of(found.error());
  if (found && !(*found)->selectable) co_return reply_of(Errc::not_found);
  // RFC 4314 §5.2: nothing can be changed.
  const bool read_only = command.examine || !found || !s.rights((*found)->id).any(k_changing);
  auto open = found ? s.account->open((*found)->id) : open_readonly(&s, command.mailbox);
  auto opened = co_await std::move(open);
  if (!opened) co_return reply_of(opened.error());
  if (command.condstore) s.enable_condstore();

  s.selected.emplace();
  auto& selected = *s.selected;
  selected.account = s.account;
  if (s.account != s.mine) selected.owner = s.owner();
  selected.mailbox = *std::move(opened);
  selected.read_only = read_only;
  selected.examined = command.examine || !found;
  selected.annotate = command.annotate;
  const auto& mailbox = *selected.mailbox->mailbox;
  const auto& rows = *selected.mailbox->rows;
  selected.told_modseq = selected.synced_modseq = s.account->version();
  selected.view.announce(rows);
  s.announce_flags();
  s.untagged(cat(rows.size(), " EXISTS"));
  if (!s.rev2) {
    if (s.account == s.mine) {  // what is new to others is theirs
      const auto recent = read_only ? s.account->peek_recent(mailbox.id) : s.account->claim_recent(mailbox.id);
      if (recent.value <= selected.view.last_uid().value) selected.recent.insert(recent, selected.view.last_uid());
    }
    s.untagged(cat(s.present(selected.recent).size(), " RECENT"));
    if (const auto unseen = first_unseen(*selected.mailbox); unseen && !s.uidonly)  // a sequence number
      s.untagged(cat("OK [UNSEEN ", *unseen + 1, "] First unseen message"));
  }
  s.untagged(cat("OK [UIDVALIDITY ", mailbox.uidvalidity, "] UIDs valid"));
  s.untagged(cat("OK [UIDNEXT ", mailbox.uidnext, "] Predicted next UID"));
  s.untagged(cat("OK [HIGHESTMODSEQ ", mailbox.highest_modseq, "] Highest"));  // RFC 7162 §3.1.2.1
  s.untagged(cat("OK [MAILBOXID (", mailbox_id(s, mailbox), ")] Ok"));         // RFC 8474 §4.2
  if (s.profile.offers(k_annotate)) s.untagged(cat("OK [", annotations_code(s), "] Annotations of messages"));
  if (s.rev2) print_selected(s, mailbox);  // §6.3.2: REQUIRED LIST
  warn_of_quota(s);
  if (command.qresync && command.qresync->uidvalidity == mailbox.uidvalidity) {
    auto work = resync(s, *std::move(command.qresync));
    const auto done = co_await std::move(work);
    if (!done) {
      s.unselect();
      co_return reply_of(done.error());
    }
  }
  co_return Reply::done(command.examine ? "Examined" : "Selected", read_only ? "READ-ONLY" : "READ-WRITE");
}

// §6.4.1: expunges without a word, unless read-only.
Task<Reply> run(Session& s, Close) {
  const auto id = s.selected->id();
  // RFC 4314 §4: without the right nothing is expunged, and that is no failure.
  const bool read_only = s.selected->read_only || !s.rights(id).has(model::right::expunge);
  s.unselect();
  if (!read_only) {
    auto expunge = s.account->expunge(id, std::nullopt, true, s.actor());
    const auto removed = co_await std::move(expunge);
    if (!removed && removed.error().code != Errc::not_found) co_return reply_of(removed.error());
  }
  co_return Reply::done();
}

Task<Reply> run(Session& s, Unselect) {
  s.unselect();
  co_return Reply::done();
}

}  // namespace mailstead::imap
