// Sections of messages: BODY[…], BINARY[…] (RFC 9051 §6.4.5.1, §7.5.2; RFC 3516) over a summary's offsets.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "imap/wire/command.h"
#include "mime/message.h"

namespace mailstead::imap {

// The octets that a BODY section is cut from; HEADER.FIELDS is then filtered by header_fields(). nullopt: there is no
// such section, the answer is NIL. `size`: of the whole message.
std::optional<mime::Range> body_range(const mime::Message& message, std::uint64_t size, const Section& section);

// RFC 9051 §6.4.5.1 HEADER.FIELDS (or …NOT): the fields named, whole, and the empty line.
std::string header_fields(std::string_view header, const std::vector<std::string>& names, bool others);

// What BINARY decodes: the part's body and its transfer encoding ("" for the whole message). nullopt: no such part.
struct BinaryPart {
  mime::Range range;
  std::string encoding;
};
std::optional<BinaryPart> binary_part(const mime::Message& message, std::uint64_t size, const Section& section);
bool known_encoding(std::string_view encoding);  // else [UNKNOWN-CTE]

// <offset.count> of something `size` long.
mime::Range cut(mime::Range range, const std::optional<std::pair<std::uint64_t, std::uint64_t>>& partial);

}  // namespace mailstead::imap
