#include "imap/wire/structure.h"

#include "base/ascii.h"
#include "base/utf8.h"

namespace mailstead::imap {
namespace {

void print_addresses(Printer& p, const std::vector<mime::Address>& addresses) {
  if (addresses.empty()) {
    p.raw("NIL");
    return;
  }
  p.raw('(');
  for (const auto& a : addresses) {
    p.raw('(').nstring_or_nil(a.display_name).space().nstring_or_nil(a.route).space().nstring_or_nil(a.mailbox);
    p.space().nstring_or_nil(a.host).raw(')');  // a group: §7.5.2 has NIL as host, its end all NIL
  }
  p.raw(')');
}

// attr-char of RFC 2231 §7.
bool is_attribute_char(char c) {
  return is_alnum(c) || std::string_view("!#$&+-.^_`{|}~").find(c) != std::string_view::npos;
}

void print_params(Printer& p, const mime::Params& params) {
  if (params.empty()) {
    p.raw("NIL");
    return;
  }
  p.raw('(');
  for (const auto& [name, value] : params) {
    if (&name != &params.front().first) p.space();
    if (p.utf8() || is_ascii(value)) {
      p.string(upper(name)).space().string(value);
      continue;
    }
    static constexpr std::string_view hex = "0123456789ABCDEF";
    std::string encoded = "utf-8''";
    for (const char c : value) {
      if (is_attribute_char(c)) {
        encoded += c;
      } else {
        const auto byte = static_cast<unsigned char>(c);
        append(encoded, '%', hex[byte >> 4], hex[byte & 15]);
      }
    }
    p.string(upper(name) + "*").space().string(encoded);
  }
  p.raw(')');
}

void print_extension(Printer& p, const mime::Part& part) {
  p.space();
  if (part.disposition.empty()) {
    p.raw("NIL");
  } else {
    p.raw('(').string(part.disposition).space();
    print_params(p, part.disposition_params);
    p.raw(')');
  }
  p.space();
  if (part.language.empty()) {
    p.raw("NIL");
  } else if (part.language.size() == 1) {
    p.string(part.language.front());
  } else {
    p.raw('(');
    for (const auto& l : part.language) {
      if (&l != &part.language.front()) p.space();
      p.string(l);
    }
    p.raw(')');
  }
  p.space().nstring_or_nil(part.location);
}

// Recursion goes as deep as limits::k_mime_depth.
void print_part(Printer& p, const mime::Message& message, std::uint32_t index, bool extended) {
  const auto& part = message.parts[index];
  p.raw('(');
  if (part.is_multipart()) {
    for (const auto child : part.children) print_part(p, message, child, extended);
    p.space().string(upper(part.subtype));
    if (extended) {
      p.space();
      print_params(p, part.params);
      print_extension(p, part);
    }
    p.raw(')');
    return;
  }
  p.string(upper(part.type)).space().string(upper(part.subtype)).space();
  print_params(p, part.params);
  p.space().nstring_or_nil(part.id).space().nstring_or_nil(part.description);
  p.space().string(upper(part.encoding)).space().number(part.body_size());
  if (const auto* envelope = message.envelope_of(index); envelope != nullptr && !part.children.empty()) {
    p.space();
    print_envelope(p, *envelope);
    p.space();
    print_part(p, message, part.children.front(), extended);
    p.space().number(part.body_lines);
  } else if (part.type == "text") {
    p.space().number(part.body_lines);
  }
  if (extended) {
    p.space().nstring_or_nil(part.md5);
    print_extension(p, part);
  }
  p.raw(')');
}

}  // namespace

void print_envelope(Printer& p, const mime::Envelope& e) {
  p.raw('(').nstring_or_nil(e.date).space().nstring_or_nil(e.subject).space();
  for (const auto* list : {&e.from, &e.sender, &e.reply_to, &e.to, &e.cc, &e.bcc}) {
    print_addresses(p, *list);
    p.space();
  }
  p.nstring_or_nil(e.in_reply_to).space().nstring_or_nil(e.message_id).raw(')');
}

void print_structure(Printer& p, const mime::Message& message, bool extended) {
  print_part(p, message, 0, extended);
}

}  // namespace mailstead::imap
