#include "auth/sasl_scram.h"

#include "base/ascii.h"
#include "base/base64.h"
#include "base/limits.h"
#include "base/random.h"

namespace mailstead::auth {
namespace {

SaslSession::Step failure(Error error) {
  return {SaslSession::Step::failure, {}, {}, std::move(error)};
}

}  // namespace

ScramSession::ScramSession(Authenticator& authenticator, SaslContext context, bool plus)
    : authenticator_(authenticator),
      context_(std::move(context)),
      plus_(plus),
      server_nonce_(base64_encode(random_string(18))) {}

Task<SaslSession::Step> ScramSession::step(std::optional<std::string> message) {
  if (!message) co_return Step{Step::challenge, {}, {}, {}};
  if (message->size() > limits::k_sasl_line_bytes) co_return failure(Error(Errc::syntax, "SCRAM message too long"));
  if (!scram_) co_return co_await first(*std::move(message));
  co_return co_await last(*std::move(message));
}

Task<SaslSession::Step> ScramSession::first(std::string message) {
  auto parsed = parse_client_first(message);
  if (!parsed) co_return failure(std::move(parsed).error());
  // RFC 5802 §6: a client that could bind, and believes that we could not, was lied to about our mechanisms.
  const bool plus_offered = context_.offer_scram && !context_.tls_exporter.empty();
  if (parsed->binding == 'y' && plus_offered) co_return failure(Error(Errc::auth_failed, "channel binding downgrade"));
  if (plus_ != (parsed->binding == 'p')) co_return failure(Error(Errc::auth_failed, "channel binding flag"));
  if (plus_ && parsed->cb_name != "tls-exporter")
    co_return failure(Error(Errc::auth_failed, "channel binding type not supported"));
  if (!parsed->authzid.empty() && !iequals(parsed->authzid, parsed->user) &&
      !iequals(parsed->authzid, split_login_name(parsed->user).user))
    co_return failure(Error(Errc::auth_failed, "wrong name or password"));

  auto scram = co_await authenticator_.impl().scram(parsed->user, context_.address, context_.scope);
  if (!scram) co_return failure(std::move(scram).error());
  scram_ = *std::move(scram);
  binding_ = parsed->binding;
  user_ = std::move(parsed->user);
  gs2_header_ = std::move(parsed->gs2_header);
  client_first_bare_ = std::move(parsed->bare);
  nonce_ = parsed->nonce + server_nonce_;
  server_first_ = scram_server_first(nonce_, scram_->verifier);
  co_return Step{Step::challenge, server_first_, {}, {}};
}

Task<SaslSession::Step> ScramSession::last(std::string message) {
  auto parsed = parse_client_final(message);
  if (!parsed) co_return failure(std::move(parsed).error());
  const auto expected = binding_ == 'p' ? gs2_header_ + context_.tls_exporter : gs2_header_;
  const auto auth_message = cat(client_first_bare_, ',', server_first_, ',', parsed->without_proof);
  const bool bound = parsed->nonce == nonce_ && parsed->channel_binding == expected;
  const bool proven = scram_proof_ok(scram_->verifier, auth_message, parsed->proof);
  // What was true at the challenge may not be so now: a removed device must not get in.
  const auto now = co_await authenticator_.impl().scram(user_, context_.address, context_.scope);
  const bool still = now && now->identity && now->verifier.stored_key == scram_->verifier.stored_key;
  if (!bound || !proven || !scram_->identity || !still)
    co_return failure(co_await authenticator_.impl().failed(user_, context_.address));
  co_await authenticator_.impl().succeeded(user_, *scram_->identity, context_.address);
  co_return Step{Step::success, scram_server_final(scram_->verifier, auth_message), scram_->identity, {}};
}

}  // namespace mailstead::auth
