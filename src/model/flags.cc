#include "model/flags.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/limits.h"

namespace mailstead::model {
std::optional<Flags> system_flag(std::string_view name) {
  for (unsigned bit = 0; bit < k_system_names.size(); ++bit)
    if (iequals(name, k_system_names[bit])) return flag_bit(bit);
  return std::nullopt;
}

bool is_keyword(std::string_view name) {
  if (name.empty() || name.size() > limits::k_keyword_bytes) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return c > ' ' && c < 0x7F && std::string_view("(){%*\"\\]").find(c) == std::string_view::npos;
  });
}

KeywordTable::KeywordTable(std::vector<std::string> names) : names_(std::move(names)) {
  if (names_.size() > limits::k_keywords) names_.resize(limits::k_keywords);
}

std::optional<Flags> KeywordTable::find(std::string_view name) const {
  for (unsigned i = 0; i < names_.size(); ++i)
    if (iequals(names_[i], name)) return flag_bit(k_first_keyword_bit + i);
  return std::nullopt;
}

std::optional<Flags> KeywordTable::add(std::string_view name) {
  if (const auto known = find(name)) return known;
  if (!is_keyword(name) || names_.size() >= limits::k_keywords) return std::nullopt;
  names_.emplace_back(name);
  return flag_bit(k_first_keyword_bit + static_cast<unsigned>(names_.size()) - 1);
}

std::optional<Flags> KeywordTable::parse(std::string_view name) const {
  if (const auto system = system_flag(name)) return system;
  return find(name);
}

std::vector<std::string> KeywordTable::names(Flags flags) const {
  std::vector<std::string> out;
  each_name(flags, [&](std::string_view name) { out.emplace_back(name); });
  return out;
}

}  // namespace mailstead::model
