// The limits of the store contract, checked in one place by every driver before it does anything.
#pragma once

#include "store/store.h"

namespace mailstead::store {

inline constexpr std::size_t k_summary_max = 4 * 1024;
inline constexpr std::size_t k_holder_max = 16;
inline constexpr std::size_t k_page_bytes = 4 * 1024 * 1024;  // about: a page ends with the row that reaches it
// A blob younger than this is not given a new date when it is stored again: the sweep's age is far above it.
inline constexpr std::int64_t k_blob_touch_s = 3600;

// too_big or invalid; a blob's content is not looked at.
Result<> validate(const Commit& commit);

}  // namespace mailstead::store
