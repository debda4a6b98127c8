#include "account/account_impl.h"

namespace mailstead::account {

Task<Result<Stored>> AccountImpl::store_flags(MailboxId id, UidSet uids, FlagChange change,
                                              std::vector<std::string> flags, std::optional<ModSeq> unchanged_since,
                                              Actor actor) {
  home_.assert_here();
  auto guard = co_await turn_.take();
  CO_TRY(const auto opened, co_await open_rows(id));
  Stored stored{};
  stored.modseq = ModSeq(version_);
  std::uint32_t next = 0;  // first UID not yet decided on
  std::size_t looked = 0;
  for (bool more = true; more;) {
    Transaction tx(*this, "flags", actor);
    auto* mailbox = tx.mailbox(id);
    if (mailbox == nullptr) co_return fail(Errc::not_found);
    model::Flags bits;
    for (const auto& name : flags) {
      const auto system = model::system_flag(name);
      const auto bit = system                         ? system
                       : change == FlagChange::remove ? mailbox->keywords.find(name)
                                                      : mailbox->keywords.add(name);
      if (bit)
        bits = bits.with(*bit);
      else if (change != FlagChange::remove)
        co_return fail(Errc::too_big, "no room for another keyword in this mailbox");
    }
    std::vector<Uid> changed, modified;
    std::vector<ModSeq> before;
    RowsIn rows(*opened->rows, uids, next);
    const Row* row = rows.next();
    for (; row != nullptr && !tx.full(); row = rows.next()) {
      if (++looked % k_rows_a_turn == 0) co_await home_.yield();
      if (unchanged_since && row->modseq > unchanged_since->value) {
        modified.emplace_back(row->uid);
        continue;
      }
      const model::Flags old{row->flags};
      const auto fresh = change == FlagChange::set   ? bits
                         : change == FlagChange::add ? old.with(bits)
                                                     : old.without(bits);
      if (fresh == old) continue;
      Row copy = *row;
      copy.flags = fresh.bits;
      tx.put_row(*mailbox, copy, row);
      changed.emplace_back(row->uid);
      before.emplace_back(row->modseq);
    }
    more = row != nullptr;
    const auto resume = more ? row->uid : 0;
    if (!changed.empty()) {
      const auto modseq = tx.modseq();
      CO_TRY(const bool done, co_await commit(tx));
      if (!done) {
        more = true;
        continue;  // decide this part again
      }
      stored.modseq = ModSeq(modseq);
    }
    next = resume;
    stored.changed.insert(stored.changed.end(), changed.begin(), changed.end());
    stored.before.insert(stored.before.end(), before.begin(), before.end());
    stored.after.resize(stored.changed.size(), stored.modseq);
    stored.modified.insert(stored.modified.end(), modified.begin(), modified.end());
  }
  co_return stored;
}

}  // namespace mailstead::account
