// What happens to a message between SMTP/LMTP and the accounts: recipients resolved, loops found, trace headers made,
// and one durable append for each recipient on its account's home.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "account/registry.h"
#include "auth/directory.h"
#include "base/clock.h"

namespace mailstead::delivery {

struct Envelope {
  std::string sender;                   // "" for <>
  std::vector<std::string> recipients;  // as given at RCPT
  std::string peer, helo;               // for Received
  std::string protocol;                 // RFC 3848: "ESMTP", "ESMTPS", "ESMTPSA", "LMTP", …
  std::string tls;                      // "" or version and cipher
};

class Pipeline {
 public:
  Pipeline(auth::Directory& directory, account::Registry& accounts, const Clock& clock, std::string hostname)
      : directory_(directory), accounts_(accounts), clock_(clock), hostname_(std::move(hostname)) {}

  // At RCPT. not_found: our domain, but nobody there; no_permission: not our domain.
  Task<Result<>> accepts(std::string recipient);

  // One result a recipient, in order. A value means durable in every account the address stands for. Errors: not_found,
  // over_quota, full, unavailable, too_big, invalid (a loop). `content` outlives the call.
  Task<std::vector<Result<>>> deliver(Envelope envelope, std::string_view content);

 private:
  Task<Result<>> deliver_one(const Envelope& envelope, std::string recipient, std::string_view content);
  Task<Result<>> append(auth::Destination to, account::NewMessage message, account::Actor actor);

  auth::Directory& directory_;
  account::Registry& accounts_;
  const Clock& clock_;
  const std::string hostname_;
};

}  // namespace mailstead::delivery
