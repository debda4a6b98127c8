// The terms of messages: what of an account's contents goes into which column.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "account/registry.h"
#include "index/segment.h"
#include "runtime/home.h"

namespace mailstead::index {

struct Gathered {
  std::vector<std::uint64_t> contents;  // those that were still there
  std::vector<bool> unknown;            // pairwise: its terms are not among the others
  std::uint64_t last = 0;               // contents up to here were looked at
  Builder terms;
};

// Reads `contents` (ascending, not empty) and gathers their terms on `pool`, a bounded part of them in memory at a
// time; the last of them stay for another time when the terms take more than limits::k_index_batch_bytes. On the
// account's home.
Task<Result<std::unique_ptr<Gathered>>> gather(account::AccountRef account, Pool& pool,
                                               std::vector<std::uint64_t> contents);

}  // namespace mailstead::index
