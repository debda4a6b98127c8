#include "account/account_impl.h"
#include "base/check.h"

namespace mailstead::account {
namespace {

constexpr std::size_t k_page = 1024;

}  // namespace

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

Task<Result<>> AccountImpl::restore(std::vector<std::uint64_t> numbers, Actor actor) {
  home_.assert_here();
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  auto guard = co_await turn_.take();
  for (std::size_t at = 0; at < numbers.size();) {
    Transaction tx(*this, "restore", actor);
    std::size_t i = at;
    for (; i < numbers.size() && !tx.full(); ++i) {
      CO_TRY(const auto value, co_await store_.get(partition_, removed_key(numbers[i])));
      if (!value) continue;  // restored or purged already: restoring twice makes no duplicate
      CO_TRY(const auto removed, decode_removed(*value));
      auto* m = &tx.make_mailbox(removed.mailbox_name, std::nullopt, clock_.now());
      Row row = removed.row;
      row.uid = m->uidnext++;
      row.flags = 0;
      for (const auto& name : removed.flags) {
        // \Deleted would take it away again at the client's next EXPUNGE.
        const auto bit = model::system_flag(name) ? model::system_flag(name) : m->keywords.add(name);
        if (bit && *bit != model::k_deleted) row.flags |= bit->bits;
      }
      tx.put_row(*m, row, nullptr);
      tx.ops.push_back({store::Op::del, removed_key(numbers[i]), {}});
      tx.state.quota.removed_bytes -= row.size;
      --tx.state.quota.removed_messages;
    }
    if (tx.ops.empty()) co_return Result<>();
    const auto& quota = tx.state.quota;
    if ((quota.bytes_max != 0 && quota.bytes_used > quota.bytes_max) ||
        (quota.messages_max != 0 && quota.messages_used > quota.messages_max))
      co_return fail(Errc::over_quota);
    CO_TRY(const bool done, co_await commit(tx));
    if (done) at = i;
  }
  co_return Result<>();
}

// Mark, then free, in one turn: contents of expired rows that no other row uses. No counters to go wrong.
Task<Result<std::size_t>> AccountImpl::purge(std::int64_t before, std::size_t limit) {
  home_.assert_here();
  auto guard = co_await turn_.take();
  struct Expired {
    std::uint64_t number, content;
    std::uint32_t size;
  };
  std::vector<Expired> expired;
  // Contents that nobody else uses, and how many of the expired rows do: each goes with the last of them, as this may
  // end between two commits.
  std::map<std::uint64_t, std::size_t> uses;
  const auto collect = [&](const store::Row& row) -> Result<bool> {
    TRY(const auto r, decode_removed(row.value));
    if (r.removed_at >= before || expired.size() >= limit) return false;
    expired.push_back({Reader(std::string_view(row.key).substr(1)).u64be(), r.row.content, r.row.size});
    ++uses[r.row.content];
    return true;
  };
  std::string kept_from = "r";
  for (bool going = true; going;) {
    CO_TRY(const auto page, co_await store_.scan(partition_, kept_from, after_letter('r'), k_page));
    for (const auto& row : page.rows) {
      CO_TRY(going, collect(row));
      kept_from = going ? row.key + '\0' : row.key;
      if (!going) break;
    }
    going = going && page.more;
  }
  if (expired.empty()) co_return std::size_t{0};
  // Who else holds them? Message rows, and what stays in Recently removed.
  for (const auto& [from, to] :
       {std::pair(std::string("e"), after_letter('e')), std::pair(kept_from, after_letter('r'))}) {
    for (auto at = from;;) {
      CO_TRY(const auto page, co_await store_.scan(partition_, at, to, 4 * k_page));
      for (const auto& row : page.rows) {
        if (row.key[0] == 'e') {
          CO_TRY(const auto r, decode_row(0, row.value));
          uses.erase(r.content);
        } else {
          CO_TRY(const auto r, decode_removed(row.value));
          uses.erase(r.row.content);
        }
      }
      if (!page.more) break;
      at = page.rows.back().key + '\0';
      co_await home_.yield();
    }
  }
  std::size_t done_rows = 0;
  while (done_rows < expired.size()) {
    Transaction tx(*this, "purge", Actor{"", "server", ""});
    std::size_t i = done_rows;
    for (; i < expired.size() && i - done_rows < limits::k_commit_messages; ++i) {
      const auto& e = expired[i];
      tx.ops.push_back({store::Op::del, removed_key(e.number), {}});
      tx.state.quota.removed_bytes -= e.size;
      --tx.state.quota.removed_messages;
      const auto found = uses.find(e.content);
      if (found == uses.end() || --found->second > 0) continue;
      CO_TRY(const auto c, co_await content(ContentId(e.content)));
      tx.ops.push_back({store::Op::del, content_key(e.content), {}});
      tx.ops.push_back({store::Op::del, summary_key(e.content), {}});
      tx.ops.push_back({store::Op::unlink, std::string(c.blob.view()), Writer().u64be(e.content).take()});
    }
    CO_TRY(const bool done, co_await commit(tx));
    // Another node changed the account: the marks may be wrong now. The next purge looks again.
    if (!done) co_return done_rows;
    done_rows = i;
  }
  co_return done_rows;
}

Task<Result<>> AccountImpl::set_quota(std::uint64_t bytes_max, std::uint64_t messages_max, Actor actor) {
  home_.assert_here();
  auto guard = co_await turn_.take();
  for (;;) {
    Transaction tx(*this, "quota", actor);
    tx.state.quota.bytes_max = bytes_max;
    tx.state.quota.messages_max = messages_max;
    CO_TRY(const bool done, co_await commit(tx));
    if (done) co_return Result<>();
  }
}

Task<Result<UidSet>> AccountImpl::pop3_hidden(model::DeviceId device) {
  home_.assert_here();
  CO_TRY(const auto value, co_await store_.get(partition_, hidden_key(device.value)));
  if (!value) co_return UidSet();
  co_return decode_hidden(*value);
}

Task<Result<>> AccountImpl::pop3_hide(model::DeviceId device, UidSet uids, Actor actor) {
  home_.assert_here();
  auto guard = co_await turn_.take();
  CO_TRY(const auto inbox, co_await open_rows(find(model::k_inbox)->id));
  for (;;) {
    CO_TRY(const auto value, co_await store_.get(partition_, hidden_key(device.value)));
    UidSet hidden;
    if (value) {
      CO_TRY(hidden, decode_hidden(*value));
    }
    for (const auto& range : uids.ranges()) hidden.insert(range.first, range.last);
    // Gaps where no message is any more are joined over, so that the set stays a few ranges.
    UidSet compact;
    std::optional<Uid> first;
    Uid last{};
    for (std::size_t i = 0; i < inbox->rows->size(); ++i) {
      const Uid uid(inbox->rows->uid_at(i));
      if (hidden.contains(uid)) {
        if (!first) first = uid;
        last = uid;
      } else if (first) {
        compact.insert(*std::exchange(first, std::nullopt), last);
      }
    }
    if (first) compact.insert(*first, last);
    auto encoded = encode_hidden(compact);
    if (encoded.size() > store::k_value_max) co_return fail(Errc::too_big, "too many separate removals of this device");
    Transaction tx(*this, "pop3 hide", actor);
    tx.ops.push_back({store::Op::put, hidden_key(device.value), std::move(encoded)});
    CO_TRY(const bool done, co_await commit(tx));
    if (done) co_return Result<>();
  }
}

}  // namespace mailstead::account
