#include "account/account_impl.h"

namespace mailstead::account {
namespace {

// A device that has had a message does not get it again under its new UID.
void same_for_devices(std::vector<AccountImpl::DeviceView>& views, Uid before, Uid now) {
  for (auto& [device, view, changed] : views) {
    if (view.hidden.contains(before)) {
      view.hidden.insert(now);
      changed = true;
    }
    for (auto& batch : view.retrieved) {
      if (!batch.uids.contains(before)) continue;
      batch.uids.insert(now);
      changed = true;
    }
  }
}

void put_views(Transaction& tx, const AccountImpl::Views& views) {
  for (const auto& [mailbox, devices] : views)
    for (const auto& [device, view, changed] : devices) {
      if (!changed) continue;
      auto encoded = encode_view(view);
      if (encoded.size() <= store::k_value_max) tx.put(view_key(mailbox, device), std::move(encoded));
    }
}

}  // namespace

// Once for each mailbox of a commit.
Task<Result<>> AccountImpl::views_of(MailboxId mailbox, Views* views) {
  const auto [found, fresh] = views->try_emplace(mailbox.value);
  if (!fresh) co_return Result<>();
  for (auto from = view_key(mailbox.value, 0);;) {
    CO_TRY(const auto page, co_await store_.scan(partition_, from, view_key(mailbox.value + 1, 0), 100));
    for (const auto& stored : page.rows) {
      CO_TRY(auto view, decode_view(stored.value));
      found->second.push_back({Reader(std::string_view(stored.key).substr(5)).u32be(), std::move(view), false});
    }
    if (!page.more) co_return Result<>();
    from = page.rows.back().key + '\0';
  }
}

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
    Views views;
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
      if (m->id.value == removed.mailbox) {
        CO_TRY_VOID(co_await views_of(m->id, &views));
        same_for_devices(views[m->id.value], Uid(removed.row.uid), Uid(row.uid));
      }
      tx.erase_removed(numbers[i], row.size);
      ++now;
    }
    if (now == 0) co_return back;
    put_views(tx, views);
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
