// Readable text out of bodies: HTML without its mark-up, and the preview of a message (RFC 8970).
#pragma once

#include <string>
#include <string_view>

#include "mime/message.h"

namespace mailstead::mime {

// The text of an HTML document: no tags, comments, style, script, head; entities decoded; blocks end lines. Stops after
// `max_bytes` of output. For reading by people and search, not for display as HTML.
std::string html_text(std::string_view utf8_html, std::size_t max_bytes);

// The first limits::k_preview_chars characters of the message's text, white space collapsed, valid UTF-8. Prefers
// text/plain, leaves out quoted lines and attribution while other text is there.
std::string preview(std::string_view raw, const Message&);

}  // namespace mailstead::mime
