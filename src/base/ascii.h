// ASCII only, locale never: what the mail protocols mean by case and space.
#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>

namespace mailstead {

constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
constexpr char to_upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_alpha(char c) {
  return to_lower(c) >= 'a' && to_lower(c) <= 'z';
}
constexpr bool is_alnum(char c) {
  return is_digit(c) || is_alpha(c);
}
constexpr bool is_wsp(char c) {
  return c == ' ' || c == '\t';
}

constexpr bool iequals(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return to_lower(x) == to_lower(y); });
}
constexpr bool istarts_with(std::string_view s, std::string_view prefix) {
  return s.size() >= prefix.size() && iequals(s.substr(0, prefix.size()), prefix);
}
struct ILess {  // case-insensitive order, for maps keyed by protocol words
  using is_transparent = void;
  constexpr bool operator()(std::string_view a, std::string_view b) const {
    return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                        [](char x, char y) { return to_lower(x) < to_lower(y); });
  }
};

inline std::string lower(std::string_view s) {
  std::string out(s);
  std::transform(out.begin(), out.end(), out.begin(), to_lower);
  return out;
}
inline std::string upper(std::string_view s) {
  std::string out(s);
  std::transform(out.begin(), out.end(), out.begin(), to_upper);
  return out;
}
constexpr std::string_view trim(std::string_view s, std::string_view set = " \t\r\n") {
  const auto from = s.find_first_not_of(set);
  if (from == std::string_view::npos) return {};
  return s.substr(from, s.find_last_not_of(set) - from + 1);
}

// The whole of `s` as a decimal number: digits only, no sign, no overflow.
template <std::unsigned_integral T>
constexpr std::optional<T> parse_number(std::string_view s) {
  T value{};
  if (s.empty() || !is_digit(s.front())) return std::nullopt;
  const auto [end, ec] = std::from_chars(s.data(), s.data() + s.size(), value);
  if (ec != std::errc{} || end != s.data() + s.size()) return std::nullopt;
  return value;
}

// Joins pieces (strings, characters, integers) in one allocation-friendly pass.
namespace detail {
inline void cat_one(std::string& out, std::string_view s) {
  out += s;
}
inline void cat_one(std::string& out, char c) {
  out += c;
}
template <std::integral I>
  requires(!std::same_as<I, char> && !std::same_as<I, bool>)
void cat_one(std::string& out, I i) {
  char buffer[24];
  out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, i).ptr);
}
}  // namespace detail
template <class... T>
void append(std::string& out, const T&... piece) {
  (detail::cat_one(out, piece), ...);
}
template <class... T>
std::string cat(const T&... piece) {
  std::string out;
  append(out, piece...);
  return out;
}

}  // namespace mailstead
