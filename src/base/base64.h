// Base64, RFC 4648 §4 (strict, as SASL needs). MIME bodies have their own lenient decoder in mime/encoding.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailstead {

std::string base64_encode(std::string_view);
// Strict: alphabet only, right padding, no white space, zero trailing bits. nullopt otherwise.
std::optional<std::string> base64_decode(std::string_view);
// RFC 4648 §5 without padding: for ids in protocols and file names.
std::string base64url_encode(std::string_view);
std::string hex_encode(std::string_view);
std::optional<std::string> hex_decode(std::string_view);

}  // namespace mailstead
