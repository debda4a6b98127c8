// One session's idea of a mailbox's sequence numbers (RFC 9051 §5.2, §7.5.1). What the client has been told is
//   { UIDs of the shared array that are ≤ last_uid } ∪ pending
// where `pending` are the messages already gone from the shared array but not yet told as EXPUNGE. So a view costs
// O(pending), whatever the mailbox's size; the array itself is owned elsewhere and given at each call.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "model/ids.h"
#include "model/numset.h"

namespace mailstead::model {

// A mailbox's UIDs, ascending. rank(uid): the number of UIDs smaller than it.
template <class I>
concept Index = requires(const I& index, std::size_t i, std::uint32_t uid) {
  { index.size() } -> std::convertible_to<std::size_t>;
  { index.uid_at(i) } -> std::convertible_to<std::uint32_t>;
  { index.rank(uid) } -> std::convertible_to<std::size_t>;
  { index.contains(uid) } -> std::convertible_to<bool>;
};

class View {
 public:
  // Told nothing yet: announce() at SELECT gives the first EXISTS.
  View() = default;

  template <Index I>
  std::uint32_t exists(const I& index) const {
    return static_cast<std::uint32_t>(told(index) + pending_.size());
  }

  // nullopt: no such number in this view. The message may be pending: gone, but still numbered.
  template <Index I>
  std::optional<Uid> uid_of(const I& index, SeqNum seq) const {
    if (seq.value == 0 || seq.value > exists(index)) return std::nullopt;
    const std::size_t k = seq.value - 1;
    // The j-th pending UID stands at place j + rank of it; places ascend with j.
    std::size_t low = 0, high = pending_.size();
    while (low < high) {
      const auto mid = (low + high) / 2;
      const auto place = mid + index.rank(pending_[mid]);
      if (place == k) return Uid(pending_[mid]);
      if (place < k)
        low = mid + 1;
      else
        high = mid;
    }
    return Uid(index.uid_at(k - low));
  }

  template <Index I>
  std::optional<SeqNum> seq_of(const I& index, Uid uid) const {
    if (uid.value > last_uid_) return std::nullopt;
    const auto it = std::lower_bound(pending_.begin(), pending_.end(), uid.value);
    if (!(it != pending_.end() && *it == uid.value) && !index.contains(uid.value)) return std::nullopt;
    return SeqNum(
        static_cast<std::uint32_t>(index.rank(uid.value) + static_cast<std::size_t>(it - pending_.begin()) + 1));
  }

  // The UIDs of a set of sequence numbers, as ranges: a range of numbers is a range of UIDs, with no other message of
  // this view between. Resolves "*". nullopt: a number above exists().
  template <Index I>
  std::optional<NumSet<Uid>> uids_of(const I& index, const NumSet<SeqNum>& seqs) const {
    NumSet<Uid> out;
    for (const auto& r : seqs.resolve(SeqNum(exists(index))).ranges()) {
      const auto first = uid_of(index, r.first), last = uid_of(index, r.last);
      if (!first || !last) return std::nullopt;
      out.insert(*first, *last);
    }
    return out;
  }

  Uid last_uid() const { return Uid(last_uid_); }  // the highest that was ever told
  // What this client means by "*" in UIDs: the largest in use, as far as it has been told. 0: none.
  template <Index I>
  Uid highest_uid(const I& index) const {
    const auto there = told(index);
    return Uid(std::max(there == 0 ? 0 : index.uid_at(there - 1), pending_.empty() ? 0 : pending_.back()));
  }
  bool is_pending(Uid uid) const { return std::binary_search(pending_.begin(), pending_.end(), uid.value); }
  bool has_pending() const { return !pending_.empty(); }
  NumSet<Uid> pending() const {
    NumSet<Uid> out;
    for (auto uid : pending_) out.insert(Uid(uid));
    return out;
  }
  bool any_pending(const NumSet<Uid>& uids) const {
    return std::any_of(uids.ranges().begin(), uids.ranges().end(), [&](const auto& r) {
      const auto it = std::lower_bound(pending_.begin(), pending_.end(), r.first.value);
      return it != pending_.end() && *it <= r.last.value;
    });
  }

  // A message leaves the array. Ignored when the client was never told of it. Ascending calls cost O(1).
  void note_expunged(Uid uid) {
    if (uid.value > last_uid_ || uid.value == 0) return;
    if (pending_.empty() || pending_.back() < uid.value) {
      pending_.push_back(uid.value);
      return;
    }
    const auto it = std::lower_bound(pending_.begin(), pending_.end(), uid.value);
    if (*it != uid.value) pending_.insert(it, uid.value);
  }

  // The numbers to send as EXPUNGE lines, in this order; each is right at its moment (RFC 9051 §7.5.1). Highest first,
  // so that the others do not move. Only where RFC 9051 §7.5.1 allows: not during FETCH, STORE, SEARCH.
  template <Index I>
  std::vector<SeqNum> take_expunges(const I& index) {
    std::vector<SeqNum> out;
    out.reserve(pending_.size());
    for (auto j = pending_.size(); j-- > 0;)
      out.emplace_back(static_cast<std::uint32_t>(j + index.rank(pending_[j]) + 1));
    pending_.clear();
    pending_.shrink_to_fit();
    return out;
  }
  // The same for a client that enabled QRESYNC: VANISHED (RFC 7162 §3.2.10).
  NumSet<Uid> take_vanished() {
    auto out = pending();
    pending_.clear();
    pending_.shrink_to_fit();
    return out;
  }

  // Takes in messages that arrived. The new EXISTS, or nullopt when there is nothing new to tell. The new ones are
  // those above the last_uid() of before.
  template <Index I>
  std::optional<std::uint32_t> announce(const I& index) {
    if (index.size() == 0 || index.uid_at(index.size() - 1) <= last_uid_) return std::nullopt;
    last_uid_ = index.uid_at(index.size() - 1);
    return exists(index);
  }

 private:
  template <Index I>
  std::size_t told(const I& index) const {
    return last_uid_ == std::numeric_limits<std::uint32_t>::max() ? index.size() : index.rank(last_uid_ + 1);
  }

  std::vector<std::uint32_t> pending_;  // ascending, all ≤ last_uid_, none in the array
  std::uint32_t last_uid_ = 0;
};

}  // namespace mailstead::model
