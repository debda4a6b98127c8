#include "mime/message.h"

#include <algorithm>

#include "base/ascii.h"
#include "mime/charset.h"
#include "mime/encoding.h"
#include "mime/parser.h"

namespace mailstead::mime {
namespace {

// What a reader calls an attachment: said to be one, or a file that is neither shown within the text nor a signature.
bool is_attachment(const Message& m, const Part& part) {
  if (part.is_multipart()) return false;
  if (part.disposition == "attachment") return true;
  if (part.type == "text") return part.disposition != "inline" && !part.filename().empty();
  if (part.parent < 0) return !part.is_message() && part.type != "message";
  if (part.type == "message") return part.is_message();
  if (part.type == "application" && (part.subtype.ends_with("-signature") || part.subtype == "pgp-encrypted"))
    return false;
  const bool related = part.parent >= 0 && m.parts[static_cast<std::size_t>(part.parent)].is("multipart", "related");
  return !((related || part.disposition == "inline") && !part.id.empty());
}

}  // namespace

std::string_view Part::filename() const {
  const auto name = find_param(disposition_params, "filename");
  return name.empty() ? find_param(params, "name") : name;
}

const Envelope* Message::envelope_of(std::uint32_t part) const {
  const auto it = std::lower_bound(embedded.begin(), embedded.end(), part,
                                   [](const auto& entry, std::uint32_t p) { return entry.first < p; });
  return it != embedded.end() && it->first == part ? &it->second : nullptr;
}

Message parse(std::string_view raw) {
  auto m = Parser(raw).run();
  m.has_attachment = std::any_of(m.parts.begin(), m.parts.end(), [&](const Part& p) { return is_attachment(m, p); });
  return m;
}

std::optional<std::uint32_t> find_part(const Message& m, std::span<const std::uint32_t> path) {
  if (m.parts.empty()) return std::nullopt;
  std::uint32_t at = 0;
  bool message = true;  // `at` is the root of a message, whose only leaf is its part 1
  for (const auto n : path) {
    if (n == 0) return std::nullopt;
    if (!message && m.parts[at].is_message() && !m.parts[at].children.empty()) {
      at = m.parts[at].children[0];
      message = true;
    }
    const auto& part = m.parts[at];
    if (part.is_multipart()) {
      if (n > part.children.size()) return std::nullopt;
      at = part.children[n - 1];
    } else if (!message || n != 1) {
      return std::nullopt;
    }
    message = false;
  }
  return at;
}

std::string section_path(const Message& m, std::uint32_t part) {
  std::vector<std::size_t> numbers;
  if (part >= m.parts.size()) return {};
  const auto parent_of = [&](std::uint32_t p) { return m.parts[p].parent; };
  const auto root_of_message = [&](std::uint32_t p) {
    return parent_of(p) < 0 || m.parts[static_cast<std::size_t>(parent_of(p))].is_message();
  };
  for (std::uint32_t at = part;;) {
    if (root_of_message(at)) {
      if (!m.parts[at].is_multipart()) numbers.push_back(1);  // of a message that is one leaf
      if (parent_of(at) < 0) break;
      at = static_cast<std::uint32_t>(parent_of(at));  // the message/rfc822 part
      continue;
    }
    const auto& siblings = m.parts[static_cast<std::size_t>(parent_of(at))].children;
    numbers.push_back(
        static_cast<std::size_t>(std::lower_bound(siblings.begin(), siblings.end(), at) - siblings.begin()) + 1);
    at = static_cast<std::uint32_t>(parent_of(at));
    // A multipart that is the root of its message has no number of its own.
    if (root_of_message(at)) {
      if (parent_of(at) < 0) break;
      at = static_cast<std::uint32_t>(parent_of(at));
    }
  }
  std::string out;
  for (auto it = numbers.rbegin(); it != numbers.rend(); ++it) append(out, out.empty() ? "" : ".", *it);
  return out;
}

std::optional<Range> section_range(const Message& m, std::span<const std::uint32_t> path, SectionText what) {
  const auto index = find_part(m, path);
  if (!index) return std::nullopt;
  const Part* part = &m.parts[*index];
  if (path.empty()) {  // of the whole message
    switch (what) {
      case SectionText::body:
        return Range{0, part->body_end};
      case SectionText::header:
        return Range{0, part->body_begin};
      case SectionText::text:
        return Range{part->body_begin, part->body_end};
      case SectionText::mime:
        return std::nullopt;  // not in the grammar
    }
  }
  if (what == SectionText::body) return Range{part->body_begin, part->body_end};
  if (what == SectionText::mime) return Range{part->header_begin, part->body_begin};
  if (!part->is_message() || part->children.empty()) return std::nullopt;
  part = &m.parts[part->children[0]];
  if (what == SectionText::header) return Range{part->header_begin, part->body_begin};
  return Range{part->body_begin, part->body_end};
}

std::string decoded_body(std::string_view raw, const Part& part) {
  if (part.body_begin >= raw.size()) return {};
  return decode_transfer(raw.substr(part.body_begin, part.body_size()), part.encoding);
}

std::string body_text(std::string_view raw, const Part& part) {
  if (part.type != "text") return {};
  return to_utf8_anyhow(decoded_body(raw, part), find_param(part.params, "charset"));
}

}  // namespace mailstead::mime
