// Modified UTF-7: mailbox names as IMAP4rev1 spells them (RFC 3501 §5.1.3).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace mailstead::imap {

std::string utf7_encode(std::string_view utf8);  // input must be valid UTF-8
// Strict: what does not encode back to the same bytes (needless base64, unterminated shift, lone surrogate, stray bits)
// is Errc::invalid, so that a name has one spelling.
Result<std::string> utf7_decode(std::string_view text);

}  // namespace mailstead::imap
