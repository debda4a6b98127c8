#include "model/mailbox_name.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/limits.h"
#include "base/utf8.h"

namespace mailstead::model {
namespace {

constexpr std::string_view k_uses[] = {"\\All",  "\\Archive", "\\Drafts", "\\Flagged",
                                       "\\Junk", "\\Sent",    "\\Trash",  "\\Important"};

bool is_bad_character(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 || c == 0xFFFFFFFF;
}

}  // namespace

bool is_inbox(std::string_view name) {
  return iequals(name, k_inbox);
}

std::optional<OthersName> others_name(std::string_view name) {
  if (!name.starts_with(k_other_users)) return std::nullopt;
  name.remove_prefix(k_other_users.size());
  const auto slash = name.find(k_separator);
  const auto owner = name.substr(0, slash);
  if (owner.find('@') == std::string_view::npos) return std::nullopt;
  return OthersName{lower(owner), slash == std::string_view::npos ? "" : canonical_name(name.substr(slash + 1))};
}

std::string owner_in(std::string_view name) {
  auto other = others_name(name);
  return other ? std::move(other->owner) : "";
}

std::string canonical_name(std::string_view name) {
  if (const auto other = others_name(name); other && !other->mailbox.empty())
    return cat(k_other_users, other->owner, k_separator, other->mailbox);
  std::string out(name);
  if (istarts_with(name, k_inbox) && (name.size() == k_inbox.size() || name[k_inbox.size()] == k_separator))
    out.replace(0, k_inbox.size(), k_inbox);
  return out;
}

Result<std::string> check_name(std::string_view name) {
  if (name.ends_with(k_separator)) name.remove_suffix(1);
  if (name.empty()) return fail(Errc::invalid, "empty mailbox name");
  if (name.size() > limits::k_mailbox_name_bytes) return fail(Errc::too_big, "mailbox name too long");
  std::size_t depth = 1;
  bool level_empty = true;
  for (std::size_t at = 0; at < name.size();) {
    const auto c = utf8_next(name, at);
    if (is_bad_character(c)) return fail(Errc::invalid, "mailbox name with a character that is not allowed");
    if (c != U'/') {
      level_empty = false;
    } else if (level_empty) {
      return fail(Errc::invalid, "mailbox name with an empty level");
    } else {
      level_empty = true;
      ++depth;
    }
  }
  if (level_empty) return fail(Errc::invalid, "mailbox name with an empty level");
  if (depth > limits::k_mailbox_name_depth) return fail(Errc::too_big, "mailbox name too deep");
  return canonical_name(name);
}

std::string_view parent_of(std::string_view name) {
  const auto at = name.rfind(k_separator);
  return at == std::string_view::npos ? std::string_view{} : name.substr(0, at);
}

std::string_view leaf_of(std::string_view name) {
  return name.substr(name.rfind(k_separator) + 1);
}

bool is_under(std::string_view name, std::string_view parent) {
  return name.size() > parent.size() + 1 && name.starts_with(parent) && name[parent.size()] == k_separator;
}

std::string_view to_string(SpecialUse use) {
  return k_uses[static_cast<std::size_t>(use)];
}

std::optional<SpecialUse> parse_special_use(std::string_view s) {
  for (std::size_t i = 0; i < std::size(k_uses); ++i)
    if (iequals(s, k_uses[i])) return static_cast<SpecialUse>(i);
  return std::nullopt;
}

// State i: the first i elements of the pattern are matched. Runs of wildcards are one element, so no two stand
// together.
ListPattern::ListPattern(std::string_view pattern) {
  std::string elements;
  std::vector<bool> wild;
  for (char c : pattern) {
    const bool is_wild = c == '*' || c == '%';
    has_wildcard_ = has_wildcard_ || is_wild;
    if (is_wild && !wild.empty() && wild.back()) {
      if (c == '*') elements.back() = c;
      continue;
    }
    elements += c;
    wild.push_back(is_wild);
    if (elements.size() > 2 * limits::k_mailbox_name_bytes + 1) break;
  }
  literal_of_.fill(-1);
  if (elements.size() > 2 * limits::k_mailbox_name_bytes + 1) return;  // states_ 0: matches nothing
  states_ = elements.size() + 1;
  const std::size_t words = (states_ + 63) / 64;
  star_.resize(words);
  percent_.resize(words);
  for (std::size_t i = 0; i < elements.size(); ++i) {
    Bits* where = elements[i] == '*' ? &star_ : &percent_;
    if (!wild[i]) {
      auto& index = literal_of_[static_cast<unsigned char>(elements[i])];
      if (index < 0) {
        index = static_cast<std::int16_t>(literals_.size());
        literals_.emplace_back(words);
      }
      where = &literals_[static_cast<std::size_t>(index)];
    }
    (*where)[i / 64] |= std::uint64_t{1} << (i % 64);
  }
}

const ListPattern::Bits* ListPattern::literal(char c) const {
  const auto index = literal_of_[static_cast<unsigned char>(c)];
  return index < 0 ? nullptr : &literals_[static_cast<std::size_t>(index)];
}

void ListPattern::skip_wildcards(Bits& active) const {
  std::uint64_t carry = 0;
  for (std::size_t w = 0; w < active.size(); ++w) {
    const auto wild = active[w] & (star_[w] | percent_[w]);
    active[w] |= wild << 1 | carry;
    carry = wild >> 63;
  }
}

void ListPattern::step(Bits& active, char c, bool fold) const {
  const auto* exact = literal(fold ? to_lower(c) : c);
  const auto* other = fold ? literal(to_upper(c)) : nullptr;
  std::uint64_t carry = 0;
  for (std::size_t w = 0; w < active.size(); ++w) {
    const auto here = (exact != nullptr ? (*exact)[w] : 0) | (other != nullptr ? (*other)[w] : 0);
    const auto moved = active[w] & here;
    const auto stay = active[w] & (star_[w] | (c == k_separator ? 0 : percent_[w]));
    active[w] = stay | moved << 1 | carry;
    carry = moved >> 63;
  }
}

bool ListPattern::matches(std::string_view name) const {
  if (states_ == 0) return false;
  Bits active(star_.size());
  active[0] = 1;
  skip_wildcards(active);
  const bool inbox = name == k_inbox || is_under(name, k_inbox);
  for (std::size_t i = 0; i < name.size(); ++i) {
    step(active, name[i], inbox && i < k_inbox.size());
    if (std::all_of(active.begin(), active.end(), [](auto w) { return w == 0; })) return false;
    skip_wildcards(active);
  }
  return (active[(states_ - 1) / 64] >> ((states_ - 1) % 64) & 1) != 0;
}

}  // namespace mailstead::model
