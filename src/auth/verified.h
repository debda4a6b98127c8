// Credentials verified a short while ago, so that a client's tenth connection costs no Argon2. The key is a keyed hash
// over everything the answer depends on, the version of the account's row among it: a changed account misses. Any home.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "auth/authenticator.h"
#include "auth/records.h"

namespace mailstead::auth {

class VerifiedCache {
 public:
  explicit VerifiedCache(AuthenticatorOptions options);

  std::string key(const Credentials& account, const Attempt& attempt) const;
  std::optional<Identity> find(const std::string& key, std::int64_t now_ms);
  void add(std::string key, Identity identity, std::int64_t now_ms);

 private:
  struct Entry {
    Identity identity;
    std::int64_t until_ms;
  };
  const AuthenticatorOptions options_;
  const std::string secret_;  // of this process: the keys say nothing about passwords elsewhere
  std::mutex mutex_;
  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace mailstead::auth
