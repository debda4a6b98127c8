// RFC 4314: who may do what with a mailbox, as the account keeps it.
#include "account/account_fixture.h"
#include "account/check.h"

namespace mailstead::account {
namespace {

struct SharingTest : AccountTest {
  Result<> set(const AccountRef& a, std::string_view mailbox, std::string identifier, std::string_view letters) {
    const auto rights = *model::parse_rights(letters);
    return run(
        a->share(a->find(mailbox)->id, std::move(identifier), [rights](model::Rights) { return rights; }, k_actor));
  }
  static std::string all(const AccountRef& a, std::string_view mailbox) {
    std::string out;
    for (const auto& [identifier, rights] : a->sharing(a->find(mailbox)->id))
      out += identifier + "=" + model::to_string(rights) + ";";
    return out;
  }
};

TEST_F(SharingTest, IsKeptWithTheMailbox) {
  const auto a = open();
  ASSERT_TRUE(run(a->create("Team", std::nullopt, k_actor)));
  ASSERT_TRUE(set(a, "Team", "b@example.org", "lr"));
  ASSERT_TRUE(set(a, "Team", "anyone", "l"));
  const auto version = a->version();
  ASSERT_TRUE(set(a, "Team", "anyone", "l"));
  EXPECT_EQ(a->version(), version);  // nothing new
  ASSERT_TRUE(run(a->create("Team/a/b", std::nullopt, k_actor)));
  EXPECT_EQ(all(a, "Team/a"), "anyone=l;b@example.org=lr;");
  EXPECT_EQ(all(a, "Team/a/b"), "anyone=l;b@example.org=lr;");
  ASSERT_TRUE(set(a, "Team", "anyone", ""));
  ASSERT_TRUE(run(a->rename("Team", "Staff", k_actor)));
  EXPECT_EQ(all(a, "Staff"), "b@example.org=lr;");
  EXPECT_EQ(all(a, "Staff/a"), "anyone=l;b@example.org=lr;");
  Registry other{rt, store, clock, settings};
  EXPECT_EQ(all(open(other), "Staff"), "b@example.org=lr;");
  ASSERT_TRUE(run(a->remove("Staff/a/b", k_actor)));
  ASSERT_TRUE(run(a->create("Staff/a/b", std::nullopt, k_actor)));
  EXPECT_EQ(all(a, "Staff/a/b"), "anyone=l;b@example.org=lr;");
  EXPECT_EQ(all(a, "INBOX"), "");
  for (const auto& f : *run(check_accounts(store))) ADD_FAILURE() << f.where << ": " << f.what;
}

TEST_F(SharingTest, HasALimit) {
  const auto a = open();
  for (std::size_t i = 0; i < k_identifiers_max; ++i)
    ASSERT_TRUE(set(a, "INBOX", std::to_string(i) + "@example.org", "l"));
  EXPECT_EQ(set(a, "INBOX", "more@example.org", "l").error().code, Errc::full);
  EXPECT_TRUE(set(a, "INBOX", "1@example.org", "lr"));
}

TEST_F(SharingTest, HistoryTellsOfIt) {
  const auto a = open();
  ASSERT_TRUE(set(a, "INBOX", "b@example.org", "lr"));
  const auto history = *run(a->history({}));
  ASSERT_FALSE(history.entries.empty());
  EXPECT_EQ(history.entries.back().kind, "share");
  EXPECT_EQ(history.entries.back().what, HistoryEntry::settings);
}

TEST_F(SharingTest, FlagsThatMayNotBeChangedStay) {
  const auto a = open();
  NewMessage m{};
  const std::string text = "A: b\r\n\r\nx\r\n";
  m.content = text;
  m.flags = {"\\Seen", "\\Flagged"};
  std::vector<NewMessage> one{m};
  const auto inbox = a->find("INBOX")->id;
  ASSERT_TRUE(run(a->append(inbox, one, k_actor)));
  UidSet all;
  all.insert(Uid(1));
  std::vector<FlagStore> stores{{all, FlagChange::set, {"\\Deleted", "\\Draft"}, std::nullopt, model::k_draft}};
  ASSERT_TRUE(run(a->store_flags(inbox, stores, k_actor)).front());
  const auto opened = *run(a->open(inbox));
  EXPECT_EQ(opened->rows->at(0).flags, (model::k_seen | model::k_flagged | model::k_draft).bits);
  const auto archive = a->find("Archive")->id;
  ASSERT_TRUE(run(a->copy(inbox, all, archive, k_actor, Keep{model::k_seen})));
  const auto copied = *run(a->open(archive));
  EXPECT_EQ(copied->rows->at(0).flags, model::k_seen.bits);
}

}  // namespace
}  // namespace mailstead::account
