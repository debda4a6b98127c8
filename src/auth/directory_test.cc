#include "auth/directory.h"

#include "auth/auth_fixture.h"
#include "auth/records.h"

namespace mailstead::auth {
namespace {

class DirectoryTest : public AuthTest {
 protected:
  std::vector<std::string> resolve(std::string address) {
    std::vector<std::string> out;
    for (const auto& d : ok(directory.resolve(std::move(address))))
      out.push_back(d.detail.empty() ? d.account_name : d.account_name + " " + d.detail);
    return out;
  }
};
using Names = std::vector<std::string>;

TEST(Address, Normalisation) {
  EXPECT_EQ(normalise_address("Ann@Example.ORG").value(), "ann@example.org");
  EXPECT_EQ(normalise_address("a/b@example.org").value(), "a/b@example.org");
  EXPECT_EQ(normalise_address("ann@example.org.").value(), "ann@example.org");
  for (const std::string bad :
       {"", "ann", "@example.org", "ann@", "ann@.org", "ann@example..org", "a b@example.org", "a\nb@example.org",
        "ann@exa mple.org", "ann@[192.0.2.1]", "a@b@example.org", "\"a\"@example.org", "ann@ex/ample", "\xff@a.org"})
    EXPECT_FALSE(normalise_address(bad)) << bad;
  EXPECT_FALSE(normalise_address(std::string(65, 'a') + "@example.org"));
  EXPECT_FALSE(normalise_address("a@" + std::string(64, 'b') + ".org"));
  EXPECT_FALSE(normalise_address(std::string("a\0b@example.org", 15)));
}

TEST_F(DirectoryTest, DomainsAndAccountsKeepTheirRules) {
  EXPECT_EQ(error(directory.add_domain("EXAMPLE.org")), Errc::exists);
  EXPECT_EQ(error(directory.remove_domain("example.org")), Errc::in_use);
  EXPECT_EQ(error(directory.add_account("ann@example.org", "x")), Errc::exists);
  EXPECT_EQ(error(directory.add_account("ann@elsewhere.org", "x")), Errc::not_found);
  EXPECT_EQ(error(directory.add_account("a+b@example.org", "x")), Errc::invalid);
  EXPECT_EQ(error(directory.add_account("bob@example.org", "")), Errc::invalid);
  EXPECT_EQ(error(directory.add_account("bob@example.org", "a\nb")), Errc::invalid);
  ok(directory.add_domain("example.com"));
  ok(directory.add_account("bob@example.com", "x"));
  EXPECT_EQ(ok(directory.accounts("")), (Names{"bob@example.com", "ann@example.org"}));
  EXPECT_EQ(ok(directory.accounts("example.com")), (Names{"bob@example.com"}));
  EXPECT_EQ(ok(directory.domains()), (Names{"example.com", "example.org"}));
  EXPECT_TRUE(ok(directory.is_local("Example.Com")));
  ok(directory.remove_account("bob@example.com"));
  ok(directory.remove_domain("example.com"));
  EXPECT_FALSE(ok(directory.is_local("example.com")));
  EXPECT_EQ(error(directory.account("bob@example.com")), Errc::not_found);
}

TEST_F(DirectoryTest, IdsAreNeverUsedAgain) {
  const auto first = ok(directory.account("ann@example.org")).id;
  ok(directory.remove_account("ann@example.org"));
  EXPECT_GT(ok(directory.add_account("ann@example.org", "x")), first);
  ok(directory.add_device("ann@example.org", "laptop", imap));
  const auto device = ok(directory.account("ann@example.org")).devices.at(1).id;
  EXPECT_EQ(error(directory.add_device("ann@example.org", "Laptop", imap)), Errc::exists);
  EXPECT_EQ(error(directory.add_device("ann@example.org", "default", imap)), Errc::exists);
  EXPECT_EQ(error(directory.add_device("ann@example.org", "a+b", imap)), Errc::invalid);
  ok(directory.remove_device("ann@example.org", "laptop"));
  EXPECT_EQ(error(directory.remove_device("ann@example.org", "laptop")), Errc::not_found);
  ok(directory.add_device("ann@example.org", "laptop", imap));
  EXPECT_GT(ok(directory.account("ann@example.org")).devices.at(1).id, device);
}

TEST_F(DirectoryTest, RecipientsGoToAccountsAliasesAndDetails) {
  ok(directory.add_account("bob@example.org", "x"));
  EXPECT_EQ(resolve("ANN@example.org"), (Names{"ann@example.org"}));
  EXPECT_EQ(resolve("ann+lists@example.org"), (Names{"ann@example.org lists"}));
  EXPECT_EQ(resolve("ann+a+b@example.org"), (Names{"ann@example.org a+b"}));
  ok(directory.add_alias("all@example.org", {"ann@example.org", "bob@example.org", "ann+x@example.org"}));
  EXPECT_EQ(resolve("all@example.org"), (Names{"ann@example.org", "bob@example.org"})) << "no duplicates";
  EXPECT_EQ(resolve("all+y@example.org"), (Names{"ann@example.org y", "bob@example.org y"}));
  EXPECT_EQ(error(directory.add_alias("all@example.org", {"ann@example.org"})), Errc::exists);
  EXPECT_EQ(error(directory.add_alias("ann@example.org", {"bob@example.org"})), Errc::exists);
  EXPECT_EQ(error(directory.add_alias("out@example.org", {"ann@elsewhere.org"})), Errc::invalid);
  EXPECT_EQ(error(directory.resolve("nobody@example.org")), Errc::not_found);
  EXPECT_EQ(error(directory.resolve("ann@elsewhere.org")), Errc::not_found);
  EXPECT_EQ(error(directory.resolve("+x@example.org")), Errc::not_found);
  EXPECT_EQ(error(directory.resolve("not an address")), Errc::not_found);
  ok(directory.set_enabled("bob@example.org", false));
  EXPECT_EQ(resolve("all@example.org"), (Names{"ann@example.org"}));
  EXPECT_EQ(error(directory.resolve("bob@example.org")), Errc::not_found);
  ok(directory.remove_alias("all@example.org"));
  EXPECT_EQ(error(directory.resolve("all@example.org")), Errc::not_found);
  EXPECT_EQ(error(directory.remove_alias("all@example.org")), Errc::not_found);
}

TEST_F(DirectoryTest, AliasLoopsEnd) {
  ok(directory.add_alias("a@example.org", {"b@example.org"}));
  ok(directory.add_alias("b@example.org", {"c@example.org", "ann@example.org"}));
  ok(directory.add_alias("c@example.org", {"a@example.org"}));
  EXPECT_EQ(resolve("c@example.org"), (Names{"ann@example.org"}));
  ok(directory.add_alias("d@example.org", {"e@example.org"}));
  ok(directory.add_alias("e@example.org", {"d@example.org"}));
  EXPECT_EQ(error(directory.resolve("d@example.org")), Errc::not_found);
}

TEST_F(DirectoryTest, CatchAllIsOffUntilSet) {
  EXPECT_EQ(error(directory.resolve("any@example.org")), Errc::not_found);
  EXPECT_EQ(error(directory.set_catch_all("example.org", "bob@example.org")), Errc::not_found);
  ok(directory.set_catch_all("example.org", "ann@example.org"));
  EXPECT_EQ(resolve("any@example.org"), (Names{"ann@example.org"}));
  ok(directory.set_catch_all("example.org", ""));
  EXPECT_EQ(error(directory.resolve("any@example.org")), Errc::not_found);
}

// Another node: its own cache, the same store.
TEST_F(DirectoryTest, ChangesElsewhereAreSeen) {
  Directory other(store, clock, k_cheap);
  EXPECT_FALSE(run(other.resolve("bob@example.org")));
  ok(directory.add_account("bob@example.org", "x"));
  EXPECT_TRUE(run(other.resolve("bob@example.org"))) << "by the change records";
  ok(other.remove_account("bob@example.org"));
  EXPECT_FALSE(run(directory.resolve("bob@example.org")));
}

TEST_F(DirectoryTest, TwoWritersAtOnceBothGetTheirChange) {
  Directory other(store, clock, k_cheap);
  std::vector<std::thread> threads;
  std::atomic<int> done = 0;
  for (int t = 0; t < 2; ++t)
    threads.emplace_back([&, t] {
      auto& d = t == 0 ? directory : other;
      for (int i = 0; i < 20; ++i)
        done += block_on(runtime.home(static_cast<std::size_t>(t)),
                         d.add_account("u" + std::to_string(i * 2 + t) + "@example.org", "x"))
                    .has_value();
    });
  for (auto& t : threads) t.join();
  EXPECT_EQ(done, 40);
  std::set<std::uint64_t> ids;
  for (const auto& name : ok(directory.accounts(""))) ids.insert(ok(directory.account(name)).id.value);
  EXPECT_EQ(ids.size(), 41U) << "no id twice";
}

TEST(Records, RowsRoundTripAndBrokenOnesAreCorrupt) {
  Credentials row;
  row.name = "ann@example.org";
  row.id = model::AccountId(7);
  row.changes = 300;
  row.enabled = false;
  row.last_device = 9;
  row.password = "$argon2id$…";
  row.scram = ScramVerifier{4096, "salt", "stored", "server"};
  row.devices.push_back({model::DeviceId(9), "laptop", imap, 1'800'000'000, "hash", {}});
  const auto bytes = encode(row);
  const auto back = decode_account(row.name, bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(encode(*back), bytes);
  EXPECT_EQ(back->devices.at(0).name, "laptop");
  EXPECT_EQ(back->scram->server_key, "server");
  for (std::size_t n = 0; n < bytes.size(); ++n)
    EXPECT_FALSE(decode_account("", std::string_view(bytes).substr(0, n))) << n;
  EXPECT_FALSE(decode_account("", bytes + "x"));
  EXPECT_FALSE(decode_account("", "\x02" + bytes.substr(1)));
  EXPECT_EQ(address_of_key(k_accounts, address_key(k_accounts, "a/b@example.org")), "a/b@example.org");
}

}  // namespace
}  // namespace mailstead::auth
