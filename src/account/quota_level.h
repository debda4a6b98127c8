// How full an account is, and the two limits at which its people are warned.
#pragma once

#include <algorithm>

#include "account/account.h"

namespace mailstead::account {

inline constexpr unsigned k_quota_limits[] = {80, 95};

// Of bytes or of messages, whichever is fuller, rounded down; 0: no quota.
inline unsigned percent_used(const Quota& q) {
  const auto of = [](std::uint64_t used, std::uint64_t max) {
    return max == 0
               ? 0U
               : static_cast<unsigned>(std::min(1000.0, 100.0 * static_cast<double>(used) / static_cast<double>(max)));
  };
  return std::max(of(q.bytes_used, q.bytes_max), of(q.messages_used, q.messages_max));
}

// The highest limit that is reached; 0: none.
inline unsigned quota_limit(unsigned percent) {
  unsigned limit = 0;
  for (const auto l : k_quota_limits)
    if (percent >= l) limit = l;
  return limit;
}

}  // namespace mailstead::account
