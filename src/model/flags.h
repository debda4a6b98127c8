// Message flags: one 64-bit word in each message row. Bits 0-4 are the system flags, bit 5 is reserved, bits 6-63 are
// keywords, which a table of each mailbox names.
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailstead::model {

struct Flags {
  std::uint64_t bits = 0;

  constexpr bool has(Flags f) const { return (bits & f.bits) == f.bits; }
  constexpr Flags with(Flags f) const { return {bits | f.bits}; }
  constexpr Flags without(Flags f) const { return {bits & ~f.bits}; }
  constexpr bool empty() const { return bits == 0; }
  friend constexpr Flags operator|(Flags a, Flags b) { return {a.bits | b.bits}; }
  friend constexpr Flags operator&(Flags a, Flags b) { return {a.bits & b.bits}; }
  friend constexpr bool operator==(Flags, Flags) = default;
};

// RFC 9051 §2.3.2. \Recent is a session's own and never stored.
inline constexpr Flags k_seen{1}, k_answered{2}, k_flagged{4}, k_deleted{8}, k_draft{16};
inline constexpr Flags k_system_flags{31};
inline constexpr std::array<std::string_view, 5> k_system_names{"\\Seen", "\\Answered", "\\Flagged", "\\Deleted",
                                                                "\\Draft"};  // by bit
inline constexpr unsigned k_first_keyword_bit = 6;

constexpr Flags flag_bit(unsigned bit) {
  return {std::uint64_t{1} << bit};
}

// "\Seen", in any case; nullopt for every other word, \Recent included.
std::optional<Flags> system_flag(std::string_view name);

// flag-keyword = atom (RFC 9051 §9) of at most limits::k_keyword_bytes.
bool is_keyword(std::string_view name);

// A mailbox's keywords. Names keep the case in which they were first given and compare without it. Bits are never
// reused: rows hold them.
class KeywordTable {
 public:
  KeywordTable() = default;
  explicit KeywordTable(std::vector<std::string> names);  // as names() gave it

  const std::vector<std::string>& names() const { return names_; }  // the i-th has bit k_first_keyword_bit + i
  std::optional<Flags> find(std::string_view name) const;
  // Finds or adds. nullopt: not a keyword, or the table is full (limits::k_keywords).
  std::optional<Flags> add(std::string_view name);

  // System flag or known keyword.
  std::optional<Flags> parse(std::string_view name) const;
  // System flags first. Bits without a name are left out.
  std::vector<std::string> names(Flags flags) const;
  template <std::invocable<std::string_view> F>
  void each_name(Flags flags, F&& f) const {
    for (auto bits = flags.bits; bits != 0; bits &= bits - 1) {
      const auto bit = static_cast<unsigned>(std::countr_zero(bits));
      if (bit < k_system_names.size())
        f(k_system_names[bit]);
      else if (bit >= k_first_keyword_bit && bit - k_first_keyword_bit < names_.size())
        f(std::string_view(names_[bit - k_first_keyword_bit]));
    }
  }

  friend bool operator==(const KeywordTable&, const KeywordTable&) = default;

 private:
  std::vector<std::string> names_;
};

}  // namespace mailstead::model
