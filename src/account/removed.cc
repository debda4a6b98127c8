#include "account/account_impl.h"

namespace mailstead::account {
namespace {

constexpr std::size_t k_removed_page = 500;

// Without \Deleted, which would take it away again at the client's next EXPUNGE.
std::uint64_t flags_in(model::KeywordTable& keywords, const std::vector<std::string>& names) {
  std::uint64_t bits = 0;
  for (const auto& name : names) {
    const auto system = model::system_flag(name);
    const auto bit = system ? system : keywords.add(name);
    if (bit && *bit != model::k_deleted) bits |= bit->bits;
  }
  return bits;
}

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

bool AccountImpl::is_current(const Mailbox& removed) const {
  return removed.uidnext == state_.next_removed && removed.messages == state_.quota.removed_messages;
}

Task<Result<MailboxRef>> AccountImpl::removed_mailbox(model::KeywordTable keywords) {
  home_.assert_here();
  for (;;) {
    auto out = std::make_shared<Mailbox>();
    out->id = k_removed_mailbox;
    out->name = k_removed_name;
    out->uidvalidity = 1;  // numbers are never used again
    out->uidnext = static_cast<std::uint32_t>(state_.next_removed);
    out->highest_modseq = version_;
    out->selectable = true;
    out->keywords = keywords;
    std::vector<Row> rows;
    for (auto from = removed_key(1);;) {
      CO_TRY(const auto page, co_await store_.scan(partition_, from, after_letter('r'), k_removed_page));
      for (const auto& stored : page.rows) {
        CO_TRY(auto r, decode_removed(stored.value));
        r.row.uid = static_cast<std::uint32_t>(Reader(std::string_view(stored.key).substr(1)).u64be());
        r.row.flags = flags_in(out->keywords, r.flags);
        out->bytes += r.row.size;
        if (!model::Flags{r.row.flags}.has(model::k_seen)) ++out->unseen;
        rows.push_back(r.row);
      }
      if (!page.more) break;
      from = page.rows.back().key + '\0';
    }
    out->messages = rows.size();
    if (!is_current(*out)) continue;  // something was committed meanwhile
    co_return std::make_shared<const OpenMailbox>(std::move(out), std::make_shared<const Rows>(std::move(rows)));
  }
}

Task<Result<std::size_t>> AccountImpl::restore(std::vector<std::uint64_t> numbers, Actor actor) {
  CO_TRY(const auto back, co_await put_back(std::move(numbers), std::nullopt, std::move(actor)));
  co_return back.from.size();
}

Task<Result<Copied>> AccountImpl::restore_into(std::vector<std::uint64_t> numbers, MailboxId to, Actor actor) {
  co_return co_await put_back(std::move(numbers), to, std::move(actor));
}

Task<Result<Copied>> AccountImpl::put_back(std::vector<std::uint64_t> numbers, std::optional<MailboxId> to,
                                           Actor actor) {
  home_.assert_here();
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  auto guard = co_await turn_.take();
  Copied back{};
  std::optional<Error> error;
  for (std::size_t at = 0; at < numbers.size() && !error;) {
    Transaction tx(*this, "restore", actor);
    Views views;
    Copied now{};
    std::size_t i = at;
    for (; i < numbers.size() && !tx.full(); ++i) {
      CO_TRY(const auto value, co_await store_.get(partition_, removed_key(numbers[i])));
      if (!value) continue;  // restored or purged already: restoring twice makes no duplicate
      CO_TRY(const auto removed, decode_removed(*value));
      // The mailbox itself may have another name by now.
      auto* m = tx.mailbox(to.value_or(MailboxId(removed.mailbox)));
      if (to && (m == nullptr || !m->selectable)) {
        error.emplace(Errc::not_found);
        break;
      }
      if (m == nullptr || !m->selectable) m = &tx.make_mailbox(removed.mailbox_name, std::nullopt, clock_.now());
      Row row = removed.row;
      row.uid = m->uidnext++;
      row.save_date = static_cast<std::uint32_t>(clock_.now());  // RFC 8514: saved in this mailbox anew
      row.flags = flags_in(m->keywords, removed.flags);
      tx.put_row(*m, row, {Origin::restored, numbers[i], 0});
      if (m->id.value == removed.mailbox) {
        CO_TRY_VOID(co_await views_of(m->id, &views));
        same_for_devices(views[m->id.value], Uid(removed.row.uid), Uid(row.uid));
      }
      tx.erase_removed(numbers[i], row.size);
      now.uidvalidity = m->uidvalidity;
      now.from.emplace_back(static_cast<std::uint32_t>(numbers[i]));
      now.to.emplace_back(row.uid);
    }
    if (error || now.from.empty()) break;
    put_views(tx, views);
    const auto& quota = tx.state.quota;
    if ((quota.bytes_max != 0 && quota.bytes_used > quota.bytes_max) ||
        (quota.messages_max != 0 && quota.messages_used > quota.messages_max)) {
      error.emplace(Errc::over_quota);
      break;
    }
    const auto done = co_await commit(tx);
    if (!done) {
      error = done.error();
      break;
    }
    if (!*done) continue;
    at = i;
    back.uidvalidity = now.uidvalidity;
    back.from.insert(back.from.end(), now.from.begin(), now.from.end());
    back.to.insert(back.to.end(), now.to.begin(), now.to.end());
  }
  if (!error) co_return back;
  // RFC 9051 §6.4.7: the target is left as it was. They are in Recently removed again, under new numbers.
  if (to && !back.to.empty())
    CO_TRY_VOID(co_await expunge_in_turn(*to, UidSet::of_numbers(back.to), false, actor, "restore undone"));
  co_return std::unexpected(*error);
}

}  // namespace mailstead::account
