// Counts failed attempts of addresses and of names. A failure is answered late; a right password never is. An address
// that fails too often is turned away for a minute. Any home.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "auth/authenticator.h"

namespace mailstead::auth {

// What attempts are counted by: IPv4 addresses whole, IPv6 by /64, IPv4 in IPv6 as IPv4; other text as it is.
std::string address_prefix(std::string_view address);

class Throttle {
 public:
  explicit Throttle(AuthenticatorOptions options) : options_(options) {}

  bool blocked(const std::string& prefix, std::int64_t now_ms);
  // Counts a failure; returns how long its answer is to be delayed. `name`: the account's, also when there is none.
  std::int64_t failed(const std::string& prefix, const std::string& name, std::int64_t now_ms);
  void succeeded(const std::string& name);

 private:
  struct Count {
    std::int64_t last_ms = 0;  // of the last failure
    unsigned failures = 0;     // halves with each quiet minute
    std::int64_t minute_ms = 0;
    unsigned in_minute = 0;
    std::int64_t blocked_until_ms = 0;
  };
  using Counts = std::unordered_map<std::string, Count>;
  Count& count(Counts& counts, const std::string& key, std::int64_t now_ms);

  const AuthenticatorOptions options_;
  std::mutex mutex_;
  Counts addresses_, names_;
};

}  // namespace mailstead::auth
