// What stays in memory after its last user has left, within a number of octets; who comes back, or polls, finds it
// there. Those of a home: the rows of mailboxes, and what their messages are compared by (model/digests.h).
#pragma once

#include <cstddef>
#include <iterator>
#include <list>
#include <memory>
#include <unordered_map>
#include <utility>

#include "account/mailbox.h"
#include "base/metrics.h"
#include "model/digests.h"

namespace mailstead::account {

enum class Alone : std::uint8_t { kept, let_go };  // what is larger than all may be together

template <class T>
class Kept {
 public:
  // `gauge`: where the octets are shown; outlives this.
  explicit Kept(std::size_t bytes_max, Alone alone = Alone::kept, metrics::Value* gauge = nullptr)
      : bytes_max_(bytes_max), alone_(alone), gauge_(gauge) {}
  Kept(const Kept&) = delete;
  ~Kept() { count(bytes_, 0); }

  // It is used: it is the last to go. `bytes`: what it takes now; how it grows or shrinks is counted at the next time.
  void note(std::shared_ptr<T> what, std::size_t bytes) {
    auto found = at_.find(what.get());
    if (found == at_.end()) {
      entries_.push_front({std::move(what), 0, true});
      found = at_.emplace(entries_.front().what.get(), entries_.begin()).first;
    }
    auto& entry = *found->second;
    count(entry.bytes, bytes);
    entry.bytes = bytes;
    entry.fresh = true;
    entries_.splice(entries_.begin(), entries_, found->second);
    if (alone_ == Alone::let_go && bytes > bytes_max_) return drop(entries_.begin());
    while (bytes_ > bytes_max_ && entries_.size() > 1) drop(std::prev(entries_.end()));
  }
  // Lets go of what was not used since the call before.
  void age() {
    for (auto at = entries_.begin(); at != entries_.end();) {
      const auto here = at++;
      if (here->fresh)
        here->fresh = false;
      else
        drop(here);
    }
  }

  std::size_t bytes() const { return bytes_; }

 private:
  struct Entry {
    std::shared_ptr<T> what;
    std::size_t bytes;
    bool fresh;
  };
  void drop(typename std::list<Entry>::iterator at) {
    count(at->bytes, 0);
    at_.erase(at->what.get());
    entries_.erase(at);
  }
  void count(std::size_t before, std::size_t now) {
    bytes_ += now - before;
    if (gauge_ != nullptr) gauge_->add(static_cast<std::int64_t>(now) - static_cast<std::int64_t>(before));
  }

  const std::size_t bytes_max_;
  const Alone alone_;
  metrics::Value* const gauge_;
  std::size_t bytes_ = 0;
  std::list<Entry> entries_;  // last used first
  std::unordered_map<const T*, typename std::list<Entry>::iterator> at_;
};

using KeptMailboxes = Kept<const OpenMailbox>;
using KeptDigests = Kept<model::Digests>;

inline std::size_t bytes_of(const OpenMailbox& mailbox) {
  constexpr std::size_t k_around = 512;  // the objects around the rows
  return k_around + mailbox.rows->size() * sizeof(Row);
}

}  // namespace mailstead::account
