// Buffers over a Stream, as line protocols want them: input is held only while bytes are there, output is gathered and
// flushed in one write. One per session; the session owns it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/result.h"
#include "net/stream.h"

namespace mailstead::net {

class Connection {
 public:
  explicit Connection(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {}

  Stream& stream() { return *stream_; }
  // To put another on top of it, or take that away: set_stream() before anything else is done.
  std::unique_ptr<Stream> take_stream() { return std::move(stream_); }
  std::string take_input();
  void set_stream(std::unique_ptr<Stream> stream, std::string input = {});

  // Input ------------------------------------------------------------------------------------------------------------
  // Unread bytes. The view is good until the next fill() or consume().
  std::string_view input() const { return std::string_view(in_).substr(in_at_); }
  void consume(std::size_t n);
  // Flushes the output, then reads more; false at the end of input. The session's memory while waiting is a few bytes.
  Task<bool> fill();
  // The next line without its CRLF (a bare LF ends a line too). nullopt at the end of input; Errc::too_big when longer
  // than `max` bytes: the rest of that line is thrown away first, in bounded memory.
  Task<Result<std::optional<std::string>>> read_line(std::size_t max);
  // RFC 3207 §4.2 and the command injection attacks: bytes that came before the handshake are never read after it.
  bool has_input() const { return in_at_ < in_.size(); }

  // Output -----------------------------------------------------------------------------------------------------------
  std::string& out() { return out_; }
  void write(std::string_view s) { out_ += s; }
  Task<void> flush();
  // For long replies: flushes once the buffer is over limits::k_output_buffer_bytes.
  Task<void> flush_if_full();
  bool full() const { return out_.size() >= limits::k_output_buffer_bytes; }

 private:
  std::unique_ptr<Stream> stream_;
  std::string in_;
  std::size_t in_at_ = 0;
  std::string out_;
};

}  // namespace mailstead::net
