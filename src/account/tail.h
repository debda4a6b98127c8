// Following an account's messages from outside, through its history: for what is derived from them, such as the search
// index. A follower keeps a point; asking for what came after it is cheap when there is nothing.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "model/ids.h"
#include "runtime/task.h"
#include "store/store.h"

namespace mailstead::account {

struct TailPoint {
  std::uint64_t version = 0;  // of the account; 0: nothing was followed yet
  store::Token token{};       // of that version's record: tells another history with the same numbers
  std::uint64_t content = 0;  // the greatest ContentId that was told
  friend bool operator==(const TailPoint&, const TailPoint&) = default;
};

struct Tail {
  bool restart = false;  // the point is not of this history, or of what was trimmed: begin again at {}
  // New contents, ascending; each is told once, unless it has been freed again by now.
  std::vector<std::uint64_t> added;
  // Contents that are gone from the store for good; ids are never used again. May name some that were never told.
  std::vector<std::uint64_t> freed;
  TailPoint next;
  bool more = false;
};

// What came and went since `from`, at most `limit` new contents at a time. On a home. Errc::not_found: there is no such
// account.
Task<Result<Tail>> tail(store::Store& store, model::AccountId account, TailPoint from, std::size_t limit);

}  // namespace mailstead::account
