#include "account/account_impl.h"
#include "base/planted.h"

namespace mailstead::account {
namespace {

// Flags of one mailbox in the words of another; keywords for which there is no room are left behind.
std::uint64_t translate(std::uint64_t bits, const model::KeywordTable& from, model::KeywordTable& to) {
  model::Flags out = model::Flags{bits} & model::k_system_flags;
  for (const auto& name : from.names(model::Flags{bits}.without(model::k_system_flags)))
    if (const auto bit = to.add(name)) out = out.with(*bit);
  return planted(Planted::copy_drops_flag) ? out.without(model::k_flagged).bits : out.bits;
}

}  // namespace

Task<Result<Copied>> AccountImpl::copy(MailboxId from, UidSet uids, MailboxId to, Actor actor, Keep keep) {
  co_return co_await transfer(from, std::move(uids), to, true, std::move(actor), std::move(keep));
}

Task<Result<Copied>> AccountImpl::move(MailboxId from, UidSet uids, MailboxId to, Actor actor, Keep keep) {
  co_return co_await transfer(from, std::move(uids), to, false, std::move(actor), std::move(keep));
}

Task<Result<Copied>> AccountImpl::transfer(MailboxId from, UidSet uids, MailboxId to, bool stays, Actor actor,
                                           Keep keep) {
  home_.assert_here();
  auto guard = co_await turn_.take();
  CO_TRY(const auto source, co_await open_rows(from));
  // What is there now: rows that arrive in `from` meanwhile (it may be `to`) are not meant.
  std::vector<std::uint32_t> wanted;
  for (RowsIn rows(*source->rows, uids); const Row* row = rows.next();) wanted.push_back(row->uid);
  Copied copied{};
  std::size_t at = 0;
  std::optional<Error> error;
  do {
    Transaction tx(*this, stays ? "copy" : "move", actor);
    tx.keep = keep;
    auto* target = tx.mailbox(to);
    auto* origin = tx.mailbox(from);
    if (origin == nullptr || target == nullptr || !target->selectable) {
      error.emplace(Errc::not_found);
      break;
    }
    copied.uidvalidity = target->uidvalidity;
    const auto now = clock_.now();
    const auto room = tx.state.quota;
    std::vector<Uid> done_from, done_to;
    std::size_t i = at;
    for (; i < wanted.size() && !tx.full(); ++i) {
      const Row* row = source->rows->find(wanted[i]);
      if (row == nullptr) continue;  // removed by another node
      Row fresh = *row;
      fresh.uid = target->uidnext++;
      fresh.flags = translate(row->flags & keep.flags.bits, origin->keywords, target->keywords);
      fresh.save_date = static_cast<std::uint32_t>(now);
      if (!stays) tx.remove_row(*origin, *row, true, now);
      tx.put_row(*target, fresh, {stays ? Origin::copied : Origin::moved, from.value, row->uid});
      done_from.emplace_back(row->uid);
      done_to.emplace_back(fresh.uid);
    }
    const auto& after = tx.state.quota;
    if (stays && ((room.bytes_max != 0 && after.bytes_used > room.bytes_max) ||
                  (room.messages_max != 0 && after.messages_used > room.messages_max))) {
      error.emplace(Errc::over_quota);
      break;
    }
    if (done_from.empty()) break;
    const auto outcome = co_await commit(tx);
    if (!outcome) {
      error = outcome.error();
      break;
    }
    if (!*outcome) continue;
    at = i;
    copied.from.insert(copied.from.end(), done_from.begin(), done_from.end());
    copied.to.insert(copied.to.end(), done_to.begin(), done_to.end());
  } while (at < wanted.size());
  if (!error) co_return copied;
  if (stays && !copied.to.empty()) {
    // RFC 9051 §6.4.7: the target is left as it was. The copies go to Recently removed, which costs nothing but a
    // purge.
    UidSet made;
    for (const auto uid : copied.to) made.insert(uid);
    CO_TRY_VOID(co_await expunge_in_turn(to, std::move(made), false, actor, "copy undone"));
  }
  co_return std::unexpected(*error);
}

}  // namespace mailstead::account
