// A set of UIDs or sequence numbers as sorted disjoint ranges: "1:3,7" (RFC 9051 §9 sequence-set), of any size that
// fits in memory as ranges. A set as it came from a client may hold "*" or "n:*"; resolve() replaces it by the largest
// number in use. All other functions look at the plain ranges only.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "model/ids.h"

namespace mailstead::model {

template <class T>
class NumSet {
 public:
  using Number = typename T::value_type;
  struct Range {
    T first, last;  // both inside
    friend bool operator==(const Range&, const Range&) = default;
  };

  NumSet() = default;
  explicit NumSet(T one) { insert(one); }
  NumSet(T first, T last) { insert(first, last); }

  // From ranges in any order, overlapping or not: O(n log n), where inserting one by one may cost O(n²).
  static NumSet of(std::vector<Range> ranges) {
    std::sort(ranges.begin(), ranges.end(), [](const Range& a, const Range& b) { return a.first < b.first; });
    NumSet set;
    for (const auto& r : ranges) set.insert(r.first, r.last);  // always at the end: O(1)
    return set;
  }
  // Of T, or of the plain numbers that it is made of.
  template <class N>
  static NumSet of_numbers(const std::vector<N>& numbers) {
    std::vector<Range> ranges;
    for (const auto number : numbers) {
      const T n(number);
      if (!ranges.empty() && ranges.back().last < n && !before(ranges.back().last, n))
        ranges.back().last = n;  // as a rule they ascend, many without a gap
      else
        ranges.push_back({n, n});
    }
    return of(std::move(ranges));
  }

  void insert(T n) { insert(n, n); }
  void insert(T first, T last) {
    if (last < first) std::swap(first, last);  // RFC 9051 §9: 4:2 is 2:4
    // The first range that touches [first, last]; usually there is none and it goes to the end.
    auto from = ranges_.end();
    if (!ranges_.empty() && !(before(ranges_.back().last, first)))
      from =
          std::partition_point(ranges_.begin(), ranges_.end(), [&](const Range& r) { return before(r.last, first); });
    auto to = from;
    while (to != ranges_.end() && !before(last, to->first)) {
      first = std::min(first, to->first);
      last = std::max(last, to->last);
      ++to;
    }
    if (from == to) {
      ranges_.insert(from, Range{first, last});
    } else {
      *from = Range{first, last};
      ranges_.erase(from + 1, to);
    }
  }

  // "*" (no number) or "n:*".
  void insert_star(std::optional<T> from = std::nullopt) {
    const auto low = from ? from->value : std::numeric_limits<Number>::max();
    star_ = star_ ? std::min(*star_, low) : low;
  }
  bool has_star() const { return star_.has_value(); }

  // `max`: the largest number in use, 0 if none. n:* with n > max is max alone: the numbers above it are not in use
  // (RFC 9051 §9: "*" is always in such a range, whatever n is).
  NumSet resolve(T max) const {
    NumSet out;
    out.ranges_ = ranges_;
    if (star_ && max.value != 0) out.insert(T(std::min(*star_, max.value)), max);
    return out;
  }

  bool contains(T n) const {
    const auto it = std::partition_point(ranges_.begin(), ranges_.end(), [&](const Range& r) { return r.last < n; });
    return it != ranges_.end() && it->first <= n;
  }
  bool empty() const { return ranges_.empty() && !star_; }
  std::uint64_t size() const {
    std::uint64_t n = 0;
    for (const auto& r : ranges_) n += std::uint64_t{r.last.value} - r.first.value + 1;
    return n;
  }
  const std::vector<Range>& ranges() const& { return ranges_; }
  std::vector<Range> ranges() && { return std::move(ranges_); }  // so that `for (… : set.resolve(m).ranges())` is safe
  std::optional<T> min() const { return ranges_.empty() ? std::nullopt : std::optional(ranges_.front().first); }
  std::optional<T> max() const { return ranges_.empty() ? std::nullopt : std::optional(ranges_.back().last); }

  // Each number, ascending. Only for sets known to be small, or already cut to numbers in use.
  template <class F>
  void for_each(F&& f) const {
    for (const auto& r : ranges_)
      for (std::uint64_t n = r.first.value; n <= r.last.value; ++n) f(T(static_cast<Number>(n)));
  }

  NumSet unite(const NumSet& other) const {
    auto all = ranges_;
    all.insert(all.end(), other.ranges_.begin(), other.ranges_.end());
    return of(std::move(all));
  }
  NumSet intersect(const NumSet& other) const {
    NumSet out;
    for (auto a = ranges_.begin(), b = other.ranges_.begin(); a != ranges_.end() && b != other.ranges_.end();) {
      const T first = std::max(a->first, b->first), last = std::min(a->last, b->last);
      if (first <= last) out.insert(first, last);
      a->last < b->last ? ++a : ++b;
    }
    return out;
  }
  NumSet subtract(const NumSet& other) const {
    NumSet out;
    auto b = other.ranges_.begin();
    for (const auto& r : ranges_) {
      std::uint64_t from = r.first.value;
      while (b != other.ranges_.end() && b->last < r.first) ++b;
      for (auto c = b; c != other.ranges_.end() && c->first <= r.last; ++c) {
        if (c->first.value > from) out.insert(T(static_cast<Number>(from)), T(c->first.value - 1));
        from = std::uint64_t{c->last.value} + 1;
      }
      if (from <= r.last.value) out.insert(T(static_cast<Number>(from)), r.last);
    }
    return out;
  }

  // sequence-set; "" when empty.
  std::string to_string() const {
    std::string out;
    for (const auto& r : ranges_) {
      append(out, out.empty() ? "" : ",", r.first.value);
      if (r.first != r.last) append(out, ':', r.last.value);
    }
    if (star_) {
      if (!out.empty()) out += ',';
      if (*star_ != std::numeric_limits<Number>::max()) append(out, *star_, ':');
      out += '*';
    }
    return out;
  }

  friend bool operator==(const NumSet&, const NumSet&) = default;

 private:
  // a and b are apart by at least one number, a first.
  static bool before(T a, T b) { return a < b && b.value - a.value > 1; }

  std::vector<Range> ranges_;
  std::optional<Number> star_;  // lowest n of all "n:*"; the type's maximum: "*" alone
};

}  // namespace mailstead::model
