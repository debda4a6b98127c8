// SCRAM-SHA-256(-PLUS), server side: RFC 5802 §5–§7, RFC 7677, channel binding tls-exporter (RFC 9266).
#pragma once

#include <optional>
#include <string>

#include "auth/authenticator_impl.h"

namespace mailstead::auth {

class ScramSession : public SaslSession {
 public:
  ScramSession(Authenticator& authenticator, SaslContext context, bool plus);
  // For the vectors of RFC 7677 §3.
  void set_server_nonce(std::string nonce) { server_nonce_ = std::move(nonce); }

  Task<Step> step(std::optional<std::string> message) override;

 private:
  Task<Step> first(std::string message);
  Task<Step> last(std::string message);

  Authenticator& authenticator_;
  SaslContext context_;
  const bool plus_;
  std::string server_nonce_;
  // Set by the first message:
  std::optional<Authenticator::Impl::Scram> scram_;
  std::string user_, gs2_header_, client_first_bare_, nonce_, server_first_;
  char binding_ = 'n';
};

}  // namespace mailstead::auth
