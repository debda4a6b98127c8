#include "mime/text.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "mime/charset.h"
#include "mime/encoding.h"

namespace mailstead::mime {
namespace {

struct Entity {
  std::string_view name;
  char32_t value;
};
constexpr Entity k_entities[] = {
    {"amp", '&'},      {"lt", '<'},       {"gt", '>'},       {"quot", '"'},      {"apos", '\''},    {"nbsp", ' '},
    {"copy", 0xA9},    {"reg", 0xAE},     {"euro", 0x20AC},  {"hellip", 0x2026}, {"ndash", 0x2013}, {"mdash", 0x2014},
    {"lsquo", 0x2018}, {"rsquo", 0x2019}, {"ldquo", 0x201C}, {"rdquo", 0x201D},  {"laquo", 0xAB},   {"raquo", 0xBB},
    {"bull", 0x2022},  {"middot", 0xB7},  {"auml", 0xE4},    {"ouml", 0xF6},     {"uuml", 0xFC},    {"Auml", 0xC4},
    {"Ouml", 0xD6},    {"Uuml", 0xDC},    {"szlig", 0xDF},   {"eacute", 0xE9},   {"egrave", 0xE8},  {"agrave", 0xE0},
    {"ccedil", 0xE7},  {"ntilde", 0xF1},  {"aacute", 0xE1},  {"iacute", 0xED},   {"oacute", 0xF3},  {"uacute", 0xFA},
    {"ecirc", 0xEA},   {"acirc", 0xE2},   {"ocirc", 0xF4},   {"aring", 0xE5},    {"aelig", 0xE6},   {"oslash", 0xF8},
    {"pound", 0xA3},   {"yen", 0xA5},     {"sect", 0xA7},    {"deg", 0xB0},      {"times", 0xD7},   {"trade", 0x2122},
    {"zwnj", 0x200C},  {"zwj", 0x200D},   {"shy", 0xAD},     {"ensp", ' '},      {"emsp", ' '},     {"thinsp", ' '},
};

// At '&': appends what the entity stands for and returns its length; 0: no entity.
std::size_t entity_at(std::string_view in, std::string& out) {
  const auto end = in.substr(0, 12).find(';');
  if (end == std::string_view::npos || end < 2) return 0;
  const auto name = in.substr(1, end - 1);
  if (name[0] == '#') {
    char32_t value = 0;
    const bool hex = name.size() > 1 && to_lower(name[1]) == 'x';
    for (const char c : name.substr(hex ? 2 : 1)) {
      const char l = to_lower(c);
      if (is_digit(c)) {
        value = value * (hex ? 16 : 10) + static_cast<char32_t>(c - '0');
      } else if (hex && l >= 'a' && l <= 'f') {
        value = value * 16 + static_cast<char32_t>(l - 'a' + 10);
      } else {
        return 0;
      }
      if (value > 0x10FFFF) value = 0x110000;
    }
    if (value == 0xA0) value = ' ';
    if (value == 0 || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) value = 0xFFFD;
    utf8_append(out, value);
    return end + 1;
  }
  for (const auto& e : k_entities)
    if (e.name == name) return utf8_append(out, e.value), end + 1;
  return 0;
}

bool ends_line(std::string_view tag) {
  static constexpr std::string_view tags[] = {"br", "p",  "div", "tr", "li", "h1", "h2",         "h3",
                                              "h4", "td", "th",  "hr", "ul", "ol", "blockquote", "table"};
  return std::any_of(std::begin(tags), std::end(tags), [&](auto t) { return iequals(t, tag); });
}

bool is_hidden(std::string_view tag) {
  static constexpr std::string_view tags[] = {"style", "script", "head", "title", "template", "noscript", "svg"};
  return std::any_of(std::begin(tags), std::end(tags), [&](auto t) { return iequals(t, tag); });
}

// White space runs become one space; stops at `max` characters.
class Squeezer {
 public:
  explicit Squeezer(std::size_t max) : left_(max) {}
  bool full() const { return left_ == 0; }
  void add(std::string_view text) {
    for (std::size_t at = 0; at < text.size() && left_ > 0;) {
      const auto c = utf8_next(text, at);
      const bool invisible = (c >= 0x200B && c <= 0x200F) || c == 0xFEFF || c == 0xAD || c == 0x34F || c == 0x2060 ||
                             (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
      if (invisible) continue;  // padding of senders, and what turns the reading direction of the whole list
      if (c <= ' ' || c == 0x7F || c == 0xA0 || c == 0x3000 || (c >= 0x80 && c < 0xA0) ||
          (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029) {
        space_ = !out_.empty();
        continue;
      }
      if (space_) {
        space_ = false;
        out_ += ' ';
        if (--left_ == 0) break;
      }
      utf8_append(out_, c == 0xFFFFFFFF ? 0xFFFD : c);
      --left_;
    }
  }
  std::string take() {
    while (out_.ends_with(' ')) out_.pop_back();
    return std::move(out_);
  }

 private:
  std::size_t left_;
  std::string out_;
  bool space_ = false;
};

// Quoted lines, and signatures after "-- ", are what one does not want to see in a list.
std::string plain_preview(std::string_view text, bool skip_quotes) {
  Squeezer out(limits::k_preview_chars);
  for (std::size_t at = 0; at < text.size() && !out.full();) {
    const auto lf = std::min(text.find('\n', at), text.size());
    auto line = text.substr(at, lf - at);
    at = lf + 1;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (skip_quotes && line.starts_with('>')) continue;
    if (skip_quotes && line == "-- ") break;
    out.add(line);
    out.add(" ");
  }
  return out.take();
}

// Not the insides of attachments or attached messages.
bool shown(const Message& m, const Part& part) {
  if (part.type != "text" || part.disposition == "attachment") return false;
  for (auto p = part.parent; p >= 0; p = m.parts[static_cast<std::size_t>(p)].parent)
    if (m.parts[static_cast<std::size_t>(p)].is_message()) return false;
  return true;
}

std::string preview_of(std::string_view body, const Part& part) {
  const bool html = part.subtype == "html";
  auto text = to_utf8_anyhow(decode_transfer(body, part.encoding), find_param(part.params, "charset"));
  if (html) text = html_text(text, 8 * 1024);
  auto out = plain_preview(text, true);
  return out.empty() ? plain_preview(text, false) : out;
}

std::string part_preview(std::string_view raw, const Part& part) {
  constexpr std::size_t plain_bytes = 32 * 1024, html_bytes = 256 * 1024;  // HTML begins with its style sheets
  // Enough for most: no more is decoded where these fill the preview.
  constexpr std::size_t first_plain_bytes = 2 * 1024, first_html_bytes = 16 * 1024;
  const bool html = part.subtype == "html";
  if (part.body_begin >= raw.size()) return {};
  const auto body =
      raw.substr(part.body_begin, std::min<std::uint64_t>(part.body_size(), html ? html_bytes : plain_bytes));
  const auto first = html ? first_html_bytes : first_plain_bytes;
  if (body.size() > first) {
    auto out = preview_of(body.substr(0, first), part);
    const auto characters = std::ranges::count_if(out, [](char c) { return (c & 0xC0) != 0x80; });
    // A character less: a space at the end is taken off. The cut may have spoilt what stands last.
    if (static_cast<std::size_t>(characters) + 1 >= limits::k_preview_chars && !out.ends_with("\xEF\xBF\xBD"))
      return out;
  }
  return preview_of(body, part);
}

}  // namespace

std::string html_text(std::string_view in, std::size_t max) {
  std::string out;
  for (std::size_t at = 0; at < in.size() && out.size() < max;) {
    const char c = in[at];
    if (c == '&') {
      const auto length = entity_at(in.substr(at), out);
      if (length == 0) out += c;
      at += std::max<std::size_t>(length, 1);
    } else if (c == '<') {
      if (in.substr(at, 4) == "<!--") {
        const auto end = in.find("-->", at + 4);
        if (end == std::string_view::npos) break;
        at = end + 3;
        continue;
      }
      auto from = at + 1;
      const bool closing = from < in.size() && in[from] == '/';
      if (closing) ++from;
      if (from >= in.size() || (!is_alpha(in[from]) && in[from] != '!' && in[from] != '?')) {
        out += c;  // a less-than sign
        ++at;
        continue;
      }
      auto to = from;
      while (to < in.size() && (is_alnum(in[to]) || in[to] == '!' || in[to] == ':')) ++to;
      const auto name = in.substr(from, to - from);
      const auto end = in.find('>', to);
      if (end == std::string_view::npos) break;
      at = end + 1;
      if (ends_line(name)) out += '\n';
      if (!closing && is_hidden(name) && in[end - 1] != '/') {
        for (;;) {  // to the matching end tag; without one nothing more is text
          const auto close = in.find("</", at);
          if (close == std::string_view::npos) return out;
          at = close + 2;
          if (istarts_with(in.substr(at), name)) break;
        }
        const auto close_end = in.find('>', at);
        if (close_end == std::string_view::npos) return out;
        at = close_end + 1;
      }
    } else {
      const auto next = std::min(in.find_first_of("<&", at), in.size());
      out += in.substr(at, std::min(next - at, max - out.size()));
      at = next;
    }
  }
  return std::string(utf8_prefix(out, max));
}

std::string preview(std::string_view raw, const Message& m) {
  constexpr std::size_t tries = 8;  // parts looked at; a message of ten thousand empty texts has no preview
  std::size_t tried = 0;
  for (const bool plain : {true, false}) {
    for (const auto& part : m.parts) {
      if ((part.subtype == "plain") != plain || !shown(m, part) || part.body_size() == 0) continue;
      if (tried++ == tries) break;
      if (auto text = part_preview(raw, part); !text.empty()) return text;
    }
  }
  return {};
}

}  // namespace mailstead::mime
