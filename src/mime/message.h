// The structure of a message. Pure, linear, and bounded (limits::k_mime_*): a part that lies too deep or comes too late
// is application/octet-stream or belongs to the part before it; no message fails to parse.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mime/part.h"

namespace mailstead::mime {

struct Message {
  std::vector<Part> parts;  // a parent before its children; parts[0] is the whole message
  Envelope envelope;        // of parts[0]
  std::vector<std::pair<std::uint32_t, Envelope>> embedded;  // by index of the message/rfc822 part, ascending
  bool has_attachment = false;

  // The envelope of the message inside the message/rfc822 part `part`; nullptr for other parts.
  const Envelope* envelope_of(std::uint32_t part) const;
  friend bool operator==(const Message&, const Message&) = default;
};

Message parse(std::string_view raw);

// "1.2.3" (RFC 9051 §6.4.5.1) → index of the part. An empty path is parts[0].
std::optional<std::uint32_t> find_part(const Message&, std::span<const std::uint32_t> path);
// The other way: "1.2.3"; "" for the root of a multipart message, "1" for a message that is one leaf.
std::string section_path(const Message&, std::uint32_t part);

// A range of the message's octets, end exclusive.
struct Range {
  std::uint64_t begin = 0, end = 0;
  std::uint64_t size() const { return end - begin; }
  friend bool operator==(const Range&, const Range&) = default;
};
// Of BODY[path…], all as in RFC 9051 §6.4.5.1; nullopt: there is no such thing, the answer is NIL.
enum class SectionText { body, header, text, mime };
std::optional<Range> section_range(const Message&, std::span<const std::uint32_t> path, SectionText);

// Decoded from the transfer encoding.
std::string decoded_body(std::string_view raw, const Part&);
// Decoded to UTF-8 if it is text (HTML keeps its tags), else empty: what SEARCH BODY looks at.
std::string body_text(std::string_view raw, const Part&);

}  // namespace mailstead::mime
