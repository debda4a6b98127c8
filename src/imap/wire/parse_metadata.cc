// GETMETADATA and SETMETADATA (RFC 5464 §5).
#include <algorithm>

#include "imap/wire/parsers.h"

namespace mailstead::imap {
namespace {

constexpr std::size_t k_entries_max = 200;  // of one command; each is looked for among all annotations
constexpr std::size_t k_name_max = 250;     // octets of an entry's name

// §3.2. `whole`: as it is set: with the components that it must have.
Result<std::string> entry(Scanner& in, bool whole) {
  TRY(auto name, in.astring());
  name = lower(name);
  const auto bad_char = [](char c) { return c <= 0x19 || c >= 0x7F || c == '*' || c == '%'; };  // 8-bit: negative
  if (name.size() > k_name_max) return fail(Errc::too_big, "entry name too long");
  if (std::any_of(name.begin(), name.end(), bad_char) || name.ends_with('/') || name.find("//") != std::string::npos)
    return fail(Errc::syntax, "bad entry name");
  const auto in_scope = [&](std::string_view scope) {
    return name.starts_with(scope) && (name.size() == scope.size() || name[scope.size()] == '/');
  };
  if (!in_scope("/private") && !in_scope("/shared")) return fail(Errc::syntax, "neither /private nor /shared");
  const auto parts = std::count(name.begin(), name.end(), '/');
  const bool vendor = in_scope("/private/vendor") || in_scope("/shared/vendor");
  if (whole && parts < (vendor ? 4 : 2)) return fail(Errc::syntax, "entry name too short");
  return name;
}

Result<> option(Scanner& in, GetMetadata& out) {
  if (in.accept_word("MAXSIZE")) {
    TRY_VOID(in.space());
    TRY(out.max_size, in.number());
    return {};
  }
  if (!in.accept_word("DEPTH")) return fail(Errc::syntax, "unknown GETMETADATA option");
  TRY_VOID(in.space());
  TRY(const auto depth, in.word());
  if (depth != "0" && depth != "1" && depth != "INFINITY") return fail(Errc::syntax, "bad DEPTH");
  out.depth = depth == "INFINITY" ? GetMetadata::k_all_below : static_cast<std::uint8_t>(depth[0] - '0');
  return {};
}

Result<> options(Scanner& in, GetMetadata& out) {
  TRY_VOID(in.list([&] { return option(in, out); }));
  return in.space();
}

}  // namespace

Result<std::optional<std::string>> nstring8(Scanner& in) {
  if (!in.at_literal()) return in.nstring();
  TRY(auto literal, in.literal());
  if (!literal.binary && literal.bytes.find('\0') != std::string::npos) return fail(Errc::syntax, "NUL in a literal");
  return std::move(literal.bytes);
}

Result<std::vector<std::string>> metadata_entries(Scanner& in) {
  std::vector<std::string> out;
  const auto one = [&]() -> Result<> {
    if (out.size() >= k_entries_max) return fail(Errc::too_big, "too many entries");
    TRY(auto name, entry(in, false));
    if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(std::move(name));
    return {};
  };
  if (in.peek() == '(') {
    TRY_VOID(in.list(one));
    return out;
  }
  TRY_VOID(one());
  return out;
}

// The options stand before the mailbox in §5, and behind it in the examples of §4.2; both are taken.
Result<Command> parse_getmetadata(Scanner& in, bool) {
  GetMetadata out;
  TRY_VOID(in.space());
  const bool in_front = in.peek() == '(';
  if (in_front) TRY_VOID(options(in, out));
  TRY(out.mailbox, in.mailbox(true));
  TRY_VOID(in.space());
  const char inside = in.peek(1);
  if (!in_front && in.peek() == '(' && inside != '/' && inside != '"' && inside != '{') TRY_VOID(options(in, out));
  TRY(out.entries, metadata_entries(in));
  return Command(std::move(out));
}

Result<Command> parse_setmetadata(Scanner& in, bool) {
  SetMetadata out;
  TRY_VOID(in.space());
  TRY(out.mailbox, in.mailbox(true));
  TRY_VOID(in.space());
  TRY_VOID(in.list([&]() -> Result<> {
    if (out.entries.size() >= k_entries_max) return fail(Errc::too_big, "too many entries");
    std::pair<std::string, std::optional<std::string>> one;
    TRY(one.first, entry(in, true));
    TRY_VOID(in.space());
    TRY(one.second, nstring8(in));
    out.entries.push_back(std::move(one));
    return {};
  }));
  return Command(std::move(out));
}

}  // namespace mailstead::imap
