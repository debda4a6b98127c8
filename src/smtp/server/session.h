// SMTP and LMTP sessions: mail from other servers (mx), from our users (submission), from a trusted relay (lmtp).
// RFC 5321, 2033, 2034, 1870, 2920, 3030, 3207, 4468, 4954, 6152, 6531, 9422. 250 only after the commit is durable.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "auth/authenticator.h"
#include "base/limits.h"
#include "delivery/pipeline.h"
#include "net/stream.h"
#include "net/tls.h"

namespace mailstead::smtp {

enum class Role : std::uint8_t { mx, submission, lmtp };

struct Context {
  delivery::Pipeline& pipeline;
  auth::Directory& directory;
  auth::Authenticator& authenticator;
  std::string hostname;
  std::shared_ptr<net::TlsContext> tls;  // for STARTTLS; null: not offered
  bool allow_plain_without_tls = false;
  std::size_t message_size_max = limits::k_message_bytes;
  bool refuse_full = false;  // mailboxes over quota: 552 instead of 452
  // BURL: the octets at a URL, at most `room` of them, for a user who has logged in. not_found: whatever is wrong with
  // it. Empty: no BURL.
  std::function<Task<Result<std::string>>(std::string url, std::string user, std::uint64_t room)> read_url{};
};

// Until the session's end. `context` outlives it.
Task<void> serve(std::unique_ptr<net::Stream> stream, Context& context, Role role);

}  // namespace mailstead::smtp
