// i;unicode-casemap (RFC 5051) as far as searching needs it: titlecase, then compatibility decomposition.
#pragma once

#include <string>
#include <string_view>

namespace mailstead::mime {

// The folded form; invalid UTF-8 is repaired first. ASCII takes a fast path.
std::string fold(std::string_view utf8);

// Whether fold(text) contains `folded`, a result of fold(). Linear whatever the two are. An empty one is everywhere.
bool contains_folded(std::string_view utf8_text, std::string_view folded);

}  // namespace mailstead::mime
