#include "imap/wire/utf7.h"

#include <cstdint>
#include <vector>

#include "base/utf8.h"

namespace mailstead::imap {
namespace {

constexpr std::string_view k_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

bool is_direct(char32_t c) {
  return c >= 0x20 && c < 0x7F;
}

void shift_out(std::string& out, const std::vector<std::uint16_t>& units) {
  out += '&';
  std::uint32_t bits = 0;
  int count = 0;
  for (const auto unit : units) {
    bits = bits << 16 | unit;
    for (count += 16; count >= 6; count -= 6) out += k_alphabet[bits >> (count - 6) & 63];
  }
  if (count > 0) out += k_alphabet[bits << (6 - count) & 63];
  out += '-';
}

// The base64 between '&' and '-' as UTF-8; false when it is none.
bool shift_in(std::string& out, std::string_view base64) {
  std::uint32_t bits = 0;
  int count = 0;
  std::uint32_t high = 0;
  for (const char c : base64) {
    const auto value = k_alphabet.find(c);
    if (value == std::string_view::npos) return false;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 16) continue;
    count -= 16;
    const std::uint32_t unit = bits >> count & 0xFFFF;
    if (high != 0) {
      if (unit < 0xDC00 || unit > 0xDFFF) return false;
      utf8_append(out, static_cast<char32_t>(0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00)));
      high = 0;
    } else if (unit >= 0xD800 && unit < 0xDC00) {
      high = unit;
    } else if (unit >= 0xDC00 && unit < 0xE000) {
      return false;
    } else {
      utf8_append(out, unit);
    }
  }
  return high == 0;
}

}  // namespace

std::string utf7_encode(std::string_view utf8) {
  std::string out;
  std::vector<std::uint16_t> units;
  const auto flush = [&] {
    if (!units.empty()) shift_out(out, units);
    units.clear();
  };
  for (std::size_t at = 0; at < utf8.size();) {
    auto c = utf8_next(utf8, at);
    if (is_direct(c)) {
      flush();
      out += static_cast<char>(c);
      if (c == U'&') out += '-';
    } else if (c >= 0x10000 && c <= 0x10FFFF) {
      c -= 0x10000;
      units.push_back(static_cast<std::uint16_t>(0xD800 + (c >> 10)));
      units.push_back(static_cast<std::uint16_t>(0xDC00 + (c & 0x3FF)));
    } else {
      units.push_back(c > 0xFFFF ? std::uint16_t{0xFFFD} : static_cast<std::uint16_t>(c));
    }
  }
  flush();
  return out;
}

Result<std::string> utf7_decode(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!is_direct(static_cast<unsigned char>(text[at]))) return fail(Errc::invalid, "8-bit mailbox name");
    if (text[at] != '&') {
      out += text[at];
      continue;
    }
    const auto end = text.find('-', at);
    if (end == std::string_view::npos) return fail(Errc::invalid, "mailbox name is not modified UTF-7");
    if (end == at + 1)
      out += '&';
    else if (!shift_in(out, text.substr(at + 1, end - at - 1)))
      return fail(Errc::invalid, "mailbox name is not modified UTF-7");
    at = end;
  }
  if (utf7_encode(out) != text) return fail(Errc::invalid, "mailbox name is not in its one spelling of modified UTF-7");
  return out;
}

}  // namespace mailstead::imap
