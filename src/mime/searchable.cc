#include "mime/searchable.h"

#include "base/ascii.h"
#include "mime/encoded_word.h"
#include "mime/header.h"

namespace mailstead::mime {

bool header_texts(std::string_view octets, const Part& part, const UseText& use) {
  HeaderReader reader(octets.substr(part.header_begin, part.body_begin - part.header_begin));
  for (HeaderField f; reader.next(f);)
    if (!use(cat(f.name, ": ", decode_header(f.value)))) return false;
  return true;
}

bool body_texts(std::string_view octets, const std::vector<Part>& parts, const UseText& use) {
  for (const auto& part : parts)
    if (part.type == "text" && !use(body_text(octets, part))) return false;
  return true;
}

std::string addresses_text(const std::vector<Address>& addresses) {
  std::string all;
  for (const auto& a : addresses) {
    if (!all.empty()) all += ", ";
    if (!a.display_name.empty()) append(all, decode_header(a.display_name), ' ');
    if (!a.group_start() && !a.group_end()) append(all, '<', address_spec(a), '>');
    if (a.group_start()) append(all, a.mailbox, ':');
  }
  return all;
}

std::string subject_text(const Envelope& envelope) {
  return decode_header(envelope.subject);
}

}  // namespace mailstead::mime
