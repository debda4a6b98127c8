#include "imap/wire/printer.h"

#include <algorithm>
#include <chrono>

#include "base/ascii.h"
#include "base/utf8.h"
#include "imap/wire/scanner.h"
#include "imap/wire/utf7.h"

namespace mailstead::imap {
namespace {

constexpr std::size_t k_quoted_max_bytes = 1000;  // clients have line limits; literals have none

}  // namespace

std::string_view fetch_word(FetchAttr attr) {
  using enum FetchAttr;
  switch (attr) {
    case uid:
      return "UID";
    case flags:
      return "FLAGS";
    case internaldate:
      return "INTERNALDATE";
    case envelope:
      return "ENVELOPE";
    case bodystructure:
      return "BODYSTRUCTURE";
    case body_structure_short:
    case body:
      return "BODY";
    case rfc822_size:
      return "RFC822.SIZE";
    case modseq:
      return "MODSEQ";
    case emailid:
      return "EMAILID";
    case threadid:
      return "THREADID";
    case preview:
      return "PREVIEW";
    case savedate:
      return "SAVEDATE";
    case annotation:
      return "ANNOTATION";
    case binary:
      return "BINARY";
    case binary_size:
      return "BINARY.SIZE";
    case rfc822:
      return "RFC822";
    case rfc822_header:
      return "RFC822.HEADER";
    case rfc822_text:
      return "RFC822.TEXT";
  }
  return "";
}

std::string section_text(const Section& section) {
  static constexpr std::string_view words[] = {"", "HEADER", "HEADER.FIELDS", "HEADER.FIELDS.NOT", "TEXT", "MIME"};
  std::string out = "[";
  for (const auto part : section.part) append(out, out.size() == 1 ? "" : ".", part);
  const auto word = words[static_cast<std::size_t>(section.text)];
  if (!word.empty()) append(out, section.part.empty() ? "" : ".", word);
  if (!section.fields.empty()) {
    out += " (";
    Printer p(out, true);
    for (const auto& f : section.fields) {
      if (&f != &section.fields.front()) out += ' ';
      p.astring(f);
    }
    out += ')';
  }
  return out += ']';
}

std::string item_name(const FetchItem& item) {
  std::string out(fetch_word(item.attr));
  if (item.attr == FetchAttr::body || item.attr == FetchAttr::binary || item.attr == FetchAttr::binary_size)
    out += section_text(item.section);
  if (item.partial) append(out, '<', item.partial->first, '>');
  return out;
}

std::string date_time(std::int64_t seconds, int zone_minutes) {
  static constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  // The grammar has four digits of year; nothing outside them is ever printed.
  seconds = std::clamp<std::int64_t>(seconds, -62'135'500'000, 253'402'200'000);
  zone_minutes = std::clamp(zone_minutes, -1439, 1439);
  const auto local = seconds + std::int64_t{zone_minutes} * 60;
  const auto day = model::day_of(local, 0);
  const auto second = static_cast<unsigned>(local - std::int64_t{day} * 86'400);
  const std::chrono::year_month_day d{std::chrono::sys_days{std::chrono::days{day}}};
  const auto zone = static_cast<unsigned>(zone_minutes < 0 ? -zone_minutes : zone_minutes);
  const auto year = static_cast<unsigned>(static_cast<int>(d.year()));
  std::string out = "DD-MMM-YYYY hh:mm:ss +zzzz";
  const auto two = [&](std::size_t at, unsigned n) {
    out[at] = static_cast<char>('0' + n / 10);
    out[at + 1] = static_cast<char>('0' + n % 10);
  };
  two(0, static_cast<unsigned>(d.day()));
  out.replace(3, 3, months[static_cast<unsigned>(d.month()) - 1]);
  two(7, year / 100);
  two(9, year % 100);
  two(12, second / 3600);
  two(15, second / 60 % 60);
  two(18, second % 60);
  if (zone_minutes < 0) out[21] = '-';
  two(22, zone / 60);
  two(24, zone % 60);
  return out;
}

Printer& Printer::number(std::uint64_t n) {
  append(out_, n);
  return *this;
}

Printer& Printer::string(std::string_view s) {
  // What a quoted string asks for: RFC 9051 §9. No branches: the compiler then takes 16 octets at a time.
  unsigned char not_quoted = 0, escaped = 0, any = 0;
  for (const char c : s) {
    not_quoted |= static_cast<unsigned char>((c == '\r') | (c == '\n') | (c == '\0'));
    escaped |= static_cast<unsigned char>((c == '"') | (c == '\\'));
    any |= static_cast<unsigned char>(c);
  }
  const bool quotable = s.size() <= k_quoted_max_bytes && !not_quoted && (any < 0x80 || (utf8_ && is_utf8(s)));
  if (!quotable) return literal(s);
  out_ += '"';
  if (escaped) {
    for (const char c : s) {
      if (c == '"' || c == '\\') out_ += '\\';
      out_ += c;
    }
  } else {
    out_ += s;
  }
  out_ += '"';
  return *this;
}

Printer& Printer::astring(std::string_view s) {
  // "NIL" as an atom would be read as no string by lenient clients.
  const bool atom = !s.empty() && s.size() <= k_quoted_max_bytes && !iequals(s, "NIL") &&
                    std::all_of(s.begin(), s.end(), [](char c) { return is_atom_char(c); });
  return atom ? raw(s) : string(s);
}

Printer& Printer::literal_header(std::uint64_t size, bool binary) {
  append(out_, binary ? "~{" : "{", size, "}\r\n");
  return *this;
}

Printer& Printer::literal(std::string_view s, bool binary) {
  return literal_header(s.size(), binary).raw(s);
}

Printer& Printer::mailbox(std::string_view utf8_name) {
  if (utf8_) return astring(utf8_name);
  return astring(utf7_encode(utf8_name));
}

Printer& Printer::flags(const std::vector<std::string>& names) {
  out_ += '(';
  for (const auto& n : names) {
    if (&n != &names.front()) out_ += ' ';
    out_ += n;
  }
  out_ += ')';
  return *this;
}

std::string reply_text(std::string_view s) {
  std::string out(s.empty() ? "-" : s.substr(0, k_quoted_max_bytes));
  for (char& c : out)
    if (c < ' ' || c == 0x7F) c = '?';            // 8-bit bytes are negative, or above
  if (out.front() == '[') out.insert(0, 1, ' ');  // not a response code
  return out;
}

}  // namespace mailstead::imap
