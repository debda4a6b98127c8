#include "mime/subject.h"

#include "base/ascii.h"
#include "base/utf8.h"
#include "mime/encoded_word.h"

namespace mailstead::mime {
namespace {

// Of longer subjects the first bytes count: taking one "[…]" after the other off is quadratic.
constexpr std::size_t k_bytes_max = 1000;

std::string_view skip_wsp(std::string_view s) {
  while (s.starts_with(' ')) s.remove_prefix(1);
  return s;
}

// subj-blob = "[" *BLOBCHAR "]" *WSP
std::string_view skip_blob(std::string_view s) {
  if (!s.starts_with('[')) return s;
  const auto end = s.find_first_of("[]", 1);
  if (end == std::string_view::npos || s[end] != ']') return s;
  return skip_wsp(s.substr(end + 1));
}

// subj-leader = (*subj-blob subj-refwd) / WSP, subj-refwd = ("re" / ("fw" ["d"])) *WSP [subj-blob] ":"
std::string_view skip_leader(std::string_view s) {
  if (s.starts_with(' ')) return skip_wsp(s);
  auto at = s;
  for (auto next = skip_blob(at); next.size() != at.size(); next = skip_blob(at)) at = next;
  if (istarts_with(at, "re")) {
    at.remove_prefix(2);
  } else if (istarts_with(at, "fwd")) {
    at.remove_prefix(3);
  } else if (istarts_with(at, "fw")) {
    at.remove_prefix(2);
  } else {
    return s;
  }
  at = skip_blob(skip_wsp(at));
  if (!at.starts_with(':')) return s;
  return at.substr(1);
}

}  // namespace

BaseSubject base_subject(std::string_view raw) {
  const auto decoded = decode_header(raw.substr(0, 8 * k_bytes_max));
  std::string line;
  for (const char c : utf8_prefix(decoded, k_bytes_max)) {  // (1)
    const char d = c == '\t' ? ' ' : c;
    if (d != ' ' || !line.ends_with(' ')) line += d;
  }
  BaseSubject out;
  std::string_view s = line;
  for (;;) {
    for (;;) {  // (2)
      if (s.ends_with(' ')) {
        s.remove_suffix(1);
      } else if (s.size() >= 5 && iequals(s.substr(s.size() - 5), "(fwd)")) {
        s.remove_suffix(5);
        out.is_reply = true;
      } else {
        break;
      }
    }
    for (;;) {  // (3), (4), (5)
      const auto before = s.size();
      if (const auto rest = skip_leader(s); rest.size() != s.size()) {
        out.is_reply |= !s.starts_with(' ');
        s = rest;
      } else if (const auto base = skip_blob(s); !base.empty()) {
        s = base;
      }
      if (s.size() == before) break;
    }
    if (!istarts_with(s, "[fwd:") || !s.ends_with(']')) break;  // (6)
    s = s.substr(5, s.size() - 6);
    out.is_reply = true;
  }
  out.text = s;
  return out;
}

}  // namespace mailstead::mime
