// Verifies credentials: Argon2id in the CPU pool with a bounded queue, a keyed short-lived cache of verified
// credentials, throttles per address and per account that delay but never lock a correct password out for long. Unknown
// accounts cost and answer exactly as wrong passwords do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/directory.h"
#include "runtime/home.h"

namespace mailstead::auth {

struct Attempt {
  std::string user;  // as given; "user+device" and "user%device" select a device's view (design: POP3 devices)
  std::string password;
  std::string address;  // the peer's
  Scope scope = imap;
};

struct Identity {
  model::AccountId account{};
  std::string name;  // the account's
  Device device;
};

struct AuthenticatorOptions {
  unsigned hashing_max = 2;                    // Argon2 runs at once: memory is their count times the memory cost
  std::size_t waiting_max = 64;                // for them; beyond it Errc::unavailable
  std::size_t waiting_per_address_max = 16;    // one address cannot fill the queue
  std::int64_t verified_keep_ms = 5 * 60'000;  // how long a verified credential is remembered
  std::size_t verified_max = 64 * 1024;
  std::int64_t first_delay_ms = 500;  // of the second failure; doubles from there
  std::int64_t max_delay_ms = 15'000;
  unsigned failures_per_minute = 20;  // of an address; more: throttled for a minute
};

class Authenticator {
 public:
  Authenticator(Directory& directory, Runtime& runtime, const Clock& clock, AuthenticatorOptions options = {});
  ~Authenticator();

  // auth_failed (all wrong credentials, unknown and disabled accounts, missing scope), throttled, unavailable.
  Task<Result<Identity>> verify(Attempt attempt);

  struct Impl;
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

// One SASL exchange (RFC 4422), server side. Bytes are decoded: the protocol does the base64.
class SaslSession {
 public:
  struct Step {
    enum Kind : std::uint8_t { challenge, success, failure } kind;
    std::string data;                  // challenge, or SCRAM's final message to go with success
    std::optional<Identity> identity;  // with success
    std::optional<Error> error;        // with failure
  };
  virtual ~SaslSession() = default;
  // The client's next message; nullopt at the start when the client sent no initial response.
  virtual Task<Step> step(std::optional<std::string> message) = 0;
};

struct SaslContext {
  std::string address;  // the peer's
  Scope scope = imap;
  bool tls = false;
  std::string tls_exporter;  // net::Stream::tls_exporter(): enables SCRAM-SHA-256-PLUS
  // Advertise SCRAM. Off by default: a client that prefers it fails when the account has no verifier, and account
  // passwords have one only when they were set with it (Directory::set_password).
  bool offer_scram = false;
};

// Mechanisms to advertise, best first. Without TLS none that shows the password (RFC 4616 §4) unless
// `allow_plain_without_tls` (loopback demo and tests).
std::vector<std::string> sasl_mechanisms(const SaslContext& context, bool allow_plain_without_tls);
// nullptr: no such mechanism. PLAIN, LOGIN.
std::unique_ptr<SaslSession> sasl_begin(std::string_view mechanism, Authenticator& authenticator, SaslContext context);

}  // namespace mailstead::auth
