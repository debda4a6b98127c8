#include "auth/authenticator.h"
#include "base/ascii.h"
#include "base/utf8.h"

namespace mailstead::auth {
namespace {

using Step = SaslSession::Step;

Step challenge(std::string data) {
  return {Step::challenge, std::move(data), {}, {}};
}
Step failure(Error e) {
  return {Step::failure, {}, {}, std::move(e)};
}

Task<Step> decide(Authenticator& authenticator, Attempt attempt) {
  if (!is_utf8(attempt.user) || attempt.user.size() > 320 || attempt.password.size() > 1024)
    co_return failure(Errc::auth_failed);
  auto identity = co_await authenticator.verify(std::move(attempt));
  if (!identity) co_return failure(identity.error());
  co_return Step{Step::success, {}, *std::move(identity), {}};
}

// RFC 4616
class Plain final : public SaslSession {
 public:
  Plain(Authenticator& a, SaslContext c) : authenticator_(a), context_(std::move(c)) {}
  Task<Step> step(std::optional<std::string> message) override {
    if (!message) co_return challenge("");
    const auto first = message->find('\0');
    const auto second = first == std::string::npos ? first : message->find('\0', first + 1);
    if (second == std::string::npos || message->find('\0', second + 1) != std::string::npos)
      co_return failure({Errc::syntax, "PLAIN message"});
    const auto authzid = message->substr(0, first), authcid = message->substr(first + 1, second - first - 1);
    // Acting for somebody else is not offered.
    if (!authzid.empty() && !iequals(authzid, authcid)) co_return failure(Errc::auth_failed);
    co_return co_await decide(authenticator_, {authcid, message->substr(second + 1), context_.address, context_.scope});
  }

 private:
  Authenticator& authenticator_;
  SaslContext context_;
};

// Never standardised; what old clients speak: "Username:", "Password:".
class Login final : public SaslSession {
 public:
  Login(Authenticator& a, SaslContext c) : authenticator_(a), context_(std::move(c)) {}
  Task<Step> step(std::optional<std::string> message) override {
    if (!message) co_return challenge("Username:");
    if (!user_) {
      user_ = *std::move(message);
      co_return challenge("Password:");
    }
    co_return co_await decide(authenticator_, {*user_, *std::move(message), context_.address, context_.scope});
  }

 private:
  Authenticator& authenticator_;
  SaslContext context_;
  std::optional<std::string> user_;
};

}  // namespace

std::vector<std::string> sasl_mechanisms(const SaslContext& context, bool allow_plain_without_tls) {
  if (!context.tls && !allow_plain_without_tls) return {};
  return {"PLAIN", "LOGIN"};
}

std::unique_ptr<SaslSession> sasl_begin(std::string_view mechanism, Authenticator& authenticator, SaslContext context) {
  if (mechanism == "PLAIN") return std::make_unique<Plain>(authenticator, std::move(context));
  if (mechanism == "LOGIN") return std::make_unique<Login>(authenticator, std::move(context));
  return nullptr;
}

}  // namespace mailstead::auth
