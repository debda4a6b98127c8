// A mailbox that fills up says so to its owner, while there is still room: a message when a delivery takes it over 80 %
// or 95 % of its quota.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "account/account.h"

namespace mailstead::delivery {

class QuotaWarnings {
 public:
  // The limit that was crossed between the two, unless this account was warned of it within a day: what comes and goes
  // at the limit is not worth a message each time. Any thread.
  std::optional<unsigned> crossed(model::AccountId account, const account::Quota& before, const account::Quota& after,
                                  std::int64_t now);

 private:
  std::mutex mutex_;
  std::map<std::pair<std::uint64_t, unsigned>, std::int64_t> warned_;  // of the last day
};

// The whole message (RFC 5322, RFC 3834). `date` as in a header; `id` is unique.
std::string quota_warning(const account::Account& account, std::string_view address, std::string_view hostname,
                          std::string_view date, std::string_view id);

}  // namespace mailstead::delivery
