// Cuts a client's bytes into commands, literals gathered (RFC 9051 §2.2, §4.3; RFC 7888; RFC 3516 literal8). Sans-I/O:
// bytes in, events out, the same events whatever the chunks. Memory grows with the bytes received, never with what a
// literal header claims.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"

namespace mailstead::imap {

struct Literal {
  std::size_t at;  // offset in RawCommand::text behind the literal's header "{n}"
  bool binary;     // literal8: "~{n}"
  std::string bytes;
};

struct RawCommand {
  std::string text;  // all lines without their ends, literal headers kept, literals' bytes not
  std::vector<Literal> literals;
  bool bare_lf = false;  // a line ended without CR: tolerated, counted
  bool foreign = false;  // looks like another protocol (HTTP, SMTP): answer BAD and close
};

// "*" where the text has no usable tag (RFC 9051 §7.1.3: then the BAD is untagged).
std::string tag_of(std::string_view text);
// The command word in capitals, "UID" skipped; "" if there is none.
std::string command_word(std::string_view text);
// An HTTP or SMTP request sent to this port (ALPACA): its first word, "Host:", "<…".
bool is_foreign(std::string_view line);

struct FrameLimits {
  std::size_t line_bytes = limits::k_imap_line_preauth_bytes;
  std::size_t args_bytes = limits::k_imap_line_preauth_bytes;  // sum of literals, message literals of APPEND apart
  std::size_t depth = limits::k_imap_depth_preauth;
  std::size_t non_sync_bytes = limits::k_imap_literal_minus_bytes;  // LITERAL-
  std::uint64_t message_bytes = 0;                                  // sum of APPEND's messages; 0: no APPEND yet

  static FrameLimits after_login(std::uint64_t message_size_max) {
    return {limits::k_imap_line_bytes, limits::k_imap_args_bytes, limits::k_imap_depth,
            limits::k_imap_literal_minus_bytes, message_size_max};
  }
};

enum class FrameEvent : std::uint8_t {
  need_more,     // all input is taken
  command,       // take() it
  line,          // in line mode: take_line()
  continuation,  // a synchronising literal: send "+ …" and go on, or refuse_literal()
  error,         // see error(); the framer is ready for the next command unless close is set
};

struct FrameError {
  enum class Kind : std::uint8_t { line_too_long, literal_too_big, too_deep, nul } kind;
  bool close;       // what follows cannot be told from commands: say BYE and close
  std::string tag;  // "*" if unknown
};

class Framer {
 public:
  explicit Framer(FrameLimits limits = {}) : limits_(limits) {}
  void set_limits(FrameLimits limits) { limits_ = limits; }

  // Takes bytes off the front of `in` up to and with the next event. What is left in `in` belongs to what comes after
  // (at STARTTLS there must be nothing left).
  FrameEvent next(std::string_view& in);

  RawCommand take();        // after `command`
  std::string take_line();  // after `line`
  const FrameError& error() const { return error_; }

  // The command so far, and the size of the literal that waits: to refuse APPEND before the message is sent.
  const RawCommand& partial() const { return command_; }
  std::uint64_t literal_size() const { return literal_left_; }
  // After `continuation`: the client will not send the literal; the command is dropped.
  void refuse_literal();

  // The next line is no command: the answer to a continuation of AUTHENTICATE, or IDLE's DONE. `max_bytes` long at
  // most.
  void expect_line(std::size_t max_bytes);

  bool idle() const { return state_ == State::line && command_.text.empty() && !line_mode_; }  // between commands

 private:
  enum class State : std::uint8_t { line, literal, skip, closed };
  FrameEvent line_bytes(std::string_view& in);
  FrameEvent line_end();
  FrameEvent literal_header(std::size_t header_at, bool binary, bool sync, std::string_view digits);
  FrameEvent literal_bytes(std::string_view& in);
  FrameEvent skip_bytes(std::string_view& in);
  FrameEvent fail(FrameError::Kind kind, bool close);
  void skip(FrameError::Kind kind);
  bool is_message_literal(std::size_t header_at) const;
  void reset();

  FrameLimits limits_;
  State state_ = State::line;
  RawCommand command_;
  std::size_t line_start_ = 0;  // of the current line in command_.text
  std::size_t line_total_ = 0;  // bytes of all lines of this command
  std::size_t depth_ = 0;
  bool quoted_ = false, escaped_ = false;
  std::uint64_t literal_left_ = 0;
  std::uint64_t args_ = 0, messages_ = 0;  // literal bytes so far
  FrameError::Kind skip_kind_{};
  std::size_t skipped_ = 0;
  std::string skip_tail_;  // the last bytes of a skipped line: does it end in a literal header?
  bool line_mode_ = false;
  std::size_t line_mode_max_ = 0;
  FrameError error_{};
};

}  // namespace mailstead::imap
