#include "account/account_impl.h"

namespace mailstead::account {

Task<Result<std::vector<Uid>>> AccountImpl::expunge(MailboxId mailbox, std::optional<UidSet> uids, bool deleted_only,
                                                    Actor actor) {
  home_.assert_here();
  auto guard = co_await turn_.take();
  auto gone = co_await expunge_in_turn(mailbox, std::move(uids), deleted_only, std::move(actor), "expunge");
  co_await free_if_none_kept();
  co_return gone;
}

Task<Result<std::vector<Uid>>> AccountImpl::expunge_in_turn(MailboxId id, std::optional<UidSet> uids, bool deleted_only,
                                                            Actor actor, const char* kind) {
  CO_TRY(const auto opened, co_await open_rows(id));
  std::vector<Uid> gone;
  const auto wanted = uids ? *std::move(uids) : UidSet(Uid(1), Uid(UINT32_MAX));
  std::uint32_t next = 0;  // first UID not yet decided on
  std::size_t looked = 0;
  for (bool more = true; more;) {
    Transaction tx(*this, kind, actor);
    auto* mailbox = tx.mailbox(id);
    if (mailbox == nullptr) co_return fail(Errc::not_found);
    std::vector<Uid> now;
    RowsIn rows(*opened->rows, wanted, next);
    const Row* row = rows.next();
    for (; row != nullptr && !tx.full(); row = rows.next()) {
      if (++looked % k_rows_a_turn == 0) co_await home_.yield();
      if (deleted_only && !model::Flags{row->flags}.has(model::k_deleted)) continue;
      tx.remove_row(*mailbox, *row, false, clock_.now());
      now.emplace_back(row->uid);
    }
    const auto resume = row != nullptr ? row->uid : 0;
    if (!now.empty()) {
      CO_TRY(const bool done, co_await commit(tx));
      if (!done) continue;  // decide this part again
    }
    more = resume != 0;
    next = resume;
    gone.insert(gone.end(), now.begin(), now.end());
  }
  co_return gone;
}

}  // namespace mailstead::account
