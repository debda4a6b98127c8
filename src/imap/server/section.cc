#include "imap/server/section.h"

#include <algorithm>

#include "base/ascii.h"
#include "mime/header.h"

namespace mailstead::imap {

std::optional<mime::Range> body_range(const mime::Message& message, std::uint64_t size, const Section& section) {
  using Text = Section::Text;
  if (section.part.empty() && section.text == Text::all) return mime::Range{0, size};
  switch (section.text) {
    case Text::all:
      return mime::section_range(message, section.part, mime::SectionText::body);
    case Text::header:
    case Text::header_fields:
    case Text::header_fields_not:
      return mime::section_range(message, section.part, mime::SectionText::header);
    case Text::text:
      return mime::section_range(message, section.part, mime::SectionText::text);
    case Text::mime:
      return mime::section_range(message, section.part, mime::SectionText::mime);
  }
  return std::nullopt;
}

std::string header_fields(std::string_view header, const std::vector<std::string>& names, bool others) {
  std::string out;
  mime::HeaderReader reader(header);
  for (mime::HeaderField field; reader.next(field);) {
    const bool named = std::any_of(names.begin(), names.end(), [&](const auto& n) { return iequals(n, field.name); });
    if (named == others) continue;
    out += header.substr(field.begin, field.end - field.begin);
    if (!out.ends_with('\n')) out += "\r\n";
  }
  return out += "\r\n";
}

std::optional<BinaryPart> binary_part(const mime::Message& message, std::uint64_t size, const Section& section) {
  if (section.part.empty()) return BinaryPart{{0, size}, ""};
  const auto index = mime::find_part(message, section.part);
  if (!index) return std::nullopt;
  const auto& part = message.parts[*index];
  return BinaryPart{{part.body_begin, part.body_end}, part.is_multipart() || part.is_message() ? "" : part.encoding};
}

bool known_encoding(std::string_view encoding) {
  static constexpr std::string_view known[] = {"", "7bit", "8bit", "binary", "base64", "quoted-printable"};
  return std::find(std::begin(known), std::end(known), encoding) != std::end(known);
}

mime::Range cut(mime::Range range, const std::optional<std::pair<std::uint64_t, std::uint64_t>>& partial) {
  if (!partial) return range;
  const auto begin = range.begin + std::min(partial->first, range.size());
  return {begin, begin + std::min(partial->second, range.end - begin)};
}

}  // namespace mailstead::imap
