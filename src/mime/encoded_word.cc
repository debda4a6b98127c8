#include "mime/encoded_word.h"

#include <optional>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/utf8.h"
#include "mime/charset.h"
#include "mime/encoding.h"
#include "mime/header.h"

namespace mailstead::mime {
namespace {

struct Word {
  std::string_view charset;
  std::string bytes;
  std::size_t length = 0;  // in the input
};

std::string decode_q(std::string_view in) {
  std::string out;
  out.reserve(in.size());
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (in[i] == '_') {
      out += ' ';
    } else if (in[i] == '=' && i + 2 < in.size()) {
      if (const auto byte = hex_decode(in.substr(i + 1, 2))) {
        out += *byte;
        i += 2;
      } else {
        out += in[i];
      }
    } else {
      out += in[i];
    }
  }
  return out;
}

// At "=?": "=?charset?B?text?=". The text of a Q word may hold spaces (tolerated), never a '?'. Each '?' is looked for
// within a bounded length, so a text of "=?=?=?" costs linear time.
std::optional<Word> word_at(std::string_view in) {
  constexpr std::size_t charset_max = 80;
  const auto charset_end = in.substr(0, charset_max).find('?', 2);
  if (charset_end == std::string_view::npos || charset_end == 2 || charset_end + 3 > in.size()) return std::nullopt;
  const char encoding = to_lower(in[charset_end + 1]);
  if ((encoding != 'b' && encoding != 'q') || in[charset_end + 2] != '?') return std::nullopt;
  const auto charset = in.substr(2, charset_end - 2);
  if (charset.find_first_of(" \t=") != std::string_view::npos) return std::nullopt;
  const auto text_begin = charset_end + 3;
  const auto text_end = in.find('?', text_begin);
  if (text_end == std::string_view::npos || text_end + 1 >= in.size() || in[text_end + 1] != '=') return std::nullopt;
  const auto text = in.substr(text_begin, text_end - text_begin);
  if (!charset_known(charset)) return std::nullopt;
  return Word{charset, encoding == 'b' ? decode_base64(text) : decode_q(text), text_end + 2};
}

void append_plain(std::string& out, std::string_view text) {
  if (is_ascii(text)) {
    out += text;
  } else {
    out += to_utf8_anyhow(text, "");
  }
}

}  // namespace

std::string decode_header(std::string_view raw) {
  const auto line = unfold(raw);
  const std::string_view in = line;
  std::string out;
  out.reserve(in.size());
  std::string_view charset;  // of `pending`; views into `line`
  std::string pending;
  const auto flush = [&] {
    if (!pending.empty()) out += to_utf8_anyhow(pending, charset);
    pending.clear();
  };
  bool after_word = false;
  std::size_t text = 0;  // start of the plain text not yet copied
  std::size_t dead = 0;  // "=?" before this offset has no closing '?': do not look again
  for (std::size_t at = 0;;) {
    const auto start = in.find("=?", at);
    if (start == std::string_view::npos || dead == in.size()) break;
    const auto word = word_at(in.substr(start));
    if (!word) {
      if (in.find('?', start + 2) == std::string_view::npos) dead = in.size();
      at = start + 2;
      continue;
    }
    const auto between = in.substr(text, start - text);
    if (!after_word || !trim(between).empty()) {
      flush();
      append_plain(out, between);
    }
    if (!iequals(charset, word->charset)) flush();
    charset = word->charset;
    pending += word->bytes;
    after_word = true;
    at = text = start + word->length;
  }
  flush();
  append_plain(out, in.substr(text));
  // Decoded words may bring line ends and NUL back: a header is one line.
  for (char& c : out)
    if (c == '\r' || c == '\n' || c == '\0') c = ' ';
  return out;
}

std::string encode_header(std::string_view utf8, std::size_t column) {
  std::string clean = utf8_repair(utf8);
  for (char& c : clean)
    if (c == '\r' || c == '\n' || c == '\0') c = ' ';
  const std::string_view in = clean;
  constexpr std::string_view prefix = "=?utf-8?B?", suffix = "?=";
  constexpr std::size_t chunk = 45;  // bytes; 60 in base64: a word of 72
  std::string out;
  const auto needs = [](std::string_view w) {
    return !is_ascii(w) || w.find("=?") != std::string_view::npos || w.size() > 900;
  };
  for (std::size_t at = 0; at < in.size();) {
    // A run of spaces and a word; adjacent words that need encoding are one run, for the space between is theirs.
    const auto word_begin = std::min(in.find_first_not_of(" \t", at), in.size());
    auto word_end = std::min(in.find_first_of(" \t", word_begin), in.size());
    const auto space = in.substr(at, word_begin - at);
    if (!needs(in.substr(word_begin, word_end - word_begin))) {
      const auto width = word_end - at;
      if (!out.empty() && column + width > 76 && !space.empty() && word_end > word_begin) {
        out += "\r\n";
        column = 0;
      }
      out += in.substr(at, width);
      column += width;
      at = word_end;
      continue;
    }
    for (;;) {
      const auto next = std::min(in.find_first_not_of(" \t", word_end), in.size());
      const auto next_end = std::min(in.find_first_of(" \t", next), in.size());
      if (next == in.size() || !needs(in.substr(next, next_end - next))) break;
      word_end = next_end;
    }
    auto text = in.substr(word_begin, word_end - word_begin);
    bool first = true;
    while (!text.empty()) {
      const auto piece = utf8_prefix(text, chunk);
      text.remove_prefix(piece.size());
      const auto word = cat(prefix, base64_encode(piece), suffix);
      const auto gap = first ? space : std::string_view(" ");
      if (column + gap.size() + word.size() > 76 && !(gap.empty())) {
        out += "\r\n";
        column = 0;
      }
      append(out, gap, word);
      column += gap.size() + word.size();
      first = false;
    }
    at = word_end;
  }
  return out;
}

}  // namespace mailstead::mime
