#include "imap/wire/framer.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/ascii.h"

namespace mailstead::imap {
namespace {

constexpr std::size_t k_skip_max_bytes = 1024 * 1024;  // of a line that is refused already: then the connection goes
constexpr std::size_t k_literal_coming = 64 * 1024;
constexpr std::size_t k_skip_tail_bytes = 32;  // holds every literal header that matters

struct Header {
  std::size_t at;  // of '{' or '~'
  bool binary, sync;
  std::string_view digits;
};

// literal = "{" number64 ["+"] "}" at the end of a line; literal8 has "~" in front.
std::optional<Header> literal_header_of(std::string_view line) {
  if (!line.ends_with('}')) return std::nullopt;
  const auto open = line.rfind('{');
  if (open == std::string_view::npos) return std::nullopt;
  auto digits = line.substr(open + 1, line.size() - open - 2);
  const bool sync = !digits.ends_with('+');
  if (!sync) digits.remove_suffix(1);
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), is_digit)) return std::nullopt;
  const bool binary = open > 0 && line[open - 1] == '~';
  return Header{binary ? open - 1 : open, binary, sync, digits};
}

std::string_view first_word(std::string_view s) {
  return s.substr(0, s.find(' '));
}

}  // namespace

std::string tag_of(std::string_view text) {
  const auto word = first_word(text);
  // tag = 1*<any ASTRING-CHAR except "+">
  const bool good = !word.empty() && word.size() <= 256 && std::all_of(word.begin(), word.end(), [](char c) {
    return c > ' ' && c < 0x7F && std::string_view("(){%*\"\\+").find(c) == std::string_view::npos;
  });
  return good ? std::string(word) : "*";
}

std::string command_word(std::string_view text) {
  const auto space = text.find(' ');
  if (space == std::string_view::npos) return {};
  text.remove_prefix(space + 1);
  if (istarts_with(text, "UID ")) text.remove_prefix(4);
  return upper(first_word(text));
}

bool is_foreign(std::string_view line) {
  static constexpr std::string_view methods[] = {"GET",     "HEAD",  "POST",  "PUT",     "DELETE", "CONNECT",
                                                 "OPTIONS", "TRACE", "PATCH", "PRI",     "EHLO",   "HELO",
                                                 "LHLO",    "MAIL",  "RCPT",  "PROPFIND"};
  const auto word = first_word(line);
  return std::find(std::begin(methods), std::end(methods), word) != std::end(methods) ||
         word.find('<') != std::string_view::npos || (word.size() > 1 && word.ends_with(':'));
}

void Framer::reset() {
  state_ = State::line;
  command_ = {};
  line_start_ = line_total_ = depth_ = 0;
  quoted_ = escaped_ = false;
  literal_left_ = args_ = messages_ = 0;
  skipped_ = 0;
  skip_tail_.clear();
}

RawCommand Framer::take() {
  auto out = std::move(command_);
  reset();
  return out;
}

std::string Framer::take_line() {
  auto out = std::move(command_.text);
  reset();
  line_mode_ = false;
  return out;
}

void Framer::expect_line(std::size_t max_bytes) {
  line_mode_ = true;
  line_mode_max_ = max_bytes;
}

void Framer::refuse_literal() {
  reset();
}

FrameEvent Framer::fail(FrameError::Kind kind, bool close) {
  error_ = {kind, close, line_mode_ ? "*" : tag_of(command_.text)};
  reset();
  line_mode_ = false;
  if (close) state_ = State::closed;
  return FrameEvent::error;
}

// The rest of the line goes unread; its error is told at the line's end. Only the tag is kept.
void Framer::skip(FrameError::Kind kind) {
  const auto line = std::string_view(command_.text).substr(line_start_);
  skip_tail_ = line.substr(line.size() - std::min(line.size(), k_skip_tail_bytes));
  const auto tag_end = command_.text.find(' ');
  command_.text.resize(tag_end == std::string::npos ? 0 : tag_end);
  command_.text.shrink_to_fit();
  command_.literals = {};
  state_ = State::skip;
  skip_kind_ = kind;
  skipped_ = 0;
}

FrameEvent Framer::next(std::string_view& in) {
  for (;;) {
    if (state_ == State::closed) {
      in = {};
      return FrameEvent::need_more;
    }
    // A literal of length 0, and one whose bytes are all there, ends without more input.
    if (in.empty() && !(state_ == State::literal && literal_left_ == 0)) return FrameEvent::need_more;
    auto event = FrameEvent::need_more;
    switch (state_) {
      case State::line:
        event = line_bytes(in);
        break;
      case State::literal:
        event = literal_bytes(in);
        break;
      case State::skip:
        event = skip_bytes(in);
        break;
      case State::closed:
        break;
    }
    if (event != FrameEvent::need_more) return event;
  }
}

FrameEvent Framer::line_bytes(std::string_view& in) {
  const auto max = line_mode_ ? line_mode_max_ : limits_.line_bytes;
  std::size_t taken = 0;
  for (; taken < in.size(); ++taken) {
    const char c = in[taken];
    if (c == '\n') break;
    if (line_total_ + taken >= max || c == '\0') {
      command_.text.append(in.substr(0, taken));
      in.remove_prefix(taken);
      return skip(c == '\0' ? FrameError::Kind::nul : FrameError::Kind::line_too_long), FrameEvent::need_more;
    }
    if (line_mode_) continue;
    if (quoted_) {
      if (escaped_)
        escaped_ = false;
      else if (c == '\\')
        escaped_ = true;
      else if (c == '"')
        quoted_ = false;
    } else if (c == '"') {
      quoted_ = true;
    } else if (c == '(' && ++depth_ > limits_.depth) {
      command_.text.append(in.substr(0, taken));
      in.remove_prefix(taken);
      return skip(FrameError::Kind::too_deep), FrameEvent::need_more;
    } else if (c == ')' && depth_ > 0) {
      --depth_;
    }
  }
  command_.text.append(in.substr(0, taken));
  line_total_ += taken;
  const bool ended = taken < in.size();
  in.remove_prefix(taken + (ended ? 1 : 0));
  return ended ? line_end() : FrameEvent::need_more;
}

FrameEvent Framer::line_end() {
  if (command_.text.size() > line_start_ && command_.text.back() == '\r')
    command_.text.pop_back();
  else
    command_.bare_lf = true;
  if (line_mode_) return FrameEvent::line;
  const auto line = std::string_view(command_.text).substr(line_start_);
  if (line_start_ == 0) command_.foreign = is_foreign(line);
  if (const auto header = literal_header_of(line))
    return literal_header(line_start_ + header->at, header->binary, header->sync, header->digits);
  return FrameEvent::command;
}

// Messages of APPEND and REPLACE may be big; the mailbox name, a literal right behind the word or the number, is an
// argument like others.
bool Framer::is_message_literal(std::size_t header_at) const {
  const auto before = std::string_view(command_.text).substr(0, header_at);
  const auto spaces = std::count(before.begin(), before.end(), ' ');
  if (limits_.message_bytes == 0 || spaces == 0) return false;
  const auto word = before.substr(before.find(' ') + 1);
  return (istarts_with(word, "APPEND ") && spaces > 2) || (istarts_with(word, "REPLACE ") && spaces > 3) ||
         (istarts_with(word, "UID REPLACE ") && spaces > 4);
}

FrameEvent Framer::literal_header(std::size_t header_at, bool binary, bool sync, std::string_view digits) {
  const auto size = parse_number<std::uint64_t>(digits);  // nullopt: over 2^64
  const bool message = is_message_literal(header_at);
  auto& sum = message ? messages_ : args_;
  const std::uint64_t max = message ? limits_.message_bytes : limits_.args_bytes;
  const bool fits = size && *size <= max && sum <= max - *size;
  if (!sync && (!fits || *size > limits_.non_sync_bytes)) {
    // RFC 7888 §4: the client sends it anyway; rather than read it in vain, or take mail for commands, close.
    return fail(FrameError::Kind::literal_too_big, true);
  }
  if (!fits) return fail(FrameError::Kind::literal_too_big, false);  // refused before it is sent
  sum += *size;
  quoted_ = escaped_ = false;
  literal_left_ = *size;
  command_.literals.push_back({command_.text.size(), binary, {}});
  state_ = State::literal;
  return sync ? FrameEvent::continuation : FrameEvent::need_more;
}

FrameEvent Framer::literal_bytes(std::string_view& in) {
  const auto take = static_cast<std::size_t>(std::min<std::uint64_t>(literal_left_, in.size()));
  auto& bytes = command_.literals.back().bytes;
  // Once it is really coming, room for all of it: growing would copy it again and again. What is not written
  // to takes no memory.
  if (bytes.size() >= k_literal_coming && bytes.capacity() < bytes.size() + literal_left_)
    bytes.reserve(bytes.size() + literal_left_);
  bytes.append(in.substr(0, take));
  in.remove_prefix(take);
  literal_left_ -= take;
  if (literal_left_ == 0) {
    state_ = State::line;
    line_start_ = command_.text.size();
  }
  return FrameEvent::need_more;
}

FrameEvent Framer::skip_bytes(std::string_view& in) {
  const auto end = in.find('\n');
  const auto part = in.substr(0, end);
  in.remove_prefix(end == std::string_view::npos ? in.size() : end + 1);
  skipped_ += part.size();
  skip_tail_.append(part.substr(part.size() - std::min(part.size(), k_skip_tail_bytes)));
  if (skip_tail_.size() > k_skip_tail_bytes) skip_tail_.erase(0, skip_tail_.size() - k_skip_tail_bytes);
  if (skipped_ > k_skip_max_bytes) return fail(skip_kind_, true);
  if (end == std::string_view::npos) return FrameEvent::need_more;
  if (skip_tail_.ends_with('\r')) skip_tail_.pop_back();
  // A non-synchronising literal follows a refused line: its bytes must not be taken for commands.
  const auto header = literal_header_of(skip_tail_);
  const bool digits_cut = skip_tail_.ends_with("+}") && !header;
  return fail(skip_kind_, digits_cut || (header && !header->sync));
}

}  // namespace mailstead::imap
