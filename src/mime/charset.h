// From any charset to UTF-8, by ICU. Labels as mail has them: any case, quotes, aliases of the web.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailstead::mime {

bool charset_known(std::string_view label);

// Always valid UTF-8: what cannot be converted is U+FFFD. nullopt: the charset is not known. us-ascii (and no label)
// with bytes above 127 is read as UTF-8 if it is that, else, as is iso-8859-1, as windows-1252 (what senders mean).
std::optional<std::string> to_utf8(std::string_view bytes, std::string_view label);

// As to_utf8, and an unknown charset is read like us-ascii: for text that must be shown or searched whatever it says.
std::string to_utf8_anyhow(std::string_view bytes, std::string_view label);

}  // namespace mailstead::mime
