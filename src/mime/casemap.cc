#include "mime/casemap.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <cstring>

#include "base/ascii.h"
#include "base/utf8.h"

namespace mailstead::mime {
namespace {

void fold_wide(std::string_view text, std::string& out) {
  std::u16string wide;
  wide.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    char32_t c = utf8_next(text, at);
    if (c == 0xFFFFFFFF) c = 0xFFFD;
    c = static_cast<char32_t>(u_totitle(static_cast<UChar32>(c)));
    if (c < 0x10000) {
      wide += static_cast<char16_t>(c);
    } else {
      wide += static_cast<char16_t>(0xD800 + ((c - 0x10000) >> 10));
      wide += static_cast<char16_t>(0xDC00 + ((c - 0x10000) & 0x3FF));
    }
  }
  UErrorCode error = U_ZERO_ERROR;
  const auto* nfkd = unorm2_getNFKDInstance(&error);
  if (U_FAILURE(error)) {
    out += text;
    return;
  }
  std::u16string normal(wide.size() + wide.size() / 2 + 16, u'\0');
  for (;;) {
    error = U_ZERO_ERROR;
    const auto size = unorm2_normalize(nfkd, wide.data(), static_cast<std::int32_t>(wide.size()), normal.data(),
                                       static_cast<std::int32_t>(normal.size()), &error);
    if (size >= 0) normal.resize(static_cast<std::size_t>(size));
    if (error != U_BUFFER_OVERFLOW_ERROR) break;
  }
  for (std::size_t i = 0; i < normal.size(); ++i) {
    char32_t c = normal[i];
    if (c >= 0xD800 && c < 0xDC00 && i + 1 < normal.size())
      c = 0x10000 + ((c - 0xD800) << 10) + (static_cast<char32_t>(normal[++i]) - 0xDC00);
    utf8_append(out, c);
  }
}

}  // namespace

std::string fold(std::string_view text) {
  if (is_ascii(text)) return upper(text);
  std::string out;
  out.reserve(text.size() + text.size() / 4);
  // In pieces, so that a large text needs no large buffers in UTF-16. Cut after a line end: nothing composes over one.
  constexpr std::size_t piece = 64 * 1024;
  while (!text.empty()) {
    auto end = text.size();
    if (end > piece) {
      const auto lf = text.find('\n', piece);
      if (lf != std::string_view::npos) end = lf + 1;
    }
    const auto part = text.substr(0, end);
    if (is_ascii(part)) {
      out += upper(part);
    } else {
      fold_wide(part, out);
    }
    text.remove_prefix(end);
  }
  return out;
}

bool contains_folded(std::string_view text, std::string_view folded) {
  if (folded.empty()) return true;
  const auto haystack = fold(text);
  // memmem is linear (two-way); string_view::find is not.
  return memmem(haystack.data(), haystack.size(), folded.data(), folded.size()) != nullptr;
}

}  // namespace mailstead::mime
