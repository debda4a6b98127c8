// Deliveries done half way: the sender was told to try again although some recipients have their copy already. What is
// remembered here is not stored again when the same message comes again (docs/decisions/0005). Any thread; in memory
// only, bounded in number and time: forgetting makes a double, never a loss.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <set>
#include <string_view>
#include <utility>

#include "auth/directory.h"
#include "store/store.h"

namespace mailstead::delivery {

class Halfway {
 public:
  using Key = store::BlobId;
  // One message of one sender to one mailbox. `content`: of the octets as received, without what we add.
  static Key key(std::string_view sender, const auth::Destination& to, const store::BlobId& content);

  bool empty() const;
  bool has(const Key& key, std::int64_t now);
  void add(const Key& key, std::int64_t now);

 private:
  void expire(std::int64_t now);

  mutable std::mutex mutex_;
  std::set<Key> keys_;
  std::deque<std::pair<std::int64_t, Key>> by_time_;
};

}  // namespace mailstead::delivery
