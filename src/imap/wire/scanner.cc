#include "imap/wire/scanner.h"

#include <algorithm>
#include <chrono>

#include "base/utf8.h"
#include "imap/wire/utf7.h"
#include "model/flags.h"

namespace mailstead::imap {
namespace {

auto bad(std::string detail) {
  return fail(Errc::syntax, std::move(detail));
}

bool is_astring_char(char c) {
  return is_atom_char(c) || c == ']';
}

constexpr std::string_view k_system_flags[] = {"\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft"};

}  // namespace

bool is_atom_char(char c) {
  return c > ' ' && c < 0x7F && std::string_view("(){%*\"\\]").find(c) == std::string_view::npos;
}

bool Scanner::accept_text(std::string_view text) {
  if (!istarts_with(text_.substr(at_), text)) return false;
  at_ += text.size();
  return true;
}

bool Scanner::accept_word(std::string_view word) {
  if (!istarts_with(text_.substr(at_), word) || is_atom_char(peek(word.size()))) return false;
  at_ += word.size();
  return true;
}

Result<> Scanner::expect(char c) {
  if (accept(c)) return {};
  return bad(c == ' ' ? std::string("space expected") : cat("'", c, "' expected"));
}

Result<> Scanner::end() const {
  if (!at_end() || next_literal_ != raw_.literals.size()) return bad("unexpected text at the end");
  return {};
}

Result<std::string> Scanner::tag() {
  auto tag = tag_of(text_);
  if (tag == "*") return bad("bad tag");
  at_ += tag.size();
  return tag;
}

Result<std::string> Scanner::atom() {
  const auto s = take_while(is_atom_char);
  if (s.empty()) return bad("word expected");
  return std::string(s);
}

Result<std::string> Scanner::word() {
  TRY(const auto s, atom());
  return upper(s);
}

Result<std::string> Scanner::astring() {
  if (peek() == '"' || at_literal()) return string();
  const auto s = take_while(is_astring_char);
  if (s.empty()) return bad("string expected");
  return std::string(s);
}

Result<std::string> Scanner::quoted() {
  std::string out;
  for (++at_; !at_end(); ++at_) {
    char c = text_[at_];
    if (c == '"') {
      ++at_;
      if (!is_utf8(out)) return bad("quoted string is not UTF-8");
      return out;
    }
    if (c == '\\') {
      c = peek(1);
      if (c != '"' && c != '\\') return bad("bad escape in a quoted string");
      ++at_;
    }
    if (c == '\r' || c == '\n') return bad("line end in a quoted string");
    out += c;
  }
  return bad("quoted string has no end");
}

Result<std::string> Scanner::string() {
  if (peek() == '"') return quoted();
  TRY(auto l, literal());
  if (l.binary) return bad("binary literal not allowed here");
  if (l.bytes.find('\0') != std::string::npos) return bad("NUL in a literal");
  return std::move(l.bytes);
}

Result<std::optional<std::string>> Scanner::nstring() {
  if (accept_word("NIL")) return std::optional<std::string>();
  TRY(auto s, string());
  return std::optional(std::move(s));
}

Result<Literal> Scanner::literal() {
  if (!at_literal() || next_literal_ == raw_.literals.size()) return bad("string expected");
  const auto close = text_.find('}', at_);
  auto& l = raw_.literals[next_literal_];
  if (close == std::string_view::npos || close + 1 != l.at) return bad("string expected");
  at_ = l.at;
  ++next_literal_;
  return std::move(l);
}

template <class T>
Result<T> Scanner::digits() {
  const auto n = parse_number<T>(take_while(is_digit));
  if (!n) return bad("number expected");
  return *n;
}

Result<std::uint32_t> Scanner::number() {
  return digits<std::uint32_t>();
}
Result<std::uint64_t> Scanner::number64() {
  TRY(const auto n, digits<std::uint64_t>());
  if (n >> 63 != 0) return bad("number too big");
  return n;
}
Result<std::uint32_t> Scanner::nz_number() {
  if (peek() == '0') return bad("number must not begin with 0");
  return number();
}
Result<ModSeq> Scanner::modseq() {
  TRY(const auto n, number64());
  return ModSeq(n);
}

template <class T>
Result<model::NumSet<T>> Scanner::set() {
  using Set = model::NumSet<T>;
  std::vector<typename Set::Range> ranges;
  std::vector<std::optional<T>> stars;
  do {
    std::optional<T> ends[2];
    bool range = false;
    for (auto& n : ends) {
      if (!accept('*')) {
        TRY(const auto number, nz_number());
        n = T(number);
      }
      if (&n == &ends[0] && !(range = accept(':'))) break;
    }
    if (!range && ends[0])
      ranges.push_back({*ends[0], *ends[0]});
    else if (ends[0] && ends[1])
      ranges.push_back({std::min(*ends[0], *ends[1]), std::max(*ends[0], *ends[1])});
    else
      stars.push_back(ends[0] ? ends[0] : ends[1]);
  } while (accept(','));
  auto out = Set::of(std::move(ranges));
  for (const auto& s : stars) out.insert_star(s);
  return out;
}

Result<MessageSet> Scanner::message_set(bool uid) {
  if (accept('$')) return MessageSet(SavedResult{});
  if (uid) {
    TRY(auto s, uid_set());
    return MessageSet(std::move(s));
  }
  TRY(auto s, seq_set());
  return MessageSet(std::move(s));
}

Result<std::string> Scanner::flag() {
  if (!accept('\\')) {
    TRY(auto keyword, atom());
    if (!model::is_keyword(keyword)) return fail(Errc::invalid, "keyword too long");
    return keyword;
  }
  TRY(const auto name, atom());
  if (iequals(name, "Recent")) return std::string();
  for (const auto known : k_system_flags)
    if (iequals(known.substr(1), name)) return std::string(known);
  return fail(Errc::invalid, "no such system flag");
}

namespace {

// More different flags than a mailbox can have are refused, so the list of known ones stays short.
Result<> add_flag(std::vector<std::string>& flags, std::string flag) {
  if (flag.empty()) return {};
  if (std::any_of(flags.begin(), flags.end(), [&](const auto& f) { return iequals(f, flag); })) return {};
  if (flags.size() >= limits::k_keywords + std::size(k_system_flags)) return fail(Errc::too_big, "too many flags");
  flags.push_back(std::move(flag));
  return {};
}

}  // namespace

Result<std::vector<std::string>> Scanner::flag_list() {
  std::vector<std::string> out;
  TRY_VOID(list(
      [&]() -> Result<> {
        TRY(auto f, flag());
        return add_flag(out, std::move(f));
      },
      true));
  return out;
}

Result<std::vector<std::string>> Scanner::flags() {
  std::vector<std::string> out;
  do {
    TRY(auto f, flag());
    TRY_VOID(add_flag(out, std::move(f)));
  } while (accept(' '));
  return out;
}

Result<unsigned> Scanner::two_digits() {
  if (!is_digit(peek()) || !is_digit(peek(1))) return bad("two digits expected");
  const auto n = static_cast<unsigned>((peek() - '0') * 10 + (peek(1) - '0'));
  at_ += 2;
  return n;
}

Result<unsigned> Scanner::month() {
  static constexpr std::string_view names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  for (unsigned i = 0; i < 12; ++i)
    if (accept_text(names[i])) return i + 1;
  return bad("month expected");
}

Result<int> Scanner::year() {
  TRY(const auto century, two_digits());
  TRY(const auto rest, two_digits());
  return static_cast<int>(century * 100 + rest);
}

namespace {

Result<model::Day> day_number(int y, unsigned m, unsigned d) {
  const std::chrono::year_month_day ymd{std::chrono::year(y), std::chrono::month(m), std::chrono::day(d)};
  if (!ymd.ok()) return fail(Errc::syntax, "no such day");
  return static_cast<model::Day>(std::chrono::sys_days(ymd).time_since_epoch().count());
}

}  // namespace

Result<model::Day> Scanner::date() {
  const bool quote = accept('"');
  unsigned d = 0;
  if (is_digit(peek()) && !is_digit(peek(1))) {
    d = static_cast<unsigned>(peek() - '0');
    ++at_;
  } else {
    TRY(d, two_digits());
  }
  TRY_VOID(expect('-'));
  TRY(const auto m, month());
  TRY_VOID(expect('-'));
  TRY(const auto y, year());
  if (quote) TRY_VOID(expect('"'));
  return day_number(y, m, d);
}

Result<std::pair<std::int64_t, std::int16_t>> Scanner::date_time() {
  TRY_VOID(expect('"'));
  unsigned d = 0;
  if (accept(' ')) {
    if (!is_digit(peek())) return bad("day expected");
    d = static_cast<unsigned>(peek() - '0');
    ++at_;
  } else {
    TRY(d, two_digits());
  }
  TRY_VOID(expect('-'));
  TRY(const auto m, month());
  TRY_VOID(expect('-'));
  TRY(const auto y, year());
  TRY_VOID(space());
  TRY(const auto hour, two_digits());
  TRY_VOID(expect(':'));
  TRY(const auto minute, two_digits());
  TRY_VOID(expect(':'));
  TRY(const auto second, two_digits());
  TRY_VOID(space());
  const bool west = peek() == '-';
  if (!accept('-')) TRY_VOID(expect('+'));
  TRY(const auto zone_hour, two_digits());
  TRY(const auto zone_minute, two_digits());
  TRY_VOID(expect('"'));
  if (hour > 23 || minute > 59 || second > 60 || zone_hour > 23 || zone_minute > 59) return bad("no such time");
  TRY(const auto day, day_number(y, m, d));
  const int zone = static_cast<int>(zone_hour * 60 + zone_minute) * (west ? -1 : 1);
  const auto seconds = std::int64_t{day} * 86'400 + hour * 3600 + minute * 60 + second - zone * 60;
  return std::pair(seconds, static_cast<std::int16_t>(zone));
}

Result<std::string> Scanner::decode_mailbox(std::string text) const {
  if (!context_.utf8) return utf7_decode(text);
  if (!is_utf8(text)) return fail(Errc::invalid, "mailbox name is not UTF-8");
  return text;
}

Result<std::string> Scanner::mailbox(bool may_be_empty) {
  TRY(auto name, astring());
  if (may_be_empty && name.empty()) return name;
  TRY(name, decode_mailbox(std::move(name)));
  auto checked = model::check_name(name);
  // Well-formed, however long: NO like other names that cannot exist (RFC 9051 §6.3.4), and no bad command.
  if (!checked && checked.error().code == Errc::too_big) return fail(Errc::invalid, std::move(checked.error().detail));
  return checked;
}

Result<std::string> Scanner::pattern() {
  if (peek() == '"' || at_literal()) return string();
  std::string out(take_while([](char c) { return is_astring_char(c) || c == '%' || c == '*'; }));
  if (out.empty()) return bad("pattern expected");
  return out;
}

Result<std::string> Scanner::list_mailbox() {
  TRY(auto name, pattern());
  return decode_mailbox(std::move(name));
}

}  // namespace mailstead::imap
