#include "model/rights.h"

#include "base/ascii.h"

namespace mailstead::model {
namespace {

constexpr std::string_view k_letters = "lrswipkxtean";
constexpr Rights k_old_create = right::create | right::remove_mailbox;
constexpr Rights k_old_delete = right::remove_message | right::expunge;

}  // namespace

std::optional<Rights> parse_rights(std::string_view letters) {
  Rights out;
  for (const char c : letters) {
    const auto at = k_letters.find(c);
    if (at != std::string_view::npos)
      out = out | Rights{static_cast<std::uint16_t>(1U << at)};
    else if (c == 'c')
      out = out | k_old_create;
    else if (c == 'd')
      out = out | k_old_delete;
    else
      return std::nullopt;
  }
  return out;
}

std::string to_string(Rights rights) {
  std::string out;
  for (std::size_t i = 0; i < k_letters.size(); ++i)
    if (rights.any({static_cast<std::uint16_t>(1U << i)})) out += k_letters[i];
  if (rights.any(k_old_create)) out += 'c';
  if (rights.any(k_old_delete)) out += 'd';
  return out;
}

Rights RightsChange::of(Rights old) const {
  return kind == set ? rights : kind == add ? old | rights : old.without(rights);
}

std::string RightsChange::to_string() const {
  static constexpr std::string_view sign[] = {"", "+", "-"};
  return cat(sign[kind], model::to_string(rights));
}

std::optional<RightsChange> parse_rights_change(std::string_view text) {
  RightsChange out;
  if (text.starts_with('+')) out.kind = RightsChange::add;
  if (text.starts_with('-')) out.kind = RightsChange::remove;
  if (out.kind != RightsChange::set) text.remove_prefix(1);
  const auto rights = parse_rights(text);
  if (!rights) return std::nullopt;
  out.rights = *rights;
  return out;
}

Flags flags_allowed(Rights rights) {
  const Flags other = Flags{~std::uint64_t{0}}.without(k_seen).without(k_deleted);
  Flags out;
  if (rights.has(right::seen)) out = out | k_seen;
  if (rights.has(right::remove_message)) out = out | k_deleted;
  if (rights.has(right::write)) out = out | other;
  return out;
}

Rights right_to_change(std::string_view flag) {
  const auto known = system_flag(flag);
  return known == k_seen ? right::seen : known == k_deleted ? right::remove_message : right::write;
}

Rights rights_of(const Sharing& sharing, std::string_view user) {
  const auto of = [&](const std::string& identifier) {
    const auto found = sharing.find(identifier);
    return found == sharing.end() ? Rights() : found->second;
  };
  const std::string name(user), anyone(k_anyone);
  return (of(name) | of(anyone)).without(of(cat('-', name)) | of(cat('-', anyone)));
}

}  // namespace mailstead::model
