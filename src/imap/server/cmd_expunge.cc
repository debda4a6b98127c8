// EXPUNGE and UID EXPUNGE (RFC 9051 §6.4.3, §6.4.9). The EXPUNGE lines are update()'s.
#include "base/ascii.h"
#include "imap/server/message_limit.h"
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
  std::string cut;
  if (uids && message_limit(s) != 0) {
    auto marked = s.present(*uids);
    std::erase_if(marked, [&](std::uint32_t uid) {
      const auto* row = s.selected->rows().find(uid);
      return row == nullptr || !model::Flags{row->flags}.has(model::k_deleted);
    });
    cut = keep_highest(s, marked);
    if (!cut.empty()) uids = uids->intersect(UidSet(Uid(marked.front()), Uid(marked.back())));
  }
  auto expunge = s.account->expunge(s.selected->id(), std::move(uids), true, s.actor());
  const auto removed = co_await std::move(expunge);
  if (!removed) co_return reply_of(removed.error());
  // RFC 7162 §3.2.7, §3.2.9: where this client resumes from.
  if (s.condstore && s.selected && !removed->empty())
    co_return cut_short(s, Reply::done("Expunged", cat("HIGHESTMODSEQ ", s.modseq_after_command())), cut);
  co_return cut_short(s, Reply::done("Expunged"), cut);
}

}  // namespace mailstead::imap
