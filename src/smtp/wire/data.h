// What follows DATA: dots taken away, and only CRLF "." CRLF ends it (RFC 5321 §4.1.1.4). A bare CR or bare LF never
// ends a line, and makes the message refused: what one server takes for the end and another does not is how mail is
// smuggled.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mailstead::smtp {

// The same rule for content without framing (BDAT): true once a bare CR, a bare LF or a NUL was seen.
class LineCheck {
 public:
  void feed(std::string_view piece);
  bool bad() const { return bad_ || after_cr_; }  // at the end of the message

 private:
  bool bad_ = false, after_cr_ = false;
};

class DataDecoder {
 public:
  explicit DataDecoder(std::size_t max_bytes) : max_(max_bytes) {}

  // Takes bytes until the end of data; returns how many were used. All are used while !done().
  std::size_t feed(std::string_view bytes);
  bool done() const { return done_; }
  bool too_big() const { return too_big_; }      // the rest was swallowed
  bool bad_lines() const { return bad_lines_; }  // a bare CR or LF, or a NUL
  std::string take() { return std::move(content_); }

 private:
  void keep(char c);

  enum class State : std::uint8_t { line_start, text, cr, dot, dot_cr } state_ = State::line_start;
  std::size_t max_;
  std::string content_;
  bool done_ = false, too_big_ = false, bad_lines_ = false;
};

}  // namespace mailstead::smtp
