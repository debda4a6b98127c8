#include "model/message_annotation.h"

#include <algorithm>
#include <charconv>

#include "base/ascii.h"
#include "base/limits.h"

namespace mailstead::model {
namespace {

// The first component, without the slash in front; what follows it, with the slash.
std::pair<std::string_view, std::string_view> split(std::string_view name) {
  const auto end = std::min(name.find('/', 1), name.size());
  return {name.substr(1, end - 1), name.substr(end)};
}

bool is_part(std::string_view text, std::vector<std::uint32_t>& out) {
  while (out.size() < limits::k_mime_depth) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || number == 0 || text.front() == '0') return false;
    out.push_back(number);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.empty()) return true;
    if (text.front() != '.') return false;
    text.remove_prefix(1);
  }
  return false;
}

bool names_part(std::string_view name) {
  return name.size() > 1 && is_digit(name[1]);
}

bool is_part_flag(std::string_view below) {
  return below == "/flags/seen" || below == "/flags/answered" || below == "/flags/flagged" ||
         below == "/flags/forwarded";
}

}  // namespace

bool is_entry(std::string_view name) {
  const auto bad = [](char c) { return c <= 0x20 || c >= 0x7F || c == '*' || c == '%'; };  // 8-bit: negative
  if (name.size() < 2 || name.size() > limits::k_annotation_entry_bytes || name.front() != '/') return false;
  if (name.back() == '/' || name.contains("//") || std::any_of(name.begin(), name.end(), bad)) return false;
  std::vector<std::uint32_t> part;
  return !names_part(name) || is_part(split(name).first, part);
}

bool is_storable_entry(std::string_view name) {
  if (!is_entry(name)) return false;
  const bool of_part = names_part(name);
  const auto below = of_part ? split(name).second : name;
  if (below == "/comment") return true;
  if (of_part ? is_part_flag(below) : below == "/altsubject") return true;
  return below.starts_with("/vendor/");
}

bool is_value_of(std::string_view entry, const std::optional<std::string>& value) {
  return !value || !names_part(entry) || !is_part_flag(split(entry).second) || *value == "0" || *value == "1";
}

std::vector<std::uint32_t> part_of(std::string_view entry) {
  std::vector<std::uint32_t> out;
  if (names_part(entry) && !is_part(split(entry).first, out)) out.clear();
  return out;
}

}  // namespace mailstead::model
