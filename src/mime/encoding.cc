#include "mime/encoding.h"

#include <array>
#include <cstring>

#include "base/ascii.h"
#include "base/base64.h"

namespace mailstead::mime {
namespace {

constexpr std::array<std::int8_t, 256> k_values = [] {
  std::array<std::int8_t, 256> t{};
  t.fill(-1);
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t i = 0; i < 64; ++i) t[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
  return t;
}();

int value_of(char c) {
  return k_values[static_cast<unsigned char>(c)];
}

int hex_of(char c) {
  if (is_digit(c)) return c - '0';
  const char l = to_lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

}  // namespace

void Base64Decoder::feed(std::string_view in, std::string& out) {
  const auto old = out.size();
  out.resize(old + in.size() / 4 * 3 + 6);
  char* to = out.data() + old;
  const char* p = in.data();
  const char* const end = p + in.size();
  while (p < end) {
    if (have_ == 0) {
      while (end - p >= 4) {  // whole groups, the usual case
        const int a = value_of(p[0]), b = value_of(p[1]), c = value_of(p[2]), d = value_of(p[3]);
        if ((a | b | c | d) < 0) break;
        *to++ = static_cast<char>(a << 2 | b >> 4);
        *to++ = static_cast<char>((b & 15) << 4 | c >> 2);
        *to++ = static_cast<char>((c & 3) << 6 | d);
        p += 4;
      }
      if (p == end) break;
    }
    const char ch = *p++;
    if (const int v = value_of(ch); v >= 0) {
      bits_ = bits_ << 6 | static_cast<std::uint32_t>(v);
      have_ += 6;
      if (have_ >= 8) {
        have_ -= 8;
        *to++ = static_cast<char>(bits_ >> have_ & 0xFF);
      }
    } else if (ch == '=') {
      have_ = 0;
    }
  }
  out.resize(static_cast<std::size_t>(to - out.data()));
}

std::string decode_base64(std::string_view in) {
  std::string out;
  Base64Decoder().feed(in, out);
  return out;
}

std::string decode_quoted_printable(std::string_view in) {
  std::string out;
  out.reserve(in.size());
  for (std::size_t at = 0; at < in.size();) {
    const auto lf = in.find('\n', at);
    const auto next = lf == std::string_view::npos ? in.size() : lf + 1;
    auto line = in.substr(at, next - at);
    at = next;
    std::string_view line_end;
    if (line.ends_with("\r\n")) {
      line_end = "\r\n";
    } else if (line.ends_with('\n')) {
      line_end = "\n";
    }
    line.remove_suffix(line_end.size());
    while (!line.empty() && is_wsp(line.back())) line.remove_suffix(1);
    if (line.ends_with('=')) {
      line.remove_suffix(1);
      line_end = {};
    }
    for (std::size_t i = 0; i < line.size();) {
      const auto equals = line.find('=', i);
      out += line.substr(i, equals - i);
      if (equals == std::string_view::npos) break;
      i = equals + 1;
      const int high = i + 1 < line.size() ? hex_of(line[i]) : -1;
      const int low = high < 0 ? -1 : hex_of(line[i + 1]);
      if (low < 0) {
        out += '=';
      } else {
        out += static_cast<char>(high << 4 | low);
        i += 2;
      }
    }
    out += line_end;
  }
  return out;
}

std::string decode_transfer(std::string_view bytes, std::string_view encoding) {
  if (encoding == "base64") return decode_base64(bytes);
  if (encoding == "quoted-printable") return decode_quoted_printable(bytes);
  return std::string(bytes);
}

std::string encode_base64(std::string_view in) {
  const auto flat = base64_encode(in);
  std::string out;
  out.reserve(flat.size() + flat.size() / 76 * 2 + 2);
  for (std::size_t at = 0; at < flat.size(); at += 76) append(out, std::string_view(flat).substr(at, 76), "\r\n");
  return out;
}

std::string encode_quoted_printable(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  std::size_t column = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n' || (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n')) {
      if (c == '\r') ++i;
      out += "\r\n";
      column = 0;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    const bool line_ends = i + 1 == text.size() || text[i + 1] == '\n' || text.substr(i + 1, 2) == "\r\n";
    // A dot or "From " that begins a line is escaped too: such lines get changed on their way.
    const bool fragile = column == 0 && (c == '.' || text.substr(i, 5) == "From ");
    const bool plain = !fragile && ((byte > 32 && byte < 127 && c != '=') || ((c == ' ' || c == '\t') && !line_ends));
    const std::size_t width = plain ? 1 : 3;
    if (column + width > (line_ends ? 76U : 75U)) {
      out += "=\r\n";
      column = 0;
    }
    if (plain) {
      out += c;
    } else {
      out += '=';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
    column += width;
  }
  return out;
}

}  // namespace mailstead::mime
