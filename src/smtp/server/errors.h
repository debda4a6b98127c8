// Every error in SMTP's words (RFC 5321 §4.2, RFC 3463): the one place.
#pragma once

#include <string>

#include "base/result.h"

namespace mailstead::smtp {

// A whole reply without its CRLF: reply code, enhanced status code, text.
// `refuse_full`: a full mailbox is refused for good, so that the sender is told at once; else the sender tries again.
std::string reply_for(const Error& e, bool refuse_full);
// The same within AUTH (RFC 4954 §6).
std::string auth_reply_for(const Error& e);

}  // namespace mailstead::smtp
