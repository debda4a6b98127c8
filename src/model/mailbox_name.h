// Mailbox names: UTF-8, '/' between levels, INBOX in any case (RFC 9051 §5.1), and LIST patterns (§6.3.9).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mailstead::model {

inline constexpr char k_separator = '/';
inline constexpr std::string_view k_inbox = "INBOX";

bool is_inbox(std::string_view name);

// RFC 2342 "Other Users' Namespace": behind it the owner's address and the mailbox's name there. What has no "@" behind
// it is a name of one's own.
inline constexpr std::string_view k_other_users = "Other Users/";
struct OthersName {
  std::string owner;    // in small letters
  std::string mailbox;  // canonical; "": none is named
};
std::optional<OthersName> others_name(std::string_view name);
// "": a name of one's own.
std::string owner_in(std::string_view name);

// "inbox" → "INBOX", "inbox/x" → "INBOX/x", and so behind another's address; other names as they are.
std::string canonical_name(std::string_view name);
// The canonical form of a name that may exist here. Errc::invalid: bad UTF-8, control characters, line or paragraph
// separators (U+2028, U+2029), an empty level; too_big: longer or deeper than the limits. One separator at the end is
// taken off: CREATE may have it (RFC 9051 §6.3.4).
Result<std::string> check_name(std::string_view name);

std::string_view parent_of(std::string_view name);  // "" at the top
std::string_view leaf_of(std::string_view name);
bool is_under(std::string_view name, std::string_view parent);  // strictly

// RFC 6154 §2, RFC 8457 §3.
enum class SpecialUse : std::uint8_t { all, archive, drafts, flagged, junk, sent, trash, important };
std::string_view to_string(SpecialUse);                           // "\Drafts"
std::optional<SpecialUse> parse_special_use(std::string_view s);  // in any case

// A LIST pattern: '*' matches anything, '%' anything without a separator. Compiled into a bit set of states, so that a
// name costs O(length · pattern / 64), whatever the wildcards ("%*%*%*%*" is exponential in a naive matcher).
class ListPattern {
 public:
  // Longer patterns than any name could match do match nothing.
  explicit ListPattern(std::string_view pattern);
  bool matches(std::string_view name) const;
  bool has_wildcard() const { return has_wildcard_; }

 private:
  using Bits = std::vector<std::uint64_t>;
  const Bits* literal(char c) const;
  void step(Bits& active, char c, bool fold) const;
  void skip_wildcards(Bits& active) const;

  std::size_t states_ = 0;
  std::array<std::int16_t, 256> literal_of_{};  // index into literals_, or -1
  std::vector<Bits> literals_;                  // for each byte of the pattern: where it stands
  Bits star_, percent_;
  bool has_wildcard_ = false;
};

}  // namespace mailstead::model
