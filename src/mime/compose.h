// Builds generated messages: tests, demo data, warnings and reports. Not a mail editor.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "mime/address.h"

namespace mailstead::mime {

struct Attachment {
  std::string type = "application/octet-stream";
  std::string filename;
  std::string content;
  std::string id;  // for cid: references; shown inline when set
};

struct Draft {
  // In this order, before the MIME fields. Names must be tokens; values UTF-8, encoded as needed. MIME-Version and
  // Content-* are the builder's.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string text;  // UTF-8
  std::string html;  // besides or instead of the text
  std::vector<Attachment> attachments;
  // Makes the boundaries; the caller's, as this layer has no randomness. Different for each draft that may be nested.
  std::string boundary_seed = "1";
};

// With CRLF. Errc::invalid: CR, LF or NUL in a header value, type or file name, a name that is no token, or a
// header that belongs to the builder. Bodies hold anything.
Result<std::string> compose(const Draft&);

// `Name <a@b>` with the name quoted or encoded as needed; Errc::invalid as above.
Result<std::string> format_address(std::string_view utf8_name, std::string_view spec);

}  // namespace mailstead::mime
