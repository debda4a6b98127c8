#include "base/utf8.h"

#include <cstdint>
#include <cstring>

namespace mailstead {
namespace {

// The number of ASCII bytes from `at` on: most of most texts.
std::size_t ascii_run(std::string_view s, std::size_t at) {
  const auto from = at;
  for (; at + 8 <= s.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, s.data() + at, 8);
    if ((word & 0x8080808080808080U) != 0) break;
  }
  while (at < s.size() && static_cast<unsigned char>(s[at]) < 0x80) ++at;
  return at - from;
}

}  // namespace

char32_t utf8_next(std::string_view s, std::size_t& at) {
  constexpr char32_t bad = 0xFFFFFFFF;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
  const unsigned char c = byte(at++);
  if (c < 0x80) return c;
  int more = 0;
  char32_t value = 0, least = 0;
  if (c >= 0xC2 && c <= 0xDF) {
    more = 1, value = c & 0x1F, least = 0x80;
  } else if (c >= 0xE0 && c <= 0xEF) {
    more = 2, value = c & 0x0F, least = 0x800;
  } else if (c >= 0xF0 && c <= 0xF4) {
    more = 3, value = c & 0x07, least = 0x10000;
  } else {
    return bad;
  }
  std::size_t i = at;
  for (; more > 0; --more, ++i) {
    if (i >= s.size() || (byte(i) & 0xC0) != 0x80) return bad;
    value = (value << 6) | (byte(i) & 0x3F);
  }
  if (value < least || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return bad;
  at = i;
  return value;
}

bool is_utf8(std::string_view s) {
  for (std::size_t at = ascii_run(s, 0); at < s.size(); at += ascii_run(s, at))
    if (utf8_next(s, at) == 0xFFFFFFFF) return false;
  return true;
}

void utf8_append(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

std::string utf8_repair(std::string_view s) {
  std::string out;
  out.reserve(s.size());
  for (std::size_t at = 0; at < s.size();) {
    if (const auto run = ascii_run(s, at); run > 0) {
      out += s.substr(at, run);
      at += run;
      continue;
    }
    const char32_t c = utf8_next(s, at);
    utf8_append(out, c == 0xFFFFFFFF ? 0xFFFD : c);
  }
  return out;
}

std::string_view utf8_prefix(std::string_view s, std::size_t max_bytes) {
  if (s.size() <= max_bytes) return s;
  while (max_bytes > 0 && (static_cast<unsigned char>(s[max_bytes]) & 0xC0) == 0x80) --max_bytes;
  return s.substr(0, max_bytes);
}

}  // namespace mailstead
