#include "net/connection.h"

#include <array>

namespace mailstead::net {

void Connection::consume(std::size_t n) {
  in_at_ += n;
  if (in_at_ < in_.size()) return;
  in_at_ = 0;
  if (in_.capacity() > 4096)
    in_ = std::string();  // memory only while bytes are there
  else
    in_.clear();
}

std::string Connection::take_input() {
  auto bytes = std::string(input());
  consume(bytes.size());
  return bytes;
}

void Connection::set_stream(std::unique_ptr<Stream> stream, std::string input) {
  stream_ = std::move(stream);
  in_ = std::move(input);
  in_at_ = 0;
}

Task<bool> Connection::fill() {
  co_await flush();
  // While nothing is there, no buffer is held: an idle session is a coroutine and a few hundred bytes.
  while (!co_await stream_->wait_input()) {
  }
  const auto had = in_.size() - in_at_;
  if (in_at_ > 0) {
    in_.erase(0, in_at_);
    in_at_ = 0;
  }
  in_.resize(had + limits::k_read_buffer_bytes);
  std::size_t got = 0;
  try {
    got = co_await stream_->read_some(std::span(in_).subspan(had));
  } catch (...) {
    in_.resize(had);
    throw;
  }
  in_.resize(had + got);
  if (had == 0 && got < limits::k_read_buffer_bytes / 8) in_.shrink_to_fit();
  co_return got > 0;
}

Task<Result<std::optional<std::string>>> Connection::read_line(std::size_t max) {
  std::size_t searched = 0;
  bool too_long = false;
  for (;;) {
    const auto bytes = input();
    const auto end = bytes.find('\n', searched);
    if (end != std::string_view::npos) {
      auto line = bytes.substr(0, end);
      if (line.ends_with('\r')) line.remove_suffix(1);
      too_long = too_long || line.size() > max;
      std::optional<std::string> text;
      if (!too_long) text.emplace(line);
      consume(end + 1);
      if (too_long) co_return fail(Errc::too_big, "line too long");
      co_return text;
    }
    if (bytes.size() > max + 2) {
      too_long = true;
      consume(bytes.size());
    }
    searched = input().size();
    if (!co_await fill()) co_return std::optional<std::string>();
  }
}

Task<void> Connection::flush() {
  if (out_.empty()) co_return;
  const std::string bytes = std::exchange(out_, {});
  co_await stream_->write(bytes);
}

Task<void> Connection::flush_if_full() {
  if (full()) co_await flush();
}

}  // namespace mailstead::net
