// Rights to a mailbox (RFC 4314 §2.1) as a set of letters.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "model/flags.h"

namespace mailstead::model {

struct Rights {
  std::uint16_t bits = 0;

  constexpr bool has(Rights r) const { return (bits & r.bits) == r.bits; }
  constexpr bool any(Rights r) const { return (bits & r.bits) != 0; }
  constexpr bool empty() const { return bits == 0; }
  friend constexpr Rights operator|(Rights a, Rights b) { return {static_cast<std::uint16_t>(a.bits | b.bits)}; }
  constexpr Rights without(Rights r) const { return {static_cast<std::uint16_t>(bits & ~r.bits)}; }
  friend constexpr bool operator==(Rights, Rights) = default;
};

namespace right {
inline constexpr Rights lookup{1}, read{2}, seen{4}, write{8}, insert{16}, post{32}, create{64}, remove_mailbox{128},
    remove_message{256}, expunge{512}, administer{1024}, annotate{2048};  // annotate: RFC 5257 §3.4
inline constexpr Rights all{4095};
}  // namespace right

// Letters in any order. §2.1.1: "c" is "kx", "d" is "te". nullopt: a letter that is no right.
std::optional<Rights> parse_rights(std::string_view letters);
// "lrswipkxteancd"; §2.1.1: "c" and "d" where any right of theirs is there.
std::string to_string(Rights rights);
// Flags that may be changed with these rights (§4 STORE, APPEND, COPY).
Flags flags_allowed(Rights rights);
// What it takes to change the flag of this name.
Rights right_to_change(std::string_view flag);

// What SETACL does (§3.1): "lr" sets, "+lr" adds, "-lr" takes away.
struct RightsChange {
  enum Kind : std::uint8_t { set, add, remove } kind = set;
  Rights rights;

  Rights of(Rights old) const;
  std::string to_string() const;
  friend constexpr bool operator==(RightsChange, RightsChange) = default;
};
std::optional<RightsChange> parse_rights_change(std::string_view text);

// Who may do what, by identifier: a user's address, "anyone", and either with "-" in front for what is taken away (§2).
// None of them is empty.
using Sharing = std::map<std::string, Rights>;
inline constexpr std::string_view k_anyone = "anyone";

// Of a user who is not the owner.
Rights rights_of(const Sharing& sharing, std::string_view user);

}  // namespace mailstead::model
