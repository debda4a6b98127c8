// RFC 5464 §4.1: what annotations go through with their mailbox.
#include "account/account_fixture.h"
#include "account/check.h"

namespace mailstead::account {
namespace {

struct AnnotationsTest : AccountTest {
  using Changes = std::vector<std::pair<std::string, std::optional<std::string>>>;

  Result<> set(const AccountRef& a, std::optional<MailboxId> of, Changes changes) {
    return run(a->annotate(of, std::move(changes), k_actor));
  }
  std::string all(const AccountRef& a, std::optional<MailboxId> of) {
    std::string out;
    const auto found = run(a->annotations(of));
    if (!found) return "error";
    for (const auto& [name, value] : *found) out += name + "=" + value + ";";
    return out;
  }
};

TEST_F(AnnotationsTest, OfMailboxesAndTheAccount) {
  const auto a = open();
  const auto inbox = a->find("INBOX")->id;
  ASSERT_TRUE(set(a, inbox, {{"/shared/b", "1"}, {"/private/a", std::string("x\0y", 3)}}));
  ASSERT_TRUE(set(a, std::nullopt, {{"/shared/b", ""}}));
  EXPECT_EQ(all(a, inbox), std::string("/private/a=x\0y;/shared/b=1;", 27));
  EXPECT_EQ(all(a, std::nullopt), "/shared/b=;");
  EXPECT_EQ(all(a, a->find("Archive")->id), "");
  ASSERT_TRUE(set(a, inbox, {{"/private/a", std::nullopt}, {"/never", std::nullopt}, {"/shared/b", "2"}}));
  EXPECT_EQ(all(a, inbox), "/shared/b=2;");
  EXPECT_EQ(set(a, MailboxId(999), {{"/x", "1"}}).error().code, Errc::not_found);
  Registry other{rt, store, clock, settings};
  EXPECT_EQ(all(open(other), inbox), "/shared/b=2;");
}

TEST_F(AnnotationsTest, LimitsLeaveAllAsItWas) {
  const auto a = open();
  Changes many;
  for (std::size_t i = 0; i < k_annotations_max; ++i) many.emplace_back("/shared/" + std::to_string(i), "x");
  ASSERT_TRUE(set(a, std::nullopt, many));
  EXPECT_EQ(set(a, std::nullopt, {{"/shared/0", "y"}, {"/shared/more", "x"}}).error().code, Errc::full);
  EXPECT_EQ(run(a->annotations(std::nullopt))->front().value, "x");
  EXPECT_TRUE(set(a, std::nullopt, {{"/shared/0", std::nullopt}, {"/shared/more", "x"}}));
  EXPECT_EQ(set(a, std::nullopt, {{"/shared/1", std::string(k_annotation_bytes_max + 1, 'x')}}).error().code,
            Errc::too_big);
  EXPECT_TRUE(set(a, std::nullopt, {{"/shared/1", std::string(k_annotation_bytes_max, 'x')}}));
}

TEST_F(AnnotationsTest, GoWithTheirMailbox) {
  const auto a = open();
  ASSERT_TRUE(run(a->create("x/y", {}, k_actor)));
  const auto x = a->find("x")->id, y = a->find("x/y")->id, inbox = a->find("INBOX")->id;
  for (const auto m : {x, y, inbox}) ASSERT_TRUE(set(a, m, {{"/shared/comment", "c"}}));
  ASSERT_TRUE(run(a->rename("x", "z", k_actor)));
  EXPECT_EQ(all(a, a->find("z/y")->id), "/shared/comment=c;");
  ASSERT_TRUE(run(a->remove("z", k_actor)));  // a level only, now
  EXPECT_EQ(all(a, x), "");
  ASSERT_TRUE(run(a->remove("z/y", k_actor)));
  EXPECT_EQ(all(a, y), "error");
  ASSERT_TRUE(run(a->create("z/y", {}, k_actor)));
  EXPECT_EQ(all(a, a->find("z/y")->id), "");
  ASSERT_TRUE(run(a->rename("INBOX", "old", k_actor)));
  EXPECT_EQ(all(a, a->find("old")->id), "/shared/comment=c;");
  EXPECT_EQ(all(a, inbox), "/shared/comment=c;");
}

}  // namespace
}  // namespace mailstead::account
