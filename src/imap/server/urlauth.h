// URLAUTH (RFC 4467): a URL that carries the right to read one message, or a part of it. What it says is signed with a
// key of its mailbox (HMAC-SHA-256), which the account keeps: whoever resets the key makes all URLs of the mailbox
// void.
#pragma once

#include <cstdint>
#include <string>

#include "imap/server/session.h"
#include "imap/wire/imap_url.h"

namespace mailstead::imap {

// Who asks, proved by a login.
struct UrlReader {
  std::string user;
  bool submission = false;  // the submission server, for that user
};

// §6: the octets that FETCH would give, at most `room`. not_found for whatever is wrong with the URL, without a hint:
// who may not read is not told why. unavailable and the like: it cannot be learnt now. Runs at the home of the URL's
// account.
Task<Result<std::string>> read_auth_url(Context* context, std::string url, UrlReader reader, std::uint64_t room);

// ":internal:…", to be put behind the URL `rump`.
std::string url_verifier(std::string_view key, std::string_view rump);

}  // namespace mailstead::imap
