#include "imap/wire/imap_url.h"

#include <limits>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/utc.h"
#include "base/utf8.h"
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

// RFC 3339 §5.6 date-time → Unix seconds.
std::optional<std::int64_t> date_time_of(std::string_view s) {
  constexpr std::size_t second_end = 19;
  if (s.size() <= second_end || lower(s.substr(10, 1)) != "t") return std::nullopt;
  const auto local = parse_utc(s.substr(0, second_end));
  auto rest = s.substr(second_end);
  if (rest.starts_with('.')) {
    const auto end = rest.find_first_not_of("0123456789", 1);
    if (end == 1 || end == std::string_view::npos) return std::nullopt;
    rest.remove_prefix(end);
  }
  if (!local || iequals(rest, "Z")) return local;
  if (rest.size() != 6 || (rest[0] != '+' && rest[0] != '-') || rest[3] != ':') return std::nullopt;
  const auto hours = parse_number<std::uint32_t>(rest.substr(1, 2)),
             minutes = parse_number<std::uint32_t>(rest.substr(4));
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const auto offset = std::int64_t{*hours} * 3600 + std::int64_t{*minutes} * 60;
  return rest[0] == '+' ? *local - offset : *local + offset;
}

Result<std::string> user_of(std::string_view encoded) {
  TRY(const auto user, percent_decode(encoded));
  if (user.empty() || !is_utf8(user)) return bad();
  return lower(user);
}

// ";URLAUTH=" access [":" mechanism ":" token]
Result<> take_access(AuthUrl& out, std::string_view s) {
  const auto end = std::min(s.find(':'), s.size());
  const auto access = s.substr(0, end);
  if (iequals(access, "anonymous")) {
    out.access = AuthUrl::Access::anonymous;
  } else if (iequals(access, "authuser")) {
    out.access = AuthUrl::Access::authuser;
  } else {
    const bool submit = istarts_with(access, "submit+");
    if (!submit && !istarts_with(access, "user+")) return bad();
    out.access = submit ? AuthUrl::Access::submit : AuthUrl::Access::user;
    TRY(out.access_user, user_of(access.substr(access.find('+') + 1)));
  }
  if (end == s.size()) return {};
  s.remove_prefix(end + 1);
  const auto colon = s.find(':');
  if (colon == std::string_view::npos || colon == 0) return bad();
  out.mechanism = upper(s.substr(0, colon));
  constexpr std::size_t least_digits = 32;
  const auto token = hex_decode(s.substr(colon + 1));
  if (!token || token->size() < least_digits / 2) return bad();
  out.token = *token;
  return {};
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

Result<AuthUrl> parse_auth_url(std::string_view url) {
  constexpr std::string_view scheme = "imap://", urlauth = ";urlauth=", expire = ";expire=";
  AuthUrl out;
  const auto folded = lower(url);
  const auto authorised = folded.rfind(urlauth);
  if (!folded.starts_with(scheme) || authorised == std::string::npos) return bad();
  const auto behind = url.substr(authorised + urlauth.size());
  TRY_VOID(take_access(out, behind));
  out.rump = url.substr(0, authorised + urlauth.size() + std::min(behind.find(':'), behind.size()));
  auto path = url.substr(0, authorised);
  if (const auto at = folded.rfind(expire, authorised); at != std::string::npos) {
    out.expire = date_time_of(path.substr(at + expire.size()));
    if (!out.expire) return bad();
    path = path.substr(0, at);
  }
  path.remove_prefix(scheme.size());
  const auto slash = path.find('/');
  if (slash == std::string_view::npos) return bad();
  const auto server = path.substr(0, slash);
  const auto at = server.rfind('@');
  if (at == std::string_view::npos || at + 1 == server.size()) return bad();
  // §9 iuserauth: what is behind ";AUTH=" is of those who log in.
  TRY(out.user, user_of(server.substr(0, std::min(server.find(';'), at))));
  out.host = server.substr(at + 1);
  TRY(out.message, parse_message_url(path.substr(slash)));
  if (!out.message.mailbox) return bad();
  return out;
}

}  // namespace mailstead::imap
