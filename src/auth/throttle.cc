#include "auth/throttle.h"

#include <arpa/inet.h>

#include <algorithm>

namespace mailstead::auth {
namespace {

constexpr std::int64_t k_minute_ms = 60'000;
constexpr std::size_t k_counts_max = 64 * 1024;  // many addresses, one attempt each

}  // namespace

std::string address_prefix(std::string_view address) {
  const std::string text(address);
  in6_addr v6{};
  if (text.find(':') == std::string::npos || inet_pton(AF_INET6, text.c_str(), &v6) != 1) return text;
  if (IN6_IS_ADDR_V4MAPPED(&v6)) {
    char out[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, &v6.s6_addr[12], out, sizeof out);
    return out;
  }
  std::fill(v6.s6_addr + 8, v6.s6_addr + 16, std::uint8_t{0});
  char out[INET6_ADDRSTRLEN];
  inet_ntop(AF_INET6, &v6, out, sizeof out);
  return out;
}

Throttle::Count& Throttle::count(Counts& counts, const std::string& key, std::int64_t now_ms) {
  if (counts.size() >= k_counts_max && !counts.contains(key)) {
    std::erase_if(counts, [&](const auto& e) {
      return now_ms - e.second.last_ms > 10 * k_minute_ms && e.second.blocked_until_ms <= now_ms;
    });
    if (counts.size() >= k_counts_max) counts.clear();
  }
  auto& c = counts[key];
  const auto quiet = std::clamp<std::int64_t>((now_ms - c.last_ms) / k_minute_ms, 0, 31);
  c.failures >>= quiet;
  return c;
}

bool Throttle::blocked(const std::string& prefix, std::int64_t now_ms) {
  if (prefix.empty()) return false;
  std::lock_guard lock(mutex_);
  const auto it = addresses_.find(prefix);
  return it != addresses_.end() && now_ms < it->second.blocked_until_ms;
}

std::int64_t Throttle::failed(const std::string& prefix, const std::string& name, std::int64_t now_ms) {
  std::lock_guard lock(mutex_);
  unsigned worst = 0;
  auto note = [&](Count& c) {
    c.last_ms = now_ms;
    ++c.failures;
    worst = std::max(worst, c.failures);
  };
  if (!prefix.empty()) {
    auto& c = count(addresses_, prefix, now_ms);
    note(c);
    if (now_ms - c.minute_ms >= k_minute_ms) c.minute_ms = now_ms, c.in_minute = 0;
    if (++c.in_minute > options_.failures_per_minute) {
      c.blocked_until_ms = now_ms + k_minute_ms;
      c.in_minute = 0;
    }
  }
  note(count(names_, name, now_ms));
  if (worst < 2) return 0;  // a slip of the fingers
  const auto shift = std::min(worst - 2, 20U);
  return std::min(options_.first_delay_ms << shift, options_.max_delay_ms);
}

void Throttle::succeeded(const std::string& name) {
  std::lock_guard lock(mutex_);
  names_.erase(name);
}

}  // namespace mailstead::auth
