// The lexical pieces that structured header fields share: comments, quoted strings, white space (RFC 5322 §3.2).
// Every step moves forward by what it reads: linear, and never past the end, whatever is left open.
#pragma once

#include <string>
#include <string_view>

#include "base/ascii.h"

namespace mailstead::mime {

class Lexer {
 public:
  explicit Lexer(std::string_view in) : in_(in) {}
  bool done() const { return at_ >= in_.size(); }
  char peek() const { return in_[at_]; }  // not when done()
  void bump() { ++at_; }
  std::size_t at() const { return at_; }
  bool eat(char c) {
    if (done() || peek() != c) return false;
    ++at_;
    return true;
  }

  void skip_space() {
    while (!done() && (is_wsp(peek()) || peek() == '\r' || peek() == '\n')) ++at_;
  }
  // Space and comments; the first comment's text goes to `comment` if that is empty.
  void skip_cfws(std::string* comment = nullptr) {
    for (;;) {
      skip_space();
      if (done() || peek() != '(') return;
      auto text = this->comment();
      if (comment != nullptr && comment->empty()) *comment = std::move(text);
    }
  }

  std::string_view until(std::string_view stops) {
    const auto from = at_;
    while (!done() && stops.find(peek()) == std::string_view::npos) ++at_;
    return in_.substr(from, at_ - from);
  }

  // At '(': the text inside, nested comments with their parentheses. Counts depth; no recursion.
  std::string comment() {
    std::string out;
    std::size_t depth = 0;
    for (; !done(); ++at_) {
      const char c = peek();
      if (c == '\\' && at_ + 1 < in_.size()) {
        out += in_[++at_];
      } else if (c == '(') {
        if (depth++ > 0) out += c;
      } else if (c == ')') {
        if (--depth == 0) return ++at_, out;
        out += c;
      } else if (is_text(c)) {
        out += c;
      }
    }
    return out;
  }

  // At '"': the text inside, without its backslashes.
  std::string quoted() {
    std::string out;
    for (++at_; !done(); ++at_) {
      const char c = peek();
      if (c == '"') return ++at_, out;
      if (c == '\\' && at_ + 1 < in_.size()) {
        if (const char next = in_[++at_]; is_text(next)) out += next;
      } else if (is_text(c)) {
        out += c;
      }
    }
    return out;
  }

  // At '[': a domain literal with its brackets.
  std::string literal() {
    std::string out;
    for (; !done(); ++at_) {
      const char c = peek();
      if (c == '\\' && at_ + 1 < in_.size()) {
        ++at_;
        if (is_text(peek())) out += peek();
      } else if (c == ']') {
        return ++at_, out + ']';
      } else if (is_text(c) && !is_wsp(c)) {
        out += c;
      }
    }
    return out;
  }

 private:
  // Line ends are folding, and NUL can never be shown in a protocol's string.
  static bool is_text(char c) { return c != '\r' && c != '\n' && c != '\0'; }

  std::string_view in_;
  std::size_t at_ = 0;
};

}  // namespace mailstead::mime
