#include "account/tail.h"

#include <algorithm>

#include "account/keys.h"
#include "account/record.h"
#include "base/codec.h"
#include "runtime/home.h"

namespace mailstead::account {
namespace {

constexpr std::size_t k_records = 64;         // of one trip to the store
constexpr std::size_t k_records_step = 4096;  // of one call

}  // namespace

// Records first: a content that they free is not among those that the scan finds afterwards, and one that is freed
// after them is told by the next call.
Task<Result<Tail>> tail(store::Store& store, model::AccountId account, TailPoint from, std::size_t limit) {
  const store::PartitionId partition{store::PartitionId::account, account.value};
  CO_TRY(const auto head, co_await store.head(partition));
  if (head.version == 0) co_return fail(Errc::not_found, "no such account");
  Tail out;
  out.next = from;
  std::vector<std::uint64_t> freed;
  if (from.version == 0) {
    // Nothing was told yet, so what was freed before matters to nobody.
    CO_TRY(const auto last, co_await store.records(partition, head.version - 1, 1));
    if (last.empty()) co_return fail(Errc::unavailable, "no record of the present version");
    out.next.version = last.front().version;
    out.next.token = last.front().token;
  }
  bool first = true;
  for (std::size_t looked = 0; from.version != 0 && looked < k_records_step;) {
    // Once with the record of the point itself.
    const auto after = out.next.version - (first ? 1 : 0);
    const auto records = co_await store.records(partition, after, k_records);
    if (!records && records.error().code != Errc::expired) co_return std::unexpected(records.error());
    if (!records || (first && (records->empty() || records->front().token != from.token))) {
      out = {};
      out.restart = true;
      co_return out;
    }
    for (const auto& record : *records) {
      ++looked;
      if (!first) {
        CO_TRY(const auto change, decode_record(record.bytes));
        for (const auto& entry : change.entries)
          for (const auto& effect : entry.effects)
            if (const auto* gone = std::get_if<RemovedGone>(&effect)) freed.push_back(gone->content);
      }
      first = false;
      out.next.version = record.version;
      out.next.token = record.token;
    }
    if (records->size() < k_records) break;
    co_await Home::current().yield();
  }
  std::sort(freed.begin(), freed.end());
  freed.erase(std::unique(freed.begin(), freed.end()), freed.end());
  // Another row may use it still.
  std::vector<std::string> keys;
  for (const auto id : freed) keys.push_back(content_key(id));
  CO_TRY(const auto there, co_await store.get_many(partition, std::move(keys)));
  for (std::size_t i = 0; i < freed.size(); ++i)
    if (!there[i]) out.freed.push_back(freed[i]);
  while (out.added.size() < limit) {
    CO_TRY(const auto page, co_await store.scan(partition, content_key(out.next.content + 1), after_letter('c'),
                                                limit - out.added.size()));
    for (const auto& row : page.rows) out.added.push_back(Reader(std::string_view(row.key).substr(1)).u64be());
    if (!page.rows.empty()) out.next.content = out.added.back();
    if (!page.more) break;
  }
  out.more = out.added.size() == limit || out.next.version < head.version;
  co_return out;
}

}  // namespace mailstead::account
