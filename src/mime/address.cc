#include "mime/address.h"

#include "base/ascii.h"
#include "mime/lexer.h"

namespace mailstead::mime {
namespace {

class AddressParser {
 public:
  AddressParser(std::string_view in, std::size_t max) : lex_(in), max_(max) {}

  std::vector<Address> run() {
    while (out_.size() < max_ && !lex_.done()) step();
    finish();
    if (in_group_ && out_.size() < max_) out_.emplace_back();
    return std::move(out_);
  }

 private:
  void step() {
    const char c = lex_.peek();
    if (is_wsp(c) || c == '\r' || c == '\n') {
      lex_.skip_space();
      if (!words_.empty()) space_ = true;
    } else if (c == '(') {
      auto text = lex_.comment();
      if (comment_.empty()) comment_ = std::move(text);
    } else if (c == '"') {
      word(lex_.quoted());
    } else if (c == '<') {
      lex_.bump();
      angle();
    } else if (c == ',') {
      lex_.bump();
      finish();
    } else if (c == ';') {
      lex_.bump();
      finish();
      if (in_group_ && out_.size() < max_) out_.emplace_back();
      in_group_ = false;
    } else if (c == ':') {
      lex_.bump();
      group();
    } else if (c == '@') {
      lex_.bump();
      host_ = domain();
      have_at_ = true;
    } else if (c == '>' || c == ')' || c == '\\' || c == ']' || c == '[') {
      lex_.bump();  // stray
    } else {
      word(std::string(lex_.until(" \t\r\n()<>@,;:\\\"[]")));
    }
  }

  // Words of a phrase keep one space between them; those of a local part ("a"."b") none.
  void word(std::string text) {
    if (have_at_) return;  // text after a@b: nothing we could show it as
    if (space_ && !words_.empty()) words_ += ' ';
    space_ = false;
    words_ += text;
    any_word_ = true;
  }

  std::string domain() {
    std::string out;
    for (;;) {
      lex_.skip_cfws(&comment_);
      if (lex_.done()) break;
      if (lex_.peek() == '[') {
        out += lex_.literal();
        break;
      }
      out += lex_.until(" \t\r\n()<>@,;:\\\"[]");
      const auto before = lex_.at();
      lex_.skip_cfws(&comment_);
      // RFC 5322 §4.4: white space may stand around the dots.
      if (!lex_.done() && (lex_.peek() == '.' || (out.ends_with('.') && before != lex_.at() && is_alnum(lex_.peek()))))
        continue;
      break;
    }
    return out;
  }

  void angle() {
    Address a;
    a.display_name = std::move(words_);
    words_.clear();
    have_at_ = space_ = any_word_ = false;
    host_.clear();
    bool at = false;
    while (!lex_.done()) {
      const char c = lex_.peek();
      if (c == '>') {
        lex_.bump();
        break;
      }
      if (is_wsp(c) || c == '\r' || c == '\n' || c == '(') {
        lex_.skip_cfws(&comment_);
      } else if (c == '"') {
        a.mailbox += lex_.quoted();
      } else if (c == '@') {
        lex_.bump();
        auto host = domain();
        if (a.mailbox.empty() && !lex_.done() && (lex_.peek() == ',' || lex_.peek() == ':')) {
          append(a.route, a.route.empty() ? "@" : ",@", host);  // RFC 5322 §4.4: obs-route
          lex_.bump();
        } else if (!at) {
          a.host = std::move(host);
          at = true;
        }
      } else if (c == ',' && a.mailbox.empty() && !a.route.empty()) {
        lex_.bump();
      } else if (c == ',' || c == ';' || c == '<') {
        break;  // the '>' is missing
      } else if (const auto text = lex_.until(" \t\r\n()<>@,;\"\\[]"); !text.empty()) {
        if (!at) a.mailbox += text;
      } else {
        lex_.bump();
      }
    }
    if (a.display_name.empty() && !comment_.empty()) a.display_name = std::move(comment_);
    comment_.clear();
    push(std::move(a));
    closed_ = true;
  }

  void group() {
    if (in_group_ || (!any_word_ && words_.empty())) return;
    Address a;
    a.mailbox = std::move(words_);
    reset();
    if (a.mailbox.empty()) return;
    out_.push_back(std::move(a));
    in_group_ = true;
  }

  void push(Address a) {
    if (a.mailbox.empty() && a.host.empty() && a.display_name.empty()) return;  // "<>"
    if (a.host.empty()) a.host = k_missing_host;
    out_.push_back(std::move(a));
  }

  void finish() {
    if (!closed_ && (any_word_ || have_at_) && out_.size() < max_) {
      Address a;
      a.mailbox = std::move(words_);
      a.host = std::move(host_);
      a.display_name = std::move(comment_);  // "a@b (Name)": the form from before display names
      push(std::move(a));
    }
    reset();
  }

  void reset() {
    words_.clear();
    host_.clear();
    comment_.clear();
    any_word_ = have_at_ = space_ = closed_ = false;
  }

  Lexer lex_;
  std::size_t max_;
  std::vector<Address> out_;
  std::string words_, host_, comment_;
  bool any_word_ = false, have_at_ = false, space_ = false, closed_ = false, in_group_ = false;
};

}  // namespace

std::vector<Address> parse_addresses(std::string_view raw, std::size_t max) {
  return AddressParser(raw, max).run();
}

std::string address_spec(const Address& a) {
  constexpr std::string_view specials = "()<>[]:;@\\,\" \t";
  std::string out;
  if (a.mailbox.empty() || a.mailbox.find_first_of(specials) != std::string::npos || a.mailbox.starts_with('.') ||
      a.mailbox.ends_with('.') || a.mailbox.find("..") != std::string::npos) {
    out += '"';
    for (char c : a.mailbox) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  } else {
    out = a.mailbox;
  }
  if (!a.host.empty() && a.host != k_missing_host) append(out, '@', a.host);
  return out;
}

}  // namespace mailstead::mime
