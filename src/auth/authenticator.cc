#include "auth/authenticator.h"

#include <sodium.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "auth/directory_impl.h"
#include "auth/password.h"
#include "base/ascii.h"
#include "base/codec.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "runtime/timer.h"

namespace mailstead::auth {
namespace {

constexpr std::size_t k_hashing_max = 64;  // attempts that wait for Argon2id; more are told to come again
constexpr std::int64_t k_cache_ms = 5 * 60'000;
constexpr std::size_t k_cache_max = 10'000;
constexpr std::int64_t k_failure_memory_ms = 60'000;
constexpr std::int64_t k_delay_step_ms = 250, k_delay_max_ms = 15'000;
constexpr std::size_t k_failures_max = 100'000;  // addresses and names remembered

}  // namespace

struct Authenticator::Impl {
  Impl(Directory& d, Runtime& r, const Clock& c)
      : directory(d), runtime(r), clock(c), key(random_string(32)), dummy(hash_password(random_string(16))) {}

  struct Failures {
    std::int64_t until = 0;
    int count = 0;
  };

  // All inputs under a key of this process: nobody's credential can answer for another's (CVE-2025-30189).
  std::string cache_key(std::string_view name, std::string_view hash, std::string_view password) const {
    const auto all = Writer().str(name).str(hash).str(password).take();
    std::string out(32, '\0');
    crypto_generichash(reinterpret_cast<unsigned char*>(out.data()), out.size(),
                       reinterpret_cast<const unsigned char*>(all.data()), all.size(),
                       reinterpret_cast<const unsigned char*>(key.data()), key.size());
    return out;
  }
  bool cached(const std::string& k) {
    std::lock_guard lock(mutex);
    const auto found = verified.find(k);
    return found != verified.end() && found->second > clock.now_ms();
  }
  void remember(const std::string& k) {
    std::lock_guard lock(mutex);
    if (verified.size() >= k_cache_max) verified.clear();
    verified[k] = clock.now_ms() + k_cache_ms;
  }
  // Delay before the answer to a wrong attempt: grows with the failures of the address and of the name.
  std::int64_t failed(const Attempt& a) {
    std::lock_guard lock(mutex);
    if (failures.size() > k_failures_max) failures.clear();
    int worst = 0;
    for (const auto& who : {"a" + a.address, "n" + lower(a.user)}) {
      auto& f = failures[who];
      if (f.until < clock.now_ms()) f.count = 0;
      f.until = clock.now_ms() + k_failure_memory_ms;
      worst = std::max(worst, ++f.count);
    }
    return std::min(k_delay_max_ms, k_delay_step_ms << std::min(worst, 10));
  }

  Directory& directory;
  Runtime& runtime;
  const Clock& clock;
  const std::string key, dummy;
  std::mutex mutex;
  std::map<std::string, std::int64_t> verified;
  std::map<std::string, Failures> failures;
  std::atomic<std::size_t> hashing{0};
};

Authenticator::Authenticator(Directory& directory, Runtime& runtime, const Clock& clock)
    : impl_(std::make_unique<Impl>(directory, runtime, clock)) {}
Authenticator::~Authenticator() = default;

namespace {

struct Hashing {  // counted while it lives
  explicit Hashing(std::atomic<std::size_t>& n) : count(n) { ++count; }
  ~Hashing() { --count; }
  std::atomic<std::size_t>& count;
};

// "ann@example.org+phone" and "ann@example.org%phone" name a device.
std::pair<std::string, std::string> split_device(std::string_view user) {
  const auto at = user.rfind('@');
  const auto mark = at == std::string_view::npos ? user.find('%') : user.find_first_of("+%", at);
  if (mark == std::string_view::npos) return {lower(user), ""};
  return {lower(user.substr(0, mark)), std::string(user.substr(mark + 1))};
}

}  // namespace

Task<Result<Identity>> Authenticator::verify(Attempt attempt) {
  auto [name, wanted] = split_device(attempt.user);
  if (name.find('@') == std::string::npos) {
    const auto domains = co_await impl_->directory.domains();
    if (domains && domains->size() == 1) name += "@" + domains->front();
  }
  auto& directory = impl_->directory.impl();
  CO_TRY(const auto base, co_await directory.base());
  const auto row = co_await directory.account(name);
  if (!row && row.error().code != Errc::not_found) co_return std::unexpected(row.error());

  std::optional<Device> device;
  if (row) {
    // App passwords first: they are cheap to check. All of them are compared, in constant time each.
    const auto hash = secret_hash(base.state.salt, attempt.password);
    for (const auto& d : row->devices)
      if (sodium_memcmp(d.secret.data(), hash.data(), hash.size()) == 0 && (wanted.empty() || wanted == d.device.name))
        device = d.device;
  }
  if (!device) {
    const auto hash = row && !row->password.empty() ? row->password : impl_->dummy;
    const auto key = impl_->cache_key(name, hash, attempt.password);
    bool right = impl_->cached(key);
    if (!right) {
      if (impl_->hashing >= k_hashing_max) co_return fail(Errc::unavailable, "too many logins at once");
      const Hashing counted(impl_->hashing);
      auto job = [hash, password = attempt.password] { return verify_password(hash, password); };
      metrics::counter("auth_hashes_total").add();
      right = co_await offload(impl_->runtime.cpu(), std::move(job));
      if (right) impl_->remember(key);
    }
    if (right && row && !row->password.empty()) {
      device.emplace();
      device->name = "default";
      if (!wanted.empty()) {  // the account password opens a named device's view
        device.reset();
        for (const auto& d : row->devices)
          if (d.device.name == wanted) device = d.device;
        if (device) device->scopes = all_scopes;
      }
    }
  }
  if (!device || !row || !row->enabled || (device->scopes & attempt.scope) == 0) {
    metrics::counter("auth_failures_total").add();
    log::info("auth.failed", {{"address", attempt.address}, {"user", attempt.user}});
    co_await sleep_ms(impl_->failed(attempt));
    co_return fail(Errc::auth_failed);
  }
  co_return Identity{row->id, name, *device};
}

}  // namespace mailstead::auth
