// UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mailstead {

bool is_utf8(std::string_view);
inline bool is_ascii(std::string_view s) {
  constexpr std::size_t k_block = 256;  // no branch within one: the compiler then takes 16 octets at a time
  for (std::size_t at = 0; at < s.size(); at += k_block) {
    unsigned char any = 0;
    for (const char c : s.substr(at, k_block)) any |= static_cast<unsigned char>(c);
    if (any >= 0x80) return false;
  }
  return true;
}

// Decodes the character at s[at] and moves `at` past it; at an invalid byte returns 0xFFFFFFFF and moves by one.
char32_t utf8_next(std::string_view s, std::size_t& at);
void utf8_append(std::string& out, char32_t c);

// A copy in which every invalid byte is U+FFFD.
std::string utf8_repair(std::string_view);

// The longest prefix of at most `max_bytes` that does not cut a character.
std::string_view utf8_prefix(std::string_view, std::size_t max_bytes);

}  // namespace mailstead
