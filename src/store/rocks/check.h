// Offline verification of a store: opens it read-only (no server may have it open) and reads everything.
//   - every row's checksum; every blob's chunks, compression and hash;
//   - heads against records: contiguous up to the head's version; no keys or records without a head;
//   - links: both rows of each, and the blob they refer to.
// Whether the values mean something is for the account's own check.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/store.h"

namespace mailstead::store {

// Called now and then: what is being read, and how many rows of it were.
using CheckProgress = std::function<void(std::string_view family, std::uint64_t rows)>;

// At most k_findings_max findings, then it ends. Blocks. Errors: the store cannot be opened or read at all.
inline constexpr std::size_t k_findings_max = 1000;
Result<std::vector<Finding>> check_store(const std::string& path, const CheckProgress& progress = {});

}  // namespace mailstead::store
