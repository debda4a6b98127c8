// Private to auth: what the SASL mechanisms need of the authenticator.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "auth/authenticator.h"
#include "auth/hash_queue.h"
#include "auth/records.h"
#include "auth/throttle.h"
#include "auth/verified.h"

namespace mailstead::auth {

// "ann@example.org+laptop" → "ann@example.org", "laptop". The device follows the domain, or a name without '@'.
struct LoginName {
  std::string user, device;
};
LoginName split_login_name(std::string_view user);

struct Authenticator::Impl {
  Impl(Directory& d, Runtime& r, const Clock& c, AuthenticatorOptions o)
      : directory(d),
        runtime(r),
        clock(c),
        hashing(o.hashing_max),
        queue(o.hashing_max, o.waiting_max, o.waiting_per_address_max),
        throttle(o),
        verified(o) {}

  // What a SCRAM exchange runs against: a decoy where there is no verifier.
  struct Scram {
    ScramVerifier verifier;
    std::optional<Identity> identity;  // none: the exchange fails at its end
  };
  Task<Result<Scram>> scram(std::string user, std::string address, Scope scope);

  // Ends an attempt. Failures are counted, and answered late.
  Task<Error> failed(std::string user, std::string address);
  Task<void> succeeded(std::string user, Identity identity, std::string address);

  // Argon2 in its pool. `hash` empty: of nobody, the same work for nothing.
  Task<Result<bool>> check_password(std::string hash, std::string password, std::string prefix);

  Directory& directory;
  Runtime& runtime;
  const Clock& clock;
  Pool hashing;  // of its own: when all log in at once, a FETCH does not wait behind a hash for each of its steps
  HashQueue queue;
  Throttle throttle;
  VerifiedCache verified;
  std::mutex decoy_mutex;
  std::string decoy;  // Argon2id string of a random password
};

}  // namespace mailstead::auth
