// POP3 on the wire: RFC 1939, 2449, 5034, 6856. Pure: lines in, values out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mailstead::pop3 {

enum class Verb : std::uint8_t {
  capa,
  user,
  pass,
  auth,
  stls,
  utf8,
  lang,
  quit,  // authorization state (some in both)
  stat,
  list,
  retr,
  dele,
  noop,
  rset,
  top,
  uidl,  // transaction state
};

struct Command {
  Verb verb;
  std::string text;                     // USER, PASS: the whole rest of the line; AUTH, LANG: the first argument
  std::optional<std::string> initial;   // AUTH: initial response, still base64
  std::optional<std::uint32_t> number;  // message number
  std::uint32_t lines = 0;              // TOP
};

// A line without its CRLF. Keywords in any case, arguments by single spaces (RFC 1939 §3). Errc::syntax with the human
// text.
Result<Command> parse(std::string_view line);

// Appends the octets of a message as a multi-line reply's body: lines that begin with '.' get one more (RFC 1939 §3).
// Bytes come in pieces; `at_line_start` carries the state over them and begins true.
class DotStuffer {
 public:
  void append(std::string& out, std::string_view piece);
  // The terminating line, with a CRLF before it when the message did not end in one.
  void finish(std::string& out);

 private:
  enum class At : std::uint8_t { line_start, in_line, after_cr } at_ = At::line_start;
};

// Counts what TOP sends: all of the header, the empty line, and then `lines` lines of the body. feed() returns how many
// of the piece's bytes belong to it; done() once no more do.
class TopCounter {
 public:
  explicit TopCounter(std::uint32_t lines) : left_(lines) {}
  std::size_t feed(std::string_view piece);
  bool done() const { return done_; }

 private:
  std::uint32_t left_;
  bool in_body_ = false, done_ = false, line_empty_ = true;
};

// RFC 1939 §7 UIDL: unique for ever, 0x21–0x7E.
std::string uidl(std::uint32_t uidvalidity, std::uint32_t uid);

}  // namespace mailstead::pop3
