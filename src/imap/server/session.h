// The server's side of IMAP: IMAP4rev1 (RFC 3501) and IMAP4rev2 (RFC 9051) with the extensions that capability.cc
// lists. A session starts on any home and goes on at its account's after login.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "account/registry.h"
#include "auth/authenticator.h"
#include "base/clock.h"
#include "base/limits.h"
#include "net/stream.h"
#include "net/tls.h"

namespace mailstead::index {
class Index;
}

namespace mailstead::imap {

struct Context {
  Runtime& runtime;
  auth::Directory& directory;
  auth::Authenticator& authenticator;
  account::Registry& accounts;
  const Clock& clock;
  std::string hostname;
  std::shared_ptr<net::TlsContext> tls;  // for STARTTLS; null: not offered
  bool allow_plain_without_tls = false;
  std::size_t message_size_max = limits::k_message_bytes;
  index::Index* index = nullptr;  // null: every search looks at the messages
  // profile.h checks both. Capabilities that no session has; quirks for every client (true) or none.
  std::vector<std::string> without = {};
  std::map<std::string, bool> quirks = {};
  // RFC 9738; 0: none. One of the two.
  std::uint32_t message_limit = 0, save_limit = 0;
};

// Until the session's end. `context` outlives it.
Task<void> serve(std::unique_ptr<net::Stream> stream, Context& context);

}  // namespace mailstead::imap
