// Mark, then free, in one turn: contents of rows that leave Recently removed and that no other row uses. No counters to
// go wrong.
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "account/account_impl.h"
#include "account/blocks.h"
#include "base/log.h"

namespace mailstead::account {
namespace {

constexpr std::size_t k_page = 1024;
constexpr std::size_t k_free_at_once = 100'000;  // rows that one removal frees when nothing is to be kept
const Actor k_server{"", "server", ""};

}  // namespace

Task<Result<std::vector<AccountImpl::Expired>>> AccountImpl::expired(std::int64_t before, std::uint64_t bytes_max,
                                                                     std::size_t limit) {
  std::vector<Expired> out;
  auto left = state_.quota.removed_bytes;
  for (auto from = removed_key(0);;) {
    CO_TRY(const auto page, co_await store_.scan(partition_, from, after_letter('r'), k_page));
    for (const auto& row : page.rows) {
      CO_TRY(const auto r, decode_removed(row.value));
      const bool over = bytes_max != 0 && left > bytes_max;
      if ((r.removed_at >= before && !over) || out.size() >= limit) co_return out;
      out.push_back({Reader(std::string_view(row.key).substr(1)).u64be(), r.row.content, r.row.size});
      left -= std::min<std::uint64_t>(left, r.row.size);  // rows may be newer than the state
    }
    if (!page.more) co_return out;
    from = page.rows.back().key + '\0';
  }
}

Task<Result<std::size_t>> AccountImpl::free_removed(std::vector<Expired> expired, Actor actor) {
  if (expired.empty()) co_return std::size_t{0};
  // Uses of a content among those that go; it goes with the last of them.
  std::unordered_map<std::uint64_t, std::size_t> uses;
  std::unordered_set<std::uint64_t> going;
  for (const auto& e : expired) {
    ++uses[e.content];
    going.insert(e.number);
  }
  // Who else holds them? Message rows, and what stays in Recently removed.
  for (const char letter : {'e', 'r'}) {
    for (std::string at(1, letter);;) {
      CO_TRY(const auto page, co_await store_.scan(partition_, at, after_letter(letter), 4 * k_page));
      for (const auto& row : page.rows) {
        if (letter == 'e') {
          RowReader read;  // rows of two versions have the same content
          CO_TRY_VOID(read.add(row.key, row.value));
          for (const auto& r : read.rows) uses.erase(r.content);
        } else if (!going.contains(Reader(std::string_view(row.key).substr(1)).u64be())) {
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
    Transaction tx(*this, "purge", actor);
    std::size_t i = done_rows;
    for (; i < expired.size() && i - done_rows < limits::k_commit_messages; ++i) {
      const auto& e = expired[i];
      tx.erase_removed(e.number, e.size);
      tx.effect(RemovedGone{e.number, e.content});
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

Task<Result<std::size_t>> AccountImpl::purge(std::int64_t before, std::size_t limit) {
  home_.assert_here();
  auto guard = co_await turn_.take();
  CO_TRY(auto old, co_await expired(before, 0, limit));
  co_return co_await free_removed(std::move(old), k_server);
}

Task<Result<std::size_t>> AccountImpl::purge_numbers(std::vector<std::uint64_t> numbers, Actor actor) {
  home_.assert_here();
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  auto guard = co_await turn_.take();
  for (;;) {
    std::vector<Expired> chosen;
    const auto version = version_;
    for (const auto number : numbers) {
      CO_TRY(const auto value, co_await store_.get(partition_, removed_key(number)));
      if (!value) continue;
      CO_TRY(const auto r, decode_removed(*value));
      chosen.push_back({number, r.row.content, r.row.size});
    }
    CO_TRY(const auto freed, co_await free_removed(chosen, actor));
    if (freed == chosen.size() || version_ == version) co_return freed;
    if (freed > 0) co_return freed;  // the rest is there still; the caller sees how many went
  }
}

Task<void> AccountImpl::free_if_none_kept() {
  if (removed_keep_s() > 0 || state_.quota.removed_messages == 0) co_return;
  auto all = co_await expired(INT64_MAX, 0, k_free_at_once);
  auto error = all ? std::optional<Error>() : std::optional(all.error());
  if (all) {
    const auto freed = co_await free_removed(*std::move(all), k_server);
    if (!freed) error = freed.error();
  }
  // The removal is done all the same; tend() tries again.
  if (error) log::warn("account.purge", {{"account", id_.value}, {"error", to_string(error->code)}});
}

}  // namespace mailstead::account
