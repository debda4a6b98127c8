// Writes replies into a buffer (RFC 9051 §7, §9). Appends only; the caller flushes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imap/wire/command.h"

namespace mailstead::imap {

std::string_view fetch_word(FetchAttr attr);       // "RFC822.SIZE"; BODY for body, BINARY for binary
std::string section_text(const Section& section);  // "[1.2.HEADER.FIELDS (DATE)]"
// What a FETCH reply calls the item: "BODY[TEXT]<10>", never PEEK (RFC 9051 §7.5.2).
std::string item_name(const FetchItem& item);
// "07-Feb-1994 21:52:25 -0800", without quotes; the day padded by a zero, as RFC 9051's date-day-fixed allows.
std::string date_time(std::int64_t seconds, int zone_minutes);

class Printer {
 public:
  // `utf8`: IMAP4rev2 or UTF8=ACCEPT was enabled: quoted strings and mailbox names may be UTF-8.
  Printer(std::string& out, bool utf8) : out_(out), utf8_(utf8) {}

  Printer& raw(std::string_view s) { return out_ += s, *this; }
  Printer& raw(char c) { return out_ += c, *this; }
  Printer& number(std::uint64_t n);
  Printer& space() { return raw(' '); }
  Printer& crlf() { return raw("\r\n"); }

  Printer& string(std::string_view s);  // quoted if it may be, else a literal
  Printer& nstring(const std::optional<std::string>& s) { return s ? string(*s) : raw("NIL"); }
  Printer& nstring_or_nil(std::string_view s) { return s.empty() ? raw("NIL") : string(s); }  // empty as NIL
  Printer& astring(std::string_view s);                                                       // an atom if it may be
  Printer& literal(std::string_view s, bool binary = false);                                  // {n}, ~{n}
  Printer& literal_header(std::uint64_t size, bool binary = false);  // the caller streams the bytes
  Printer& mailbox(std::string_view utf8_name);
  Printer& flags(const std::vector<std::string>& names);  // "(" … ")"
  Printer& date(std::int64_t seconds, int zone_minutes) {
    return raw('"').raw(date_time(seconds, zone_minutes)).raw('"');
  }

  std::string& buffer() { return out_; }
  bool utf8() const { return utf8_; }

 private:
  std::string& out_;
  bool utf8_;
};

// Human text for a reply line: no line ends, controls or 8-bit bytes get through.
std::string reply_text(std::string_view s);

}  // namespace mailstead::imap
