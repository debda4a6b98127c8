#include "delivery/halfway.h"

#include "base/ascii.h"
#include "base/limits.h"

namespace mailstead::delivery {

Halfway::Key Halfway::key(std::string_view sender, const auth::Destination& to, const store::BlobId& content) {
  const std::string_view between("\0", 1);  // in no address
  return Key::of(cat(sender, between, to.account.value, between, lower(to.detail), between, content.view()));
}

bool Halfway::empty() const {
  std::lock_guard lock(mutex_);
  return keys_.empty();
}

bool Halfway::has(const Key& key, std::int64_t now) {
  std::lock_guard lock(mutex_);
  expire(now);
  return keys_.contains(key);
}

void Halfway::add(const Key& key, std::int64_t now) {
  std::lock_guard lock(mutex_);
  expire(now);
  if (keys_.insert(key).second) by_time_.emplace_back(now, key);
  if (by_time_.size() > limits::k_halfway_deliveries) {
    keys_.erase(by_time_.front().second);
    by_time_.pop_front();
  }
}

void Halfway::expire(std::int64_t now) {
  while (!by_time_.empty() && by_time_.front().first + limits::k_halfway_keep_s <= now) {
    keys_.erase(by_time_.front().second);
    by_time_.pop_front();
  }
}

}  // namespace mailstead::delivery
