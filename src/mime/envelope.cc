#include "mime/envelope.h"

#include "base/ascii.h"
#include "base/limits.h"
#include "mime/lexer.h"

namespace mailstead::mime {
namespace {

std::vector<Address> join(const std::vector<std::string_view>& values, std::size_t& left) {
  std::vector<Address> out;
  for (const auto value : values) {
    auto some = parse_addresses(value, left);
    left -= std::min(left, some.size());
    if (out.empty()) {
      out = std::move(some);
    } else {
      out.insert(out.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
    }
    if (left == 0) break;
  }
  return out;
}

}  // namespace

void EnvelopeFields::add(const HeaderField& f) {
  const auto first = [&](std::string_view& slot) {
    if (slot.data() == nullptr) slot = f.value.data() == nullptr ? std::string_view("") : f.value;
  };
  switch (f.name.size()) {
    case 2:
      if (iequals(f.name, "to")) to_.push_back(f.value);
      if (iequals(f.name, "cc")) cc_.push_back(f.value);
      break;
    case 3:
      if (iequals(f.name, "bcc")) bcc_.push_back(f.value);
      break;
    case 4:
      if (iequals(f.name, "date")) first(date_);
      if (iequals(f.name, "from")) first(from_);
      break;
    case 6:
      if (iequals(f.name, "sender")) first(sender_);
      break;
    case 7:
      if (iequals(f.name, "subject")) first(subject_);
      break;
    case 8:
      if (iequals(f.name, "reply-to")) first(reply_to_);
      break;
    case 10:
      if (iequals(f.name, "message-id")) first(message_id_);
      break;
    case 11:
      if (iequals(f.name, "in-reply-to")) first(in_reply_to_);
      break;
    default:
      break;
  }
}

Envelope EnvelopeFields::take() {
  Envelope e;
  e.date = unfold(date_);
  e.subject = unfold(subject_);
  e.in_reply_to = unfold(in_reply_to_);
  e.message_id = unfold(message_id_);
  auto left = limits::k_addresses;  // of one envelope
  e.from = join({from_}, left);
  e.sender = join({sender_}, left);
  e.reply_to = join({reply_to_}, left);
  e.to = join(to_, left);
  e.cc = join(cc_, left);
  e.bcc = join(bcc_, left);
  if (e.sender.empty()) e.sender = e.from;  // RFC 9051 §7.5.2
  if (e.reply_to.empty()) e.reply_to = e.from;
  return e;
}

std::vector<std::string> parse_message_ids(std::string_view raw, std::size_t max) {
  std::vector<std::string> out;
  Lexer lex(raw);
  while (!lex.done() && out.size() < max) {
    const char c = lex.peek();
    if (c == '(') {
      lex.comment();
    } else if (c == '"') {
      lex.quoted();
    } else if (c == '<') {
      lex.bump();
      std::string id;
      while (!lex.done() && lex.peek() != '>' && lex.peek() != '<') {
        if (lex.peek() == '"') {
          id += lex.quoted();  // RFC 5256 §2.2: a quoted local part is the same id without its quotes
        } else if (const char d = lex.peek(); is_wsp(d) || d == '\r' || d == '\n' || d == '\0') {
          lex.bump();
        } else {
          id += d;
          lex.bump();
        }
      }
      if (lex.eat('>') && !id.empty()) out.push_back(std::move(id));
    } else {
      lex.bump();
    }
  }
  return out;
}

}  // namespace mailstead::mime
