// What SORT compares messages by (RFC 5256 §3, RFC 5957).
#pragma once

#include <cstdint>
#include <vector>

#include "imap/server/searcher.h"
#include "model/sort.h"

namespace mailstead::imap {

// Messages with keys.size() values each.
struct Sorted {
  std::vector<std::uint32_t> uids;
  std::vector<model::SortValue> values;

  // They must be in mailbox order.
  Sorted in_order(const std::vector<model::SortKey>& keys) const;
};

// Messages of the selected mailbox that are there, and their places among its digests.
struct Placed {
  std::vector<account::Row> rows;
  model::DigestsRef digests;
  std::vector<std::uint32_t> places;

  // RFC 5256 §2.2: when a message was sent; without a Date that can be read, the internal date.
  std::int64_t sent_at(std::size_t i) const { return digests->sent(places[i]).value_or(rows[i].internal_date); }
};

// Of these, in mailbox order, those that are still there. `digests` false: their rows are enough.
Task<Result<Placed>> placed(Session* session, std::vector<std::uint32_t> uids, bool digests = true);

// Both are of those of these messages that are still there; they are given in mailbox order. `keys` and `scores`
// outlive the work; the latter are needed for SortBy::relevancy alone.
Task<Result<std::vector<std::uint32_t>>> sorted_uids(Session* session, const std::vector<model::SortKey>* keys,
                                                     std::vector<std::uint32_t> uids, const Scores* scores);
// In the order given, with what they are sorted by: to be kept.
Task<Result<Sorted>> sort_values(Session* session, const std::vector<model::SortKey>* keys,
                                 std::vector<std::uint32_t> uids, const Scores* scores);

}  // namespace mailstead::imap
