#include <gtest/gtest.h>

#include "auth/authenticator.h"
#include "base/metrics.h"
#include "store/mem/mem_store.h"

namespace mailstead::auth {
namespace {

struct Auth : testing::Test {
  Runtime rt{1, 1, 2};
  ManualClock clock;
  store::MemStore store{clock};
  Directory directory{store, clock};
  Authenticator authenticator{directory, rt, clock};

  template <class T>
  T run(Task<T> task) {
    return block_on(rt.home(0), std::move(task));
  }
  void SetUp() override {
    ASSERT_TRUE(run(directory.add_domain("Example.ORG")));
    ASSERT_TRUE(run(directory.add_account("Ann@example.org", "right")));
  }
  Result<Identity> login(std::string user, std::string password, Scope scope = imap) {
    return run(authenticator.verify({std::move(user), std::move(password), "192.0.2.1", scope}));
  }
};

TEST_F(Auth, RightAndWrongPasswords) {
  EXPECT_EQ(login("ANN@example.org", "right")->device.name, "default");
  EXPECT_EQ(login("ann", "right")->name, "ann@example.org");  // the only domain
  EXPECT_EQ(login("ann@example.org", "wrong").error().code, Errc::auth_failed);
  EXPECT_EQ(login("ann@example.org", "").error().code, Errc::auth_failed);
  ASSERT_TRUE(run(directory.set_enabled("ann@example.org", false)));
  EXPECT_EQ(login("ann@example.org", "right").error().code, Errc::auth_failed);
}

TEST_F(Auth, UnknownAccountsCostWhatWrongPasswordsCost) {
  auto& hashes = metrics::counter("auth_hashes_total");
  const auto before = hashes.get();
  const auto unknown = login("nobody@example.org", "x");
  EXPECT_EQ(hashes.get(), before + 1);
  const auto wrong = login("ann@example.org", "x");
  EXPECT_EQ(hashes.get(), before + 2);
  EXPECT_EQ(unknown.error().code, wrong.error().code);
  EXPECT_EQ(unknown.error().detail, wrong.error().detail);
}

TEST_F(Auth, VerifiedCredentialsAreRememberedUntilThePasswordChanges) {
  auto& hashes = metrics::counter("auth_hashes_total");
  ASSERT_TRUE(login("ann@example.org", "right"));
  const auto before = hashes.get();
  ASSERT_TRUE(login("ann@example.org", "right"));
  EXPECT_EQ(hashes.get(), before);
  ASSERT_TRUE(run(directory.set_password("ann@example.org", "other")));
  EXPECT_FALSE(login("ann@example.org", "right"));
  EXPECT_TRUE(login("ann@example.org", "other"));
}

TEST_F(Auth, AppPasswordsAreOfOneDeviceWithItsScopes) {
  const auto password = run(directory.add_device("ann@example.org", "phone", imap));
  ASSERT_TRUE(password);
  EXPECT_EQ(login("ann@example.org", *password)->device.name, "phone");
  EXPECT_EQ(login("ann@example.org+phone", *password)->device.name, "phone");
  EXPECT_FALSE(login("ann@example.org", *password, pop3));
  EXPECT_FALSE(login("ann@example.org%laptop", *password));
  EXPECT_EQ(login("ann@example.org%phone", "right")->device.name, "phone");
  ASSERT_TRUE(run(directory.remove_device("ann@example.org", "phone")));
  EXPECT_FALSE(login("ann@example.org", *password));  // at once
}

TEST_F(Auth, AddressesResolve) {
  ASSERT_TRUE(run(directory.add_account("ben@example.org", "b")));
  ASSERT_TRUE(run(directory.add_alias("team@example.org", {"ann@example.org", "ben@example.org", "team@example.org"})));
  const auto of = [&](const char* a) {
    const auto found = run(directory.resolve(a));
    return found ? found->size() : 0;
  };
  EXPECT_EQ(of("Ann@Example.org"), 1U);
  EXPECT_EQ(of("team@example.org"), 2U);
  EXPECT_EQ(of("nobody@example.org"), 0U);  // catch-all is off
  EXPECT_EQ(of("ann@elsewhere.example"), 0U);
  EXPECT_EQ((*run(directory.resolve("ann+lists@example.org")))[0].detail, "lists");
  ASSERT_TRUE(run(directory.set_catch_all("example.org", "ben@example.org")));
  EXPECT_EQ((*run(directory.resolve("nobody@example.org")))[0].account_name, "ben@example.org");
  EXPECT_FALSE(run(directory.remove_domain("example.org")));
  for (const char* bad : {"", "ann", "@example.org", "ann@", "a b@example.org", "a\r\n@example.org"})
    EXPECT_FALSE(normalise_address(bad)) << bad;
}

Task<SaslSession::Step> exchange(SaslSession* s, std::vector<std::optional<std::string>> messages) {
  SaslSession::Step step{SaslSession::Step::challenge, {}, {}, {}};
  for (auto& m : messages) step = co_await s->step(std::move(m));
  co_return step;
}

TEST_F(Auth, SaslPlainAndLogin) {
  const SaslContext context{"192.0.2.1", imap, true, {}};
  const auto sasl = [&](const char* mechanism, std::vector<std::optional<std::string>> messages) {
    const auto session = sasl_begin(mechanism, authenticator, context);
    return run(exchange(session.get(), std::move(messages))).kind;
  };
  using namespace std::string_literals;
  EXPECT_EQ(sasl("PLAIN", {"\0ann@example.org\0right"s}), SaslSession::Step::success);
  EXPECT_EQ(sasl("PLAIN", {std::nullopt}), SaslSession::Step::challenge);
  EXPECT_EQ(sasl("LOGIN", {std::nullopt, "ann@example.org", "right"}), SaslSession::Step::success);
  for (const auto& bad : {""s, "\0"s, "ann\0right"s, "ben\0ann@example.org\0right"s, "\0ann@example.org\0right\0"s,
                          "\0\xff\0right"s, "\0ann@example.org\0wrong"s})
    EXPECT_EQ(sasl("PLAIN", {bad}), SaslSession::Step::failure);
  EXPECT_TRUE(sasl_mechanisms({"", imap, false, {}}, false).empty());
}

}  // namespace
}  // namespace mailstead::auth
