// APPEND of literal8 (RFC 3516 §4.4): IMAP's base protocol has no way to give NUL in BODY[…] (RFC 9051 §4.3), so parts
// that hold it are stored in base64 (§6).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace mailstead::imap {

// The message with such parts encoded; their header fields tell. unsupported: there is NUL where no encoding can be.
Result<std::string> without_nul(std::string_view message);

}  // namespace mailstead::imap
