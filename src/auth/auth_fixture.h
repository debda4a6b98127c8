// For auth's tests: a directory over the memory store, cheap hashing, a clock that is moved by hand.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "auth/authenticator.h"
#include "auth/directory.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "runtime/home.h"
#include "store/mem/mem_store.h"

namespace mailstead::auth {

inline constexpr PasswordCost k_cheap{.argon2_passes = 1, .argon2_bytes = 8 * 1024, .scram_iterations = 4096};

inline AuthenticatorOptions no_delay() {
  AuthenticatorOptions o;
  o.first_delay_ms = 0;
  o.failures_per_minute = 1'000'000;
  return o;
}

class AuthTest : public ::testing::Test {
 protected:
  explicit AuthTest(AuthenticatorOptions options = no_delay()) : authenticator(directory, runtime, clock, options) {
    ok(directory.add_domain("example.org"));
    ok(directory.add_account("ann@example.org", "secret"));
  }

  template <class T>
  T run(Task<T> task) {
    return block_on(runtime.home(0), std::move(task));
  }
  template <class T>
  T ok(Task<Result<T>> task) {
    auto r = run(std::move(task));
    EXPECT_TRUE(r) << (r ? "" : r.error().detail);
    if constexpr (!std::is_void_v<T>) return *r;
  }
  template <class T>
  Errc error(Task<Result<T>> task) {
    auto r = run(std::move(task));
    EXPECT_FALSE(r);
    return r ? Errc::closed : r.error().code;
  }
  Result<Identity> verify(std::string user, std::string password, Scope scope = imap,
                          std::string address = "192.0.2.1") {
    return run(authenticator.verify({std::move(user), std::move(password), std::move(address), scope}));
  }
  static std::int64_t argon2_runs() { return metrics::counter("auth_hashes_total").get(); }

  ManualClock clock;
  Runtime runtime{2, 1, 2};
  store::MemStore store{clock};
  Directory directory{store, clock, k_cheap};
  Authenticator authenticator;
};

}  // namespace mailstead::auth
