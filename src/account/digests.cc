// What messages are compared by (model/digests.h): read of those that are not in memory yet.
#include <algorithm>

#include "account/account_impl.h"

namespace mailstead::account {
namespace {

constexpr std::size_t k_read_messages = 1024;  // at a time
constexpr std::size_t k_yield_messages = 128;  // these take about a millisecond
// Summaries that lie together are read in their order rather than one by one, if at least one of so many is wanted.
constexpr std::uint64_t k_wanted_of = 4;
// Messages that have left a mailbox stay among its digests while there are no more of them than of the others.
constexpr std::size_t k_left_least = 1024;

std::uint64_t content_of(std::string_view key) {
  Reader in(key.substr(1));
  return in.u64be();
}

}  // namespace

model::DigestsRef AccountImpl::digests(const OpenMailbox& mailbox) {
  home_.assert_here();
  auto there = mailbox.digests.lock();
  if (!there || there->size() > k_left_least + 2 * mailbox.rows->size())
    mailbox.digests = there = std::make_shared<model::Digests>();
  kept_digests_.note(there, there->bytes());
  return there;
}

Task<Result<>> AccountImpl::digest(MailboxRef mailbox, model::DigestsRef into, std::vector<std::uint32_t> uids) {
  home_.assert_here();
  const auto places = into->places(uids);
  std::vector<Row> missing;
  for (std::size_t i = 0; i < uids.size(); ++i)
    if (places[i] == model::Digests::k_none)
      if (const auto* row = mailbox->rows->find(uids[i])) missing.push_back(*row);
  std::sort(missing.begin(), missing.end(), [](const Row& a, const Row& b) { return a.content < b.content; });
  for (std::size_t at = 0; at < missing.size(); at += k_read_messages) {
    const auto from = missing.begin() + static_cast<std::ptrdiff_t>(at);
    const auto to = from + static_cast<std::ptrdiff_t>(std::min(k_read_messages, missing.size() - at));
    CO_TRY(const auto left, co_await digest_some(into, {from, to}));
    std::vector<ContentId> ids;
    for (const auto& row : left) ids.emplace_back(row.content);
    if (!ids.empty()) {
      CO_TRY(const auto made, co_await summaries(std::move(ids)));
      for (std::size_t i = 0; i < left.size(); ++i) {
        if (!made[i]) co_return std::unexpected(made[i].error());
        into->add(left[i].uid, **made[i]);
      }
    }
    if (mailbox->digests.lock() == into) kept_digests_.note(into, into->bytes());
  }
  co_return Result<>();
}

// Of `some`, ascending by content, in one trip to the store. Returns those that have no summary that can be read.
Task<Result<std::vector<Row>>> AccountImpl::digest_some(model::DigestsRef into, std::vector<Row> some) {
  std::vector<Row> left;
  std::size_t done = 0;
  const auto add = [&](const Row& row, std::string_view stored) {
    if (const auto summary = mime::decode_brief(stored))
      into->add(row.uid, *summary);
    else
      left.push_back(row);
  };
  const auto first = some.front().content, last = some.back().content;
  if ((last - first) / k_wanted_of >= some.size()) {
    std::vector<std::string> keys;
    for (const auto& row : some) keys.push_back(summary_key(row.content));
    CO_TRY(const auto values, co_await store_.get_many(partition_, std::move(keys)));
    for (; done < some.size(); ++done) {
      if (done % k_yield_messages == k_yield_messages - 1) co_await home_.yield();
      add(some[done], values[done].value_or(""));
    }
    co_return left;
  }
  auto from = summary_key(first);
  const auto end = summary_key(last + 1);
  for (bool more = true; more;) {
    CO_TRY(auto page, co_await store_.scan(partition_, std::move(from), end, k_read_messages));
    std::size_t n = 0;
    for (const auto& [key, value] : page.rows) {
      if (++n % k_yield_messages == 0) co_await home_.yield();
      const auto content = content_of(key);
      for (; done < some.size() && some[done].content < content; ++done) left.push_back(some[done]);
      for (; done < some.size() && some[done].content == content; ++done) add(some[done], value);
    }
    more = page.more;
    if (more) from = page.rows.back().key + '\0';
  }
  left.insert(left.end(), some.begin() + static_cast<std::ptrdiff_t>(done), some.end());
  co_return left;
}

}  // namespace mailstead::account
