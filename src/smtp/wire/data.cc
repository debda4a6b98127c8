#include "smtp/wire/data.h"

#include <algorithm>

namespace mailstead::smtp {
namespace {

// The number of bytes in front of the next CR, LF or NUL, as far as it looks: at each byte but those three a whole line
// of mail, and not much more, so that a message of line feeds alone is not read over and over.
std::size_t text_run(std::string_view s) {
  s = s.substr(0, 1024);
  auto run = std::min(s.find('\r'), s.size());
  for (const char c : {'\n', '\0'}) run = std::min(run, s.substr(0, run).find(c));
  return run;
}

}  // namespace

void LineCheck::feed(std::string_view piece) {
  for (std::size_t i = 0; i < piece.size(); ++i) {
    const char c = piece[i];
    if ((c == '\n') != after_cr_ || c == '\0') bad_ = true;
    after_cr_ = c == '\r';
    if (after_cr_) continue;
    const auto next = piece.find_first_of(std::string_view("\r\n\0", 3), i + 1);
    if (next == std::string_view::npos) return;
    i = next - 1;
  }
}

void DataDecoder::keep(char c) {
  if (content_.size() < max_) {
    content_ += c;
  } else if (!too_big_) {
    too_big_ = true;
    content_ = std::string();
    max_ = 0;
  }
}

std::size_t DataDecoder::feed(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char c = bytes[i];
    switch (state_) {
      case State::line_start:
        if (c == '.') {
          state_ = State::dot;
          continue;
        }
        break;
      case State::dot:
        if (c == '\r') {
          state_ = State::dot_cr;
          continue;
        }
        break;  // the dot was stuffing: it is gone, this byte is text
      case State::dot_cr:
        if (c == '\n') {
          done_ = true;
          return i + 1;
        }
        bad_lines_ = true;  // "." CR and no LF
        keep('\r');
        break;
      case State::cr:
        keep('\r');
        if (c == '\n') {
          keep('\n');
          state_ = State::line_start;
          continue;
        }
        bad_lines_ = true;
        break;
      case State::text: {
        // The common case in one step: up to the next byte that matters.
        const auto run = bytes.substr(i, text_run(bytes.substr(i)));
        if (run.size() > 1 && content_.size() + run.size() <= max_) {
          content_ += run;
          i += run.size() - 1;
          continue;
        }
        break;
      }
    }
    if (c == '\r') {
      state_ = State::cr;
      continue;
    }
    if (c == '\n' || c == '\0') bad_lines_ = true;
    keep(c);
    state_ = State::text;
  }
  return bytes.size();
}

}  // namespace mailstead::smtp
