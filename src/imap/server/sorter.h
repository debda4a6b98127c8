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

// RFC 5256 §2.2: when a message was sent; without a Date that can be read, the internal date.
std::int64_t sent_at(const account::Row& row, const mime::Summary& summary);

// Of those of these messages that are still there, in the order given. `keys` and `scores` outlive the work; the
// latter are needed for SortBy::relevancy alone.
Task<Result<Sorted>> sort_values(Session* session, const std::vector<model::SortKey>* keys,
                                 std::vector<std::uint32_t> uids, const Scores* scores);

}  // namespace mailstead::imap
