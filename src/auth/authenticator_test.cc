#include "auth/authenticator.h"

#include <atomic>
#include <chrono>
#include <latch>
#include <memory>
#include <semaphore>

#include "auth/auth_fixture.h"
#include "auth/password.h"
#include "auth/throttle.h"
#include "base/ascii.h"

namespace mailstead::auth {
namespace {

class AuthenticatorTest : public AuthTest {};

TEST_F(AuthenticatorTest, AccountPasswordIsTheDefaultDevice) {
  const auto who = verify("Ann@Example.ORG", "secret");
  ASSERT_TRUE(who);
  EXPECT_EQ(who->name, "ann@example.org");
  EXPECT_EQ(who->device.id.value, 0U);
  EXPECT_EQ(who->device.name, "default");
  EXPECT_TRUE(verify("ann", "secret")) << "the only domain completes the name";
  EXPECT_FALSE(verify("ann@example.org", "Secret"));
  ok(directory.add_domain("example.com"));
  EXPECT_FALSE(verify("ann", "secret", pop3)) << "which domain?";
}

TEST_F(AuthenticatorTest, UnknownAndWrongLookAlikeAndCostTheSame) {
  (void)verify("nobody@example.org", "x");  // makes the decoy
  const auto start = argon2_runs();
  const auto wrong = verify("ann@example.org", "wrong");
  const auto after_wrong = argon2_runs();
  const auto unknown = verify("bob@example.org", "wrong");
  const auto after_unknown = argon2_runs();
  ASSERT_FALSE(wrong);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(wrong.error().code, Errc::auth_failed);
  EXPECT_EQ(unknown.error().code, Errc::auth_failed);
  EXPECT_EQ(wrong.error().detail, unknown.error().detail);
  EXPECT_EQ(after_wrong - start, 1);
  EXPECT_EQ(after_unknown - after_wrong, 1);
  ok(directory.set_enabled("ann@example.org", false));
  const auto disabled = verify("ann@example.org", "secret");
  ASSERT_FALSE(disabled);
  EXPECT_EQ(disabled.error().detail, wrong.error().detail);
  EXPECT_EQ(argon2_runs() - after_unknown, 1);
}

// Else, when all log in at once, each step of a long FETCH or SEARCH would wait for a hash.
TEST_F(AuthenticatorTest, HashesBesideTheOtherLongWork) {
  struct State {
    std::latch blocked{2};
    std::binary_semaphore verified{0};
    std::atomic<int> waited_in_vain = 0;
  };
  const auto state = std::make_shared<State>();
  for (int thread = 0; thread < 2; ++thread)
    runtime.cpu().post([state] {
      state->blocked.count_down();
      if (!state->verified.try_acquire_for(std::chrono::seconds(5))) ++state->waited_in_vain;
      state->verified.release();
    });
  state->blocked.wait();
  EXPECT_TRUE(verify("ann@example.org", "secret"));
  EXPECT_EQ(state->waited_in_vain, 0);
  state->verified.release();
}

TEST_F(AuthenticatorTest, DevicesHaveScopesAndEndAtOnce) {
  const auto password = ok(directory.add_device("ann@example.org", "laptop", imap | pop3));
  const auto start = argon2_runs();
  const auto who = verify("ann@example.org", password);
  ASSERT_TRUE(who);
  EXPECT_EQ(who->device.name, "laptop");
  EXPECT_NE(who->device.id.value, 0U);
  EXPECT_EQ(argon2_runs(), start) << "app passwords are fast";
  auto typed = password;
  std::erase(typed, '-');
  EXPECT_TRUE(verify("ann@example.org", upper(typed)));
  EXPECT_FALSE(verify("ann@example.org", password, submission));
  EXPECT_FALSE(verify("ann@example.org", password.substr(1)));
  ok(directory.remove_device("ann@example.org", "laptop"));
  const auto gone = verify("ann@example.org", password);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, Errc::auth_failed);
}

TEST_F(AuthenticatorTest, DeviceSuffixSelectsTheView) {
  const auto laptop = ok(directory.add_device("ann@example.org", "laptop", all_scopes));
  const auto phone = ok(directory.add_device("ann@example.org", "phone", all_scopes));
  for (const auto* user : {"ann@example.org+laptop", "ann@example.org%laptop", "ann+laptop", "ann%LAPTOP"}) {
    const auto who = verify(user, "secret", pop3);
    ASSERT_TRUE(who) << user;
    EXPECT_EQ(who->device.name, "laptop");
  }
  EXPECT_TRUE(verify("ann@example.org+laptop", laptop));
  EXPECT_FALSE(verify("ann@example.org+laptop", phone)) << "another device's password";
  EXPECT_FALSE(verify("ann@example.org+tablet", "secret"));
  EXPECT_EQ(verify("ann@example.org+default", "secret")->device.id.value, 0U);
  EXPECT_FALSE(verify("ann+laptop@example.org", "secret")) << "before the '@' it is an address";
}

TEST_F(AuthenticatorTest, VerifiedCredentialsAreRememberedAndNotConfused) {
  ok(directory.add_account("bob@example.org", "other"));
  const auto start = argon2_runs();
  EXPECT_TRUE(verify("ann@example.org", "secret"));
  EXPECT_TRUE(verify("ann@example.org", "secret"));
  EXPECT_EQ(argon2_runs() - start, 1);
  EXPECT_FALSE(verify("bob@example.org", "secret"));
  EXPECT_FALSE(verify("ann@example.org", "secre"));
  EXPECT_TRUE(verify("ann@example.org", "secret", pop3));
  EXPECT_EQ(argon2_runs() - start, 4) << "another scope is another key";
  clock.advance_ms(5 * 60'000);
  EXPECT_TRUE(verify("ann@example.org", "secret"));
  EXPECT_EQ(argon2_runs() - start, 5);
  ok(directory.set_password("ann@example.org", "new"));
  EXPECT_FALSE(verify("ann@example.org", "secret"));
  EXPECT_TRUE(verify("ann@example.org", "new"));
  ok(directory.remove_account("ann@example.org"));
  EXPECT_FALSE(verify("ann@example.org", "new"));
}

TEST_F(AuthenticatorTest, LastUseIsWrittenAtMostHourly) {
  const auto password = ok(directory.add_device("ann@example.org", "laptop", all_scopes));
  EXPECT_TRUE(verify("ann@example.org", password));
  const auto first = clock.now();
  EXPECT_EQ(ok(directory.account("ann@example.org")).devices.at(1).last_used, first);
  clock.advance_ms(59 * 60'000);
  EXPECT_TRUE(verify("ann@example.org", password, imap, "192.0.2.9"));
  EXPECT_EQ(ok(directory.account("ann@example.org")).devices.at(1).last_used, first);
  clock.advance_ms(60'000);
  EXPECT_TRUE(verify("ann@example.org", password, pop3, "192.0.2.9"));
  const auto device = ok(directory.account("ann@example.org")).devices.at(1);
  EXPECT_EQ(device.last_used, first + 3600);
  EXPECT_EQ(device.last_address, "192.0.2.9");
}

TEST_F(AuthenticatorTest, LongInputsFailWithoutHashing) {
  const auto start = argon2_runs();
  EXPECT_FALSE(verify(std::string(100'000, 'a'), "x"));
  EXPECT_FALSE(verify("ann@example.org", std::string(100'000, 'a')));
  EXPECT_EQ(argon2_runs(), start);
}

class StrictTest : public AuthTest {
 protected:
  static AuthenticatorOptions options() {
    auto o = no_delay();
    o.failures_per_minute = 20;
    return o;
  }
  StrictTest() : AuthTest(options()) {}
};

TEST_F(StrictTest, AnAddressThatFailsTooOftenWaitsAMinuteButRememberedClientsGoOn) {
  EXPECT_TRUE(verify("ann@example.org", "secret"));
  for (int i = 0; i < 21; ++i) EXPECT_EQ(verify("ann@example.org", "wrong").error().code, Errc::auth_failed);
  const auto runs = argon2_runs();
  EXPECT_EQ(verify("ann@example.org", "wrong").error().code, Errc::throttled);
  EXPECT_EQ(verify("ann@example.org", "secret", pop3).error().code, Errc::throttled);
  EXPECT_EQ(argon2_runs(), runs);
  EXPECT_TRUE(verify("ann@example.org", "secret")) << "verified before";
  EXPECT_TRUE(verify("ann@example.org", "secret", pop3, "198.51.100.1")) << "other addresses are free";
  clock.advance_ms(60'000);
  EXPECT_TRUE(verify("ann@example.org", "secret", submission));
}

TEST(Throttle, DelaysDoubleToTheMaximumAndFadeAway) {
  AuthenticatorOptions o;
  o.failures_per_minute = 1000;
  Throttle t(o);
  std::int64_t now = 1'000'000'000;
  EXPECT_EQ(t.failed("a", "ann", now), 0);
  EXPECT_EQ(t.failed("a", "bob", now), 500);
  EXPECT_EQ(t.failed("b", "bob", now), 500) << "the account counts, too";
  EXPECT_EQ(t.failed("a", "carl", now), 1000);
  for (int i = 0; i < 40; ++i) (void)t.failed("a", "x", now);
  EXPECT_EQ(t.failed("a", "y", now), 15'000);
  EXPECT_EQ(t.failed("a", "z", now + 60 * 60'000), 0);
}

TEST(Throttle, PrefixesOfAddresses) {
  EXPECT_EQ(address_prefix("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(address_prefix("2001:db8:1:2:3::4"), address_prefix("2001:db8:1:2:ffff::1"));
  EXPECT_NE(address_prefix("2001:db8:1:2::1"), address_prefix("2001:db8:1:3::1"));
  EXPECT_EQ(address_prefix("::ffff:192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(address_prefix("unix"), "unix");
}

}  // namespace
}  // namespace mailstead::auth
