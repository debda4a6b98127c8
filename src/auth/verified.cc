#include "auth/verified.h"

#include "auth/password.h"
#include "base/codec.h"
#include "base/random.h"

namespace mailstead::auth {

VerifiedCache::VerifiedCache(AuthenticatorOptions options) : options_(options), secret_(random_string(32)) {}

std::string VerifiedCache::key(const Credentials& account, const Attempt& attempt) const {
  Writer w;
  w.u64be(account.id.value).u64be(account.changes).str(attempt.user).str(attempt.password);
  w.u8(static_cast<std::uint8_t>(attempt.scope));
  return keyed_hash(secret_, w.view());
}

std::optional<Identity> VerifiedCache::find(const std::string& key, std::int64_t now_ms) {
  std::lock_guard lock(mutex_);
  const auto it = entries_.find(key);
  if (it == entries_.end()) return std::nullopt;
  if (now_ms >= it->second.until_ms) {
    entries_.erase(it);
    return std::nullopt;
  }
  return it->second.identity;
}

void VerifiedCache::add(std::string key, Identity identity, std::int64_t now_ms) {
  std::lock_guard lock(mutex_);
  if (entries_.size() >= options_.verified_max) {
    std::erase_if(entries_, [&](const auto& e) { return now_ms >= e.second.until_ms; });
    if (entries_.size() >= options_.verified_max) entries_.clear();
  }
  entries_.insert_or_assign(std::move(key), Entry{std::move(identity), now_ms + options_.verified_keep_ms});
}

}  // namespace mailstead::auth
