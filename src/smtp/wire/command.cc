#include "smtp/wire/command.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/utf8.h"

namespace mailstead::smtp {
namespace {

constexpr std::size_t k_path_bytes = 256;  // RFC 5321 §4.5.3.1.3

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool is_high(char c) {
  return static_cast<unsigned char>(c) >= 0x80;
}

// Domain = sub-domain *("." sub-domain), with '_' as seen in the wild; or an address literal.
bool is_domain(std::string_view s) {
  if (s.starts_with('[') && s.ends_with(']') && s.size() > 2)
    return std::all_of(s.begin() + 1, s.end() - 1,
                       [](char c) { return is_alnum(c) || c == '.' || c == ':' || c == '-'; });
  char before = '.';
  for (const char c : s) {
    if (c == '.' || c == '-') {
      if (before == '.' || (c == '.' && before == '-')) return false;
    } else if (!is_alnum(c) && !is_high(c) && c != '_') {
      return false;
    }
    before = c;
  }
  return before != '.' && before != '-';
}

// Dot-string, or one quoted string: what begins quoted ends quoted, and holds no quote but an escaped one.
bool is_local_part(std::string_view s) {
  if (s.starts_with('"')) {
    if (s.size() < 3 || !s.ends_with('"')) return false;
    s = s.substr(1, s.size() - 2);
    for (std::size_t i = 0; i < s.size(); ++i) {
      if (s[i] == '"') return false;
      if (s[i] == '\\' && ++i == s.size()) return false;
    }
    return true;
  }
  char before = '.';
  for (const char c : s) {
    const bool atext =
        is_alnum(c) || is_high(c) || std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
    if (c == '.' ? before == '.' : !atext) return false;
    before = c;
  }
  return before != '.';
}

Result<> parse_params(Command& c, std::string_view rest, bool mail) {
  for (rest = trim(rest); !rest.empty();) {
    const auto end = rest.find(' ');
    const auto param = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : trim(rest.substr(end));
    const auto equals = param.find('=');
    const auto name = param.substr(0, equals);
    const auto value = equals == std::string_view::npos ? std::string_view() : param.substr(equals + 1);
    if (mail && iequals(name, "SIZE")) {
      const auto n = parse_number<std::uint64_t>(value);
      if (!n) return fail(Errc::syntax, "SIZE");
      c.size = *n;
    } else if (mail && iequals(name, "BODY") && (iequals(value, "7BIT") || iequals(value, "8BITMIME"))) {
      continue;  // stored as it comes
    } else if (mail && iequals(name, "SMTPUTF8") && equals == std::string_view::npos) {
      c.smtputf8 = true;
    } else if (mail && iequals(name, "AUTH")) {
      continue;  // RFC 4954 §5: taken and not trusted
    } else {
      return fail(Errc::unsupported, cat("parameter ", name.substr(0, 40)));
    }
  }
  return {};
}

Result<Command> parse_envelope(Command c, std::string_view rest, std::string_view keyword) {
  if (!istarts_with(rest, keyword)) return fail(Errc::syntax, cat("expected ", keyword));
  rest.remove_prefix(keyword.size());
  const auto trimmed = trim(rest, " ");
  c.space_quirk = rest.starts_with(' ');
  TRY(c.text, parse_path(trimmed, &rest));
  if (!rest.empty() && rest.front() != ' ') return fail(Errc::syntax, "after the path");
  TRY_VOID(parse_params(c, rest, c.verb == Verb::mail));
  if (!is_ascii(c.text) && c.verb == Verb::mail && !c.smtputf8)
    return fail(Errc::syntax, "non-ASCII address without SMTPUTF8");
  return c;
}

struct Row {
  std::string_view name;
  Verb verb;
};
constexpr Row k_commands[] = {
    {"HELO", Verb::helo}, {"EHLO", Verb::ehlo}, {"LHLO", Verb::lhlo},         {"MAIL", Verb::mail},
    {"RCPT", Verb::rcpt}, {"DATA", Verb::data}, {"BDAT", Verb::bdat},         {"BURL", Verb::burl},
    {"RSET", Verb::rset}, {"NOOP", Verb::noop}, {"QUIT", Verb::quit},         {"VRFY", Verb::vrfy},
    {"EXPN", Verb::expn}, {"HELP", Verb::help}, {"STARTTLS", Verb::starttls}, {"AUTH", Verb::auth}};

}  // namespace

Result<std::string> parse_path(std::string_view text, std::string_view* rest) {
  if (!text.starts_with('<')) return fail(Errc::syntax, "a path begins with <");
  std::size_t i = 1;
  if (i < text.size() && text[i] == '@') {  // RFC 5321 §4.1.1.3: a source route is ignored
    i = text.find(':', i);
    if (i == std::string_view::npos) return fail(Errc::syntax, "source route");
    auto route = text.substr(1, i - 1);
    for (;;) {
      const auto comma = route.find(',');
      if (!route.starts_with('@') || !is_domain(route.substr(1, comma == std::string_view::npos ? comma : comma - 1)))
        return fail(Errc::syntax, "source route");
      if (comma == std::string_view::npos) break;
      route.remove_prefix(comma + 1);
    }
    ++i;
  }
  const auto begin = i;
  bool quoted = false;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (is_control(c)) return fail(Errc::syntax, "control character in an address");
    if (quoted && c == '\\') {
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == '>') {
      break;
    } else if (!quoted && (c == ' ' || c == '<' || c == ',' || c == ';')) {
      return fail(Errc::syntax, "in the address");
    }
  }
  if (i >= text.size() || quoted) return fail(Errc::syntax, "a path ends with >");
  const auto address = text.substr(begin, i - begin);
  *rest = text.substr(i + 1);
  if (address.empty()) return begin == 1 ? Result<std::string>("") : fail(Errc::syntax, "empty address");
  const auto at = address.rfind('@');
  const bool postmaster = iequals(address, "postmaster");  // RFC 5321 §4.5.1: without a domain
  if (address.size() > k_path_bytes || !is_utf8(address) ||
      (!postmaster &&
       (at == std::string_view::npos || !is_local_part(address.substr(0, at)) || !is_domain(address.substr(at + 1)))))
    return fail(Errc::syntax, "not an address");
  if (address.starts_with('"') && address[at - 1] == '"') {
    // RFC 5321 §4.1.2: "ann"@… and ann@… are one mailbox.
    const auto inside = address.substr(1, at - 2);
    if (!inside.starts_with('"') && is_local_part(inside)) return cat(inside, address.substr(at));
  }
  return std::string(address);
}

Result<Command> parse(std::string_view line) {
  // A bare CR or NUL has no meaning in a command, and what two hosts read differently is how mail is smuggled. Tabs are
  // white space to some clients.
  for (const char c : line)
    if (is_control(c) && c != '\t') return fail(Errc::syntax, "control character in a command");
  if (!is_utf8(line)) return fail(Errc::syntax, "not UTF-8");
  const auto space = line.find(' ');
  const auto word = line.substr(0, space);
  const auto rest = space == std::string_view::npos ? std::string_view() : line.substr(space + 1);
  for (const auto& row : k_commands) {
    if (!iequals(row.name, word)) continue;
    Command c{row.verb, {}, {}};
    switch (row.verb) {
      case Verb::mail:
        return parse_envelope(std::move(c), rest, "FROM:");
      case Verb::rcpt: {
        auto rcpt = parse_envelope(std::move(c), rest, "TO:");
        if (rcpt && rcpt->text.empty()) return fail(Errc::syntax, "no recipient");
        return rcpt;
      }
      case Verb::helo:
      case Verb::ehlo:
      case Verb::lhlo:
        c.text = trim(rest);
        if (c.text.empty() || c.text.size() > 255) return fail(Errc::syntax, "your name?");
        return c;
      case Verb::bdat: {
        const auto gap = rest.find(' ');
        const auto n = parse_number<std::uint64_t>(rest.substr(0, gap));
        const auto tail = gap == std::string_view::npos ? std::string_view() : trim(rest.substr(gap));
        c.last = iequals(tail, "LAST");
        if (!n || (!tail.empty() && !c.last)) return fail(Errc::syntax, "BDAT size [LAST]");
        c.size = *n;
        return c;
      }
      case Verb::burl: {  // RFC 4468 §3.2
        const auto gap = rest.find(' ');
        const auto tail = gap == std::string_view::npos ? std::string_view() : trim(rest.substr(gap));
        c.last = iequals(tail, "LAST");
        c.text = rest.substr(0, gap);
        if (c.text.empty() || (!tail.empty() && !c.last)) return fail(Errc::syntax, "BURL URL [LAST]");
        return c;
      }
      case Verb::auth: {
        const auto gap = rest.find(' ');
        c.text = rest.substr(0, gap);
        if (c.text.empty()) return fail(Errc::syntax, "which mechanism?");
        if (gap != std::string_view::npos)
          c.initial = trim(rest.substr(gap)) == "=" ? "" : std::string(trim(rest.substr(gap)));
        return c;
      }
      case Verb::data:
      case Verb::rset:
      case Verb::quit:
      case Verb::starttls:
        if (!trim(rest).empty()) return fail(Errc::syntax, "no parameters expected");
        return c;
      case Verb::noop:
      case Verb::vrfy:
      case Verb::expn:
      case Verb::help:
        return c;
    }
  }
  return fail(Errc::unsupported, "command");
}

}  // namespace mailstead::smtp
