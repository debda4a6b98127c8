// TLS certificates and policy: Mozilla "intermediate" (TLS 1.2 and 1.3), stateless tickets, ALPN checked (a client that
// offers protocols without ours is refused: ALPACA), reload without restart. OpenSSL stays inside net/.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace mailstead::net {

struct TlsFiles {
  std::string certificate;  // PEM chain
  std::string key;          // PEM
};

class TlsContext {
 public:
  virtual ~TlsContext() = default;
  // `alpn`: what this service is called: "imap", "pop3", "smtp" (lmtp: empty, nothing is offered or refused).
  static Result<std::shared_ptr<TlsContext>> make(const TlsFiles& files, std::string alpn);
  // New handshakes use the new files; a failure leaves the old ones in place. Any thread.
  virtual Result<> reload(const TlsFiles& files) = 0;
};

// Writes a self-signed P-256 certificate for `names` (demo and tests) unless both files exist.
Result<> make_self_signed(const TlsFiles& files, const std::vector<std::string>& names);

}  // namespace mailstead::net
