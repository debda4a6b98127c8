#include "mime/charset.h"

#include <unicode/ucnv.h>
#include <unicode/ucnv_err.h>
#include <algorithm>

#include <memory>

#include "base/ascii.h"
#include "base/utf8.h"

namespace mailstead::mime {
namespace {

constexpr std::size_t k_label_max = 60;

struct Close {
  void operator()(UConverter* c) const { ucnv_close(c); }
};
using Converter = std::unique_ptr<UConverter, Close>;

std::string normalized(std::string_view label) {
  label = trim(label, " \t\r\n\"'");
  if (const auto star = label.find('*'); star != std::string_view::npos) label = label.substr(0, star);  // RFC 2231 §5
  if (label.size() > k_label_max) return "?";
  return lower(label);
}

bool is_utf8_label(std::string_view l) {
  return l == "utf-8" || l == "utf8" || l == "unicode-1-1-utf-8";
}
bool is_ascii_label(std::string_view l) {
  return l.empty() || l == "us-ascii" || l == "ascii" || l == "ansi_x3.4-1968" || l == "iso646-us" ||
         l == "unknown-8bit" || l == "x-unknown" || l == "unknown" || l == "default" || l == "8bit" || l == "7bit";
}

// Where senders mean a superset of what they say.
const char* meant(std::string_view l) {
  struct Row {
    std::string_view label;
    const char* name;
  };
  static constexpr Row rows[] = {
      {"iso-8859-1", "windows-1252"},
      {"iso8859-1", "windows-1252"},
      {"iso_8859-1", "windows-1252"},
      {"latin1", "windows-1252"},
      {"l1", "windows-1252"},
      {"iso-8859-9", "windows-1254"},
      {"iso-8859-11", "windows-874"},
      {"tis-620", "windows-874"},
      {"gb2312", "gb18030"},
      {"gbk", "gb18030"},
      {"x-gbk", "gb18030"},
      {"gb_2312-80", "gb18030"},
      {"euc-cn", "gb18030"},
      {"shift_jis", "windows-31j"},
      {"shift-jis", "windows-31j"},
      {"sjis", "windows-31j"},
      {"x-sjis", "windows-31j"},
      {"ks_c_5601-1987", "windows-949"},
      {"euc-kr", "windows-949"},
      {"ksc5601", "windows-949"},
      {"iso-8859-8-i", "iso-8859-8"},
      {"iso-8859-6-i", "iso-8859-6"},
      {"macintosh", "macintosh"},
      {"x-mac-roman", "macintosh"},
      {"unicode", "utf-16"},
      {"big5-hkscs", "big5-hkscs"},
      {"iso-2022-jp-ms", "iso-2022-jp-2"},
  };
  for (const auto& row : rows)
    if (row.label == l) return row.name;
  return nullptr;
}

Converter open(const std::string& label) {
  const char* name = meant(label);
  if (name == nullptr) name = label.c_str();
  for (char c : label)
    if (static_cast<unsigned char>(c) <= ' ' || static_cast<unsigned char>(c) > '~' || c == ',' || c == '=')
      return nullptr;
  UErrorCode error = U_ZERO_ERROR;
  Converter converter(ucnv_open(name, &error));
  if (U_FAILURE(error)) return nullptr;
  return converter;
}

// ISO-2022-JP. Two encoded words joined have a shift to ASCII and a shift back side by side; ICU takes a shift that
// nothing follows for an attack, and would show U+FFFD between any two words of a Japanese subject.
std::string without_idle_shifts(std::string_view bytes) {
  const auto shift = [bytes](std::size_t at) -> std::size_t {  // the length of the G0 designation at `at`, or 0
    const auto rest = bytes.substr(at);
    if (rest.starts_with("\x1B$(") && rest.size() > 3) return 4;
    return (rest.starts_with("\x1B(") || rest.starts_with("\x1B$")) && rest.size() > 2 ? 3 : 0;
  };
  std::string out;
  out.reserve(bytes.size());
  for (std::size_t i = 0; i < bytes.size();) {
    const auto escape = std::min(bytes.find('\x1B', i), bytes.size());
    out += bytes.substr(i, escape - i);
    i = escape;
    const auto length = shift(i);
    if (length > 0 && shift(i + length) > 0) {
      i += length;
    } else if (i < bytes.size()) {
      out += bytes[i++];
    }
  }
  return out;
}

std::string convert(UConverter* from, std::string_view bytes) {
  UErrorCode error = U_ZERO_ERROR;
  Converter to(ucnv_open("UTF-8", &error));
  if (U_FAILURE(error)) return utf8_repair(bytes);
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 2);
  char chunk[4096];
  UChar pivot[2048];
  UChar *pivot_source = pivot, *pivot_target = pivot;
  const char* source = bytes.data();
  const char* const source_end = source + bytes.size();
  bool reset = true;
  for (;;) {
    char* target = chunk;
    error = U_ZERO_ERROR;
    ucnv_convertEx(to.get(), from, &target, chunk + sizeof chunk, &source, source_end, pivot, &pivot_source,
                   &pivot_target, pivot + std::size(pivot), reset, true, &error);
    reset = false;
    out.append(chunk, target);
    if (error != U_BUFFER_OVERFLOW_ERROR) break;
  }
  // A lead byte at the very end is reported, not substituted.
  if (U_FAILURE(error)) out += "\xEF\xBF\xBD";
  return out;
}

std::string from_unlabelled(std::string_view bytes) {
  if (is_utf8(bytes)) return std::string(bytes);
  const auto converter = open("windows-1252");
  return converter ? convert(converter.get(), bytes) : utf8_repair(bytes);
}

}  // namespace

bool charset_known(std::string_view label) {
  const auto l = normalized(label);
  return is_utf8_label(l) || is_ascii_label(l) || open(l) != nullptr;
}

std::optional<std::string> to_utf8(std::string_view bytes, std::string_view label) {
  const auto l = normalized(label);
  if (is_utf8_label(l)) return utf8_repair(bytes);
  if (is_ascii_label(l)) return from_unlabelled(bytes);
  const auto converter = open(l);
  if (!converter) return std::nullopt;
  if (l.starts_with("iso-2022-jp")) return convert(converter.get(), without_idle_shifts(bytes));
  return convert(converter.get(), bytes);
}

std::string to_utf8_anyhow(std::string_view bytes, std::string_view label) {
  auto text = to_utf8(bytes, label);
  return text ? *std::move(text) : from_unlabelled(bytes);
}

}  // namespace mailstead::mime
