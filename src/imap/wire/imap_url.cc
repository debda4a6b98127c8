#include "imap/wire/imap_url.h"

#include <limits>

#include "base/ascii.h"
#include "imap/wire/parsers.h"

namespace mailstead::imap {
namespace {

auto bad() {
  return fail(Errc::syntax, "bad URL");
}

Result<std::string> percent_decode(std::string_view s) {
  const auto digit = [](char c) {
    return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  };
  std::string out;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] != '%') {
      out += s[i];
      continue;
    }
    const int high = i + 1 < s.size() ? digit(s[i + 1]) : -1, low = i + 2 < s.size() ? digit(s[i + 2]) : -1;
    if (high < 0 || low < 0) return bad();
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

// Takes ";NAME=value" up to the next "/;" off the front. nullopt: another or nothing is there.
std::optional<std::string_view> take_attribute(std::string_view& path, std::string_view name) {
  if (!istarts_with(path, name)) return std::nullopt;
  path.remove_prefix(name.size());
  const auto end = path.find("/;");
  const auto value = path.substr(0, end);
  path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
  return value;
}

template <class T>
Result<T> number(std::string_view s) {
  const auto n = s.starts_with('0') ? std::nullopt : parse_number<T>(s);
  if (!n) return bad();
  return *n;
}

Result<Section> section_of(std::string_view encoded) {
  TRY(auto text, percent_decode(encoded));
  RawCommand raw;
  raw.text = cat('[', text, ']');
  const ParseContext context{.utf8 = true};
  Scanner in(raw, context);
  TRY(auto out, message_section(in, true));
  TRY_VOID(in.end());
  return out;
}

// RFC 5092 §11 partial-range: offset, and perhaps a count.
Result<std::pair<std::uint64_t, std::uint64_t>> partial_of(std::string_view s) {
  const auto dot = s.find('.');
  const auto offset = parse_number<std::uint64_t>(s.substr(0, dot));
  if (!offset) return bad();
  std::uint64_t count = std::numeric_limits<std::uint64_t>::max();
  if (dot != std::string_view::npos) {
    TRY(count, number<std::uint64_t>(s.substr(dot + 1)));
  }
  return std::pair(*offset, count);
}

Result<std::string> mailbox_of(std::string_view encoded) {
  TRY(const auto name, percent_decode(encoded));
  return model::check_name(name);
}

}  // namespace

Result<MessageUrl> parse_message_url(std::string_view url) {
  MessageUrl out;
  // RFC 4469 §3: no scheme, no server. RFC 5092 §7: "/" in front or not, the path is that of the same server.
  if (url.starts_with("//")) return bad();
  if (url.starts_with('/')) url.remove_prefix(1);
  if (!url.starts_with(';')) {
    const auto end = url.find("/;");
    if (end == std::string_view::npos) return bad();
    auto name = url.substr(0, end);
    if (const auto at = name.find(';'); at != std::string_view::npos) {
      auto attribute = name.substr(at);
      const auto value = take_attribute(attribute, ";UIDVALIDITY=");
      if (!value) return bad();
      TRY(out.uidvalidity, number<std::uint32_t>(*value));
      name = name.substr(0, at);
    }
    if (name.find(':') != std::string_view::npos) return bad();  // RFC 3986 §4.2: that would be a scheme
    TRY(out.mailbox, mailbox_of(name));
    url.remove_prefix(end + 1);
  }
  const auto uid = take_attribute(url, ";UID=");
  if (!uid) return bad();
  TRY(const auto n, number<std::uint32_t>(*uid));
  out.uid = Uid(n);
  if (const auto section = take_attribute(url, ";SECTION=")) {
    TRY(out.section, section_of(*section));
  }
  if (const auto partial = take_attribute(url, ";PARTIAL=")) {
    TRY(out.partial, partial_of(*partial));
  }
  if (!url.empty()) return bad();
  return out;
}

}  // namespace mailstead::imap
