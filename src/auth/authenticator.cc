#include "auth/authenticator.h"

#include "auth/authenticator_impl.h"
#include "auth/password.h"
#include "base/ascii.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "base/utf8.h"
#include "runtime/timer.h"

namespace mailstead::auth {
namespace {

constexpr std::size_t k_user_bytes = 512;

Error wrong() {
  return Error(Errc::auth_failed, "wrong name or password");
}

metrics::Value& logins(std::string_view result) {
  static auto& ok = metrics::counter("auth_attempts_total", "result=\"ok\"");
  static auto& cached = metrics::counter("auth_attempts_total", "result=\"cached\"");
  static auto& bad = metrics::counter("auth_attempts_total", "result=\"failed\"");
  static auto& throttled = metrics::counter("auth_attempts_total", "result=\"throttled\"");
  return result == "ok" ? ok : result == "cached" ? cached : result == "throttled" ? throttled : bad;
}

Identity identity_of(const Credentials& account, const DeviceRow* device) {
  Identity out{account.id, account.name, {}};
  if (device == nullptr) {
    out.device = {model::DeviceId(0), "default", all_scopes, 0, 0, ""};
  } else {
    out.device = {device->id, device->name, device->scopes, device->created, 0, ""};
  }
  return out;
}

// The device whose app password this is.
const DeviceRow* device_of(const Credentials& account, std::string_view server_key, std::string_view password) {
  const auto typed = canonical_app_password(password);
  if (typed.empty()) return nullptr;
  const DeviceRow* found = nullptr;
  for (const auto& d : account.devices)
    if (same_secret(hash_app_password(server_key, account.id, d.id, typed), d.hash)) found = &d;
  return found;
}

}  // namespace

LoginName split_login_name(std::string_view user) {
  const auto at = user.rfind('@');
  const auto mark = user.find_first_of("+%", at == std::string_view::npos ? 0 : at);
  if (mark == std::string_view::npos) return {lower(user), {}};
  return {lower(user.substr(0, mark)), lower(user.substr(mark + 1))};
}

Authenticator::Authenticator(Directory& directory, Runtime& runtime, const Clock& clock, AuthenticatorOptions options)
    : impl_(std::make_unique<Impl>(directory, runtime, clock, options)) {}
Authenticator::~Authenticator() = default;

Task<Result<bool>> Authenticator::Impl::check_password(std::string hash, std::string password, std::string prefix) {
  static auto& runs = metrics::counter("auth_hashes_total");
  const bool got = co_await queue.enter(std::move(prefix));
  if (!got) co_return fail(Errc::unavailable, "too many logins at once");
  runs.add();
  const bool nobody = hash.empty();
  // The decoy is made at its first use: one more Argon2 run, once a process.
  auto job = [this, nobody, hash = std::move(hash), password = std::move(password)]() -> Result<bool> {
    auto against = hash;
    if (nobody) {
      std::lock_guard lock(decoy_mutex);
      if (decoy.empty()) {
        TRY(decoy, hash_password(random_string(16), directory.cost()));
      }
      against = decoy;
    }
    return password_matches(against, password) && !nobody;
  };
  auto matches = co_await offload(hashing, std::move(job));
  queue.leave();
  co_return matches;
}

Task<Error> Authenticator::Impl::failed(std::string user, std::string address) {
  logins("failed").add();
  log::info("auth.failed", {{"user", utf8_prefix(user, 100)}, {"address", address}});
  const auto delay = throttle.failed(address_prefix(address), split_login_name(user).user, clock.now_ms());
  if (delay > 0) co_await sleep_ms(delay);
  co_return wrong();
}

Task<void> Authenticator::Impl::succeeded(std::string user, Identity identity, std::string address) {
  logins("ok").add();
  throttle.succeeded(split_login_name(user).user);
  co_await directory.note_use(identity.account, identity.device.id, std::move(address));
}

Task<Result<Identity>> Authenticator::verify(Attempt attempt) {
  auto& d = *impl_;
  const auto prefix = address_prefix(attempt.address);
  if (attempt.user.size() > k_user_bytes || attempt.password.size() > k_password_bytes)
    co_return std::unexpected(co_await d.failed(attempt.user.substr(0, k_user_bytes), attempt.address));

  const auto login = split_login_name(attempt.user);
  CO_TRY(const auto account, co_await d.directory.credentials(login.user));
  const auto now = d.clock.now_ms();
  std::string key;
  if (account) {
    key = d.verified.key(*account, attempt);
    if (auto known = d.verified.find(key, now)) {
      logins("cached").add();
      co_return *std::move(known);
    }
  }
  if (d.throttle.blocked(prefix, now)) {
    logins("throttled").add();
    co_return fail(Errc::throttled, "too many failed logins from this address");
  }

  std::optional<Identity> identity;
  CO_TRY(const auto server_key, co_await d.directory.server_key());
  const DeviceRow* by_app = account ? device_of(*account, server_key, attempt.password) : nullptr;
  if (by_app != nullptr) {
    const bool named = login.device.empty() || iequals(login.device, by_app->name);
    if (named && (by_app->scopes & attempt.scope) != 0) identity = identity_of(*account, by_app);
  } else {
    CO_TRY(const bool matches,
           co_await d.check_password(account ? account->password : std::string(), attempt.password, prefix));
    // The account password with a device's name takes that device's view; it has every scope.
    const bool plain = login.device.empty() || login.device == "default";
    const DeviceRow* view = account && !plain ? account->device(login.device) : nullptr;
    if (matches && (plain || view != nullptr)) identity = identity_of(*account, view);
  }
  if (!identity || !account->enabled) co_return std::unexpected(co_await d.failed(attempt.user, attempt.address));
  d.verified.add(std::move(key), *identity, now);
  co_await d.succeeded(attempt.user, *identity, attempt.address);
  co_return *identity;
}

Task<Result<Authenticator::Impl::Scram>> Authenticator::Impl::scram(std::string user, std::string address,
                                                                    Scope scope) {
  if (throttle.blocked(address_prefix(address), clock.now_ms()))
    co_return fail(Errc::throttled, "too many failed logins from this address");
  const auto login = split_login_name(user);
  CO_TRY(const auto account, co_await directory.credentials(login.user));
  CO_TRY(const auto server_key, co_await directory.server_key());
  Scram out;
  // A name keeps its decoy salt for ever, as a real one does.
  out.verifier.salt = keyed_hash(server_key, cat("scram decoy ", login.user, '+', login.device)).substr(0, 16);
  out.verifier.iterations = directory.cost().scram_iterations;
  out.verifier.stored_key = random_string(32);
  out.verifier.server_key = random_string(32);
  if (!account) co_return out;
  const bool plain = login.device.empty() || login.device == "default";
  const DeviceRow* device = plain ? nullptr : account->device(login.device);
  if (!plain && device == nullptr) co_return out;
  const auto& verifier = device ? device->scram : account->scram;
  if (!verifier) co_return out;
  out.verifier = *verifier;
  const bool in_scope = device == nullptr || (device->scopes & scope) != 0;
  if (account->enabled && in_scope) out.identity = identity_of(*account, device);
  co_return out;
}

}  // namespace mailstead::auth
