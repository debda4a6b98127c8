// What of a folded text goes into the index, and what an index can say about a search string.
//
// A text falls into runs by the class of each character alone: *words* (letters, digits, marks), *pairs* (scripts that
// are written without spaces, CJK above all), and what separates. A word is a term; a run of pairs is the terms of two
// neighbouring characters each. As the class of a character does not depend on its neighbours, a search string falls
// into the same runs wherever it occurs: so a string that is one run of word characters occurs in a text exactly when
// it occurs within one of its terms, and a longer one only where all its runs do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailstead::index {

// A longer run of word characters becomes terms of this many octets, each beginning half of them after the one before,
// the last one at the run's end: whatever is not longer than the half is within one of them.
inline constexpr std::size_t k_term_bytes = 64;
inline constexpr std::size_t k_sure_bytes = k_term_bytes / 2;

// The terms of a folded text, in order, with repetitions; views of `folded`.
class Terms {
 public:
  explicit Terms(std::string_view folded) : text_(folded) {}
  bool next(std::string_view& term);

 private:
  std::string_view text_;
  std::string_view run_;   // what is left of a run
  std::size_t first_ = 0;  // of a run of pairs: octets of its first character; 0: a run of words
};

struct Wanted {
  enum How : std::uint8_t { anywhere, begins, ends, whole } how = anywhere;
  std::string text;
  friend bool operator==(const Wanted&, const Wanted&) = default;
};

// A text contains the search string only if for each of these it has such a term; if `exact`, also whenever.
struct Plan {
  std::vector<Wanted> wanted;
  bool exact = false;
};

// nullopt: the string has nothing that the index knows (it is empty, or separators only).
std::optional<Plan> plan(std::string_view folded);

}  // namespace mailstead::index
