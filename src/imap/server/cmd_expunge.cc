// EXPUNGE and UID EXPUNGE (RFC 9051 §6.4.3, §6.4.9). The EXPUNGE lines are update()'s.
#include "base/ascii.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {

Task<Reply> run(Session& s, Expunge command) {
  if (s.selected->read_only) co_return Reply::refuse("READ-ONLY", "Only to be looked at");
  if (!s.rights(s.selected->id()).has(model::right::expunge)) co_return reply_of(Errc::no_permission);
  std::optional<UidSet> uids;
  if (command.uids) {
    auto set = s.resolve(*command.uids);
    if (!set) co_return Reply::wrong(set.error().detail);
    uids = *std::move(set);
  }
  auto expunge = s.account->expunge(s.selected->id(), std::move(uids), true, s.actor());
  const auto removed = co_await std::move(expunge);
  if (!removed) co_return reply_of(removed.error());
  // RFC 7162 §3.2.7, §3.2.9: where this client resumes from.
  if (s.condstore && s.selected && !removed->empty())
    co_return Reply::done("Expunged", cat("HIGHESTMODSEQ ", s.modseq_after_command()));
  co_return Reply::done("Expunged");
}

}  // namespace mailstead::imap
