#include "account/account_impl.h"

namespace mailstead::account {

Task<Result<std::vector<Uid>>> AccountImpl::expunge(MailboxId mailbox, std::optional<UidSet> uids, bool deleted_only,
                                                    Actor actor) {
  home_.assert_here();
  auto guard = co_await turn_.take();
  co_return co_await expunge_in_turn(mailbox, std::move(uids), deleted_only, std::move(actor), "expunge");
}

Task<Result<std::vector<Uid>>> AccountImpl::expunge_in_turn(MailboxId id, std::optional<UidSet> uids, bool deleted_only,
                                                            Actor actor, const char* kind) {
  CO_TRY(const auto opened, co_await open_rows(id));
  std::vector<Uid> gone;
  for (;;) {
    Transaction tx(*this, kind, actor);
    auto* mailbox = tx.mailbox(id);
    if (mailbox == nullptr) co_return fail(Errc::not_found);
    const auto& rows = *opened->rows;
    std::vector<Uid> now;
    for (std::size_t i = 0; i < rows.size() && !tx.full(); ++i) {
      const Row& row = rows.at(i);
      if (uids && !uids->contains(Uid(row.uid))) continue;
      if (deleted_only && !model::Flags{row.flags}.has(model::k_deleted)) continue;
      tx.remove_row(*mailbox, row, false, clock_.now());
      now.emplace_back(row.uid);
    }
    if (now.empty()) break;
    CO_TRY(const bool done, co_await commit(tx));
    if (done) gone.insert(gone.end(), now.begin(), now.end());
  }
  co_return gone;
}

}  // namespace mailstead::account
