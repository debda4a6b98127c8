#include "account/account_impl.h"

namespace mailstead::account {

Task<Result<std::vector<Account::Removed>>> AccountImpl::removed(std::uint64_t after, std::size_t limit) {
  home_.assert_here();
  CO_TRY(const auto page, co_await store_.scan(partition_, removed_key(after + 1), after_letter('r'), limit));
  std::vector<Removed> out;
  for (const auto& row : page.rows) {
    CO_TRY(auto r, decode_removed(row.value));
    Reader key(std::string_view(row.key).substr(1));
    out.push_back({key.u64be(), ContentId(r.row.content), std::move(r.mailbox_name), std::move(r.flags),
                   r.row.internal_date, r.removed_at, r.row.size, std::move(r.actor)});
  }
  co_return out;
}

Task<Result<std::size_t>> AccountImpl::restore(std::vector<std::uint64_t> numbers, Actor actor) {
  home_.assert_here();
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  auto guard = co_await turn_.take();
  std::size_t back = 0;
  for (std::size_t at = 0; at < numbers.size();) {
    Transaction tx(*this, "restore", actor);
    std::size_t i = at, now = 0;
    for (; i < numbers.size() && !tx.full(); ++i) {
      CO_TRY(const auto value, co_await store_.get(partition_, removed_key(numbers[i])));
      if (!value) continue;  // restored or purged already: restoring twice makes no duplicate
      CO_TRY(const auto removed, decode_removed(*value));
      // The mailbox itself may have another name by now.
      auto* m = tx.mailbox(MailboxId(removed.mailbox));
      if (m == nullptr || !m->selectable) m = &tx.make_mailbox(removed.mailbox_name, std::nullopt, clock_.now());
      Row row = removed.row;
      row.uid = m->uidnext++;
      row.save_date = static_cast<std::uint32_t>(clock_.now());  // RFC 8514: saved in this mailbox anew
      row.flags = 0;
      for (const auto& name : removed.flags) {
        // \Deleted would take it away again at the client's next EXPUNGE.
        const auto bit = model::system_flag(name) ? model::system_flag(name) : m->keywords.add(name);
        if (bit && *bit != model::k_deleted) row.flags |= bit->bits;
      }
      tx.put_row(*m, row, nullptr, {Origin::restored, numbers[i], 0});
      tx.erase_removed(numbers[i], row.size);
      ++now;
    }
    if (now == 0) co_return back;
    const auto& quota = tx.state.quota;
    if ((quota.bytes_max != 0 && quota.bytes_used > quota.bytes_max) ||
        (quota.messages_max != 0 && quota.messages_used > quota.messages_max))
      co_return fail(Errc::over_quota);
    CO_TRY(const bool done, co_await commit(tx));
    if (!done) continue;
    at = i;
    back += now;
  }
  co_return back;
}

}  // namespace mailstead::account
