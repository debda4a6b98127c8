// PLAIN (RFC 4616) and LOGIN (draft-murchison-sasl-login), and who speaks which mechanism.
#include "auth/authenticator_impl.h"
#include "auth/sasl_scram.h"
#include "base/ascii.h"
#include "base/limits.h"
#include "base/utf8.h"

namespace mailstead::auth {
namespace {

using Step = SaslSession::Step;

Step challenge(std::string data) {
  return {Step::challenge, std::move(data), {}, {}};
}
Step failure(Error error) {
  return {Step::failure, {}, {}, std::move(error)};
}

Task<Step> finish(Authenticator* authenticator, SaslContext context, std::string user, std::string password) {
  auto identity =
      co_await authenticator->verify({std::move(user), std::move(password), std::move(context.address), context.scope});
  if (!identity) co_return failure(std::move(identity).error());
  co_return Step{Step::success, {}, *std::move(identity), {}};
}

// RFC 4616 §2: 1*255 octets each in the draft, UTF-8 without NUL.
bool is_text(std::string_view s) {
  return !s.empty() && s.find('\0') == std::string_view::npos && is_utf8(s);
}

class Plain : public SaslSession {
 public:
  Plain(Authenticator& authenticator, SaslContext context)
      : authenticator_(authenticator), context_(std::move(context)) {}

  Task<Step> step(std::optional<std::string> message) override {
    if (!message) co_return challenge("");
    const std::string_view m = *message;
    const auto first = m.find('\0');
    const auto second = first == std::string_view::npos ? first : m.find('\0', first + 1);
    if (second == std::string_view::npos || m.size() > limits::k_sasl_line_bytes)
      co_return failure(Error(Errc::syntax, "malformed PLAIN message"));
    const auto authzid = m.substr(0, first);
    const auto user = m.substr(first + 1, second - first - 1);
    const auto password = m.substr(second + 1);
    if (!is_text(user) || !is_text(password) || (!authzid.empty() && !is_text(authzid)))
      co_return failure(Error(Errc::syntax, "malformed PLAIN message"));
    // RFC 4616 §2: to act as somebody else is not possible here.
    if (!authzid.empty() && !iequals(authzid, user) && !iequals(authzid, split_login_name(user).user))
      co_return failure(Error(Errc::auth_failed, "wrong name or password"));
    co_return co_await finish(&authenticator_, context_, std::string(user), std::string(password));
  }

 private:
  Authenticator& authenticator_;
  SaslContext context_;
};

class Login : public SaslSession {
 public:
  Login(Authenticator& authenticator, SaslContext context)
      : authenticator_(authenticator), context_(std::move(context)) {}

  Task<Step> step(std::optional<std::string> message) override {
    if (!message) co_return challenge("Username:");
    if (!is_text(*message) || message->size() > limits::k_sasl_line_bytes)
      co_return failure(Error(Errc::syntax, "malformed LOGIN message"));
    if (!user_) {
      user_ = *std::move(message);
      co_return challenge("Password:");
    }
    co_return co_await finish(&authenticator_, context_, *user_, *std::move(message));
  }

 private:
  Authenticator& authenticator_;
  SaslContext context_;
  std::optional<std::string> user_;
};

}  // namespace

std::vector<std::string> sasl_mechanisms(const SaslContext& context, bool allow_plain_without_tls) {
  std::vector<std::string> out;
  if (context.offer_scram) {
    if (!context.tls_exporter.empty()) out.emplace_back("SCRAM-SHA-256-PLUS");
    out.emplace_back("SCRAM-SHA-256");
  }
  if (context.tls || allow_plain_without_tls) {
    out.emplace_back("PLAIN");
    out.emplace_back("LOGIN");
  }
  return out;
}

std::unique_ptr<SaslSession> sasl_begin(std::string_view mechanism, Authenticator& authenticator, SaslContext context) {
  if (iequals(mechanism, "PLAIN")) return std::make_unique<Plain>(authenticator, std::move(context));
  if (iequals(mechanism, "LOGIN")) return std::make_unique<Login>(authenticator, std::move(context));
  const bool plus = iequals(mechanism, "SCRAM-SHA-256-PLUS");
  if (plus && context.tls_exporter.empty()) return nullptr;
  if (plus || iequals(mechanism, "SCRAM-SHA-256"))
    return std::make_unique<ScramSession>(authenticator, std::move(context), plus);
  return nullptr;
}

}  // namespace mailstead::auth
