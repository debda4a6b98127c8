// RFC 5257: what annotations of messages go through with their message.
#include "account/account_fixture.h"
#include "account/check.h"
#include "account/keys.h"

namespace mailstead::account {
namespace {

using Changes = std::vector<model::MessageAnnotation>;

constexpr const char* k_ann = "ann@example.org";
constexpr const char* k_bela = "bela@example.org";

struct MessageAnnotationsTest : AccountTest {
  Result<Stored> set(const AccountRef& a, std::string_view mailbox, UidSet uids, Changes changes,
                     std::string user = k_ann, std::optional<ModSeq> since = std::nullopt) {
    return run(a->store_annotations(a->find(mailbox)->id, {std::move(uids), std::move(changes), std::move(user), since},
                                    k_actor));
  }
  std::string all(const AccountRef& a, MailboxId mailbox, std::string user = k_ann) {
    const auto found = run(a->message_annotations(mailbox, UidSet(Uid(1), Uid(UINT32_MAX)), std::move(user)));
    if (!found) return "error";
    std::string out;
    for (const auto& m : *found) {
      out += std::to_string(m.uid);
      for (const auto& n : m.annotations) out += (n.shared ? " s" : " p") + n.entry + "=" + *n.value;
      out += ";";
    }
    return out;
  }
  std::string all(const AccountRef& a, std::string_view mailbox, std::string user = k_ann) {
    return all(a, a->find(mailbox)->id, std::move(user));
  }
  std::size_t findings() { return run(check_accounts(store))->size(); }
};

TEST_F(MessageAnnotationsTest, SharedAndPrivate) {
  const auto a = open();
  append(a, "INBOX", {message("1"), message("2"), message("3")});
  const auto before = rows(a, "INBOX")->rows->at(0).modseq;
  const auto stored = set(a, "INBOX", set_of({1, 3}), {{"/comment", true, "s"}, {"/comment", false, "p"}});
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->changed, (std::vector{Uid(1), Uid(3)}));
  EXPECT_GT(rows(a, "INBOX")->rows->at(0).modseq, before);
  EXPECT_EQ(rows(a, "INBOX")->rows->at(1).modseq, before);
  ASSERT_TRUE(set(a, "INBOX", set_of({1}), {{"/altsubject", false, ""}}, k_bela));
  EXPECT_EQ(all(a, "INBOX"), "1 p/comment=p s/comment=s;3 p/comment=p s/comment=s;");
  EXPECT_EQ(all(a, "INBOX", k_bela), "1 p/altsubject= s/comment=s;3 s/comment=s;");
  // The same again changes nothing; nor does taking away what is not there.
  EXPECT_TRUE(set(a, "INBOX", set_of({1}), {{"/comment", true, "s"}, {"/x", true, {}}})->changed.empty());
  ASSERT_TRUE(set(a, "INBOX", set_of({1, 2, 3}), {{"/comment", true, {}}, {"/comment", false, {}}}));
  EXPECT_EQ(all(a, "INBOX"), "");
  EXPECT_EQ(all(a, "INBOX", k_bela), "1 p/altsubject=;");
  const auto now = ModSeq(a->find("INBOX")->highest_modseq);
  ASSERT_TRUE(set(a, "INBOX", set_of({2}), {{"/comment", true, "2"}}));
  const auto some = set(a, "INBOX", set_of({1, 2}), {{"/comment", true, "3"}}, k_ann, now);
  EXPECT_EQ(some->modified, std::vector{Uid(2)});
  EXPECT_EQ(some->changed, std::vector{Uid(1)});
  recount(a);
  EXPECT_EQ(findings(), 0U);
}

TEST_F(MessageAnnotationsTest, OtherNodesLearn) {
  struct Heard : Observer {
    void on_expunged(MailboxId, std::span<const Row>) override {}
    void on_changed(std::optional<MailboxId>) override {}
    void on_deleted(MailboxId) override {}
    void on_message_annotated(MailboxId, Uid uid, const std::string& user,
                              const std::vector<std::string>& entries) override {
      for (const auto& e : entries) out += std::to_string(uid.value) + user + e + ";";
    }
    std::string out;
  } heard;
  const auto a = open();
  append(a, "INBOX", {message("1")});
  Registry other{rt, store, clock, settings};
  const auto b = open(other);
  run([](AccountRef x, Observer* o) -> Task<void> {
    x->observe(o);
    co_return;
  }(b, &heard));
  ASSERT_TRUE(set(a, "INBOX", set_of({1}), {{"/comment", true, "s"}, {"/altsubject", false, "p"}}));
  catch_up(b);
  EXPECT_EQ(heard.out, "1ann@example.org/altsubject;1/comment;");
  EXPECT_EQ(all(b, "INBOX"), "1 p/altsubject=p s/comment=s;");
  run([](AccountRef x, Observer* o) -> Task<void> {
    x->unobserve(o);
    co_return;
  }(b, &heard));
}

TEST_F(MessageAnnotationsTest, GoWithTheirMessage) {
  const auto a = open();
  append(a, "INBOX", {message("1"), message("2")});
  ASSERT_TRUE(set(a, "INBOX", set_of({1}), {{"/comment", true, "s"}, {"/comment", false, "p"}}));
  ASSERT_TRUE(set(a, "INBOX", set_of({1}), {{"/comment", false, "b"}}, k_bela));
  const auto inbox = a->find("INBOX")->id, archive = a->find("Archive")->id, sent = a->find("Sent")->id;
  // A copy: the shared ones and one user's.
  ASSERT_TRUE(run(a->copy(inbox, set_of({1, 2}), archive, k_actor, {.private_of = k_ann})));
  EXPECT_EQ(all(a, archive), "1 p/comment=p s/comment=s;");
  EXPECT_EQ(all(a, archive, k_bela), "1 s/comment=s;");
  ASSERT_TRUE(run(a->copy(inbox, set_of({1}), sent, k_actor, {.shared = false, .private_of = k_ann})));
  ASSERT_TRUE(run(a->copy(inbox, set_of({1}), sent, k_actor, {.private_of = ""})));
  EXPECT_EQ(all(a, sent), "1 p/comment=p;2 s/comment=s;");
  // They move; and what is removed has them in Recently removed, and when it is back.
  ASSERT_TRUE(run(a->move(archive, set_of({1}), sent, k_actor, {.private_of = k_ann})));
  EXPECT_EQ(all(a, archive), "");
  EXPECT_EQ(all(a, sent), "1 p/comment=p;2 s/comment=s;3 p/comment=p s/comment=s;");
  ASSERT_TRUE(run(a->expunge(inbox, set_of({1, 2}), false, k_actor)));
  EXPECT_EQ(all(a, inbox, k_bela), "");
  EXPECT_EQ(all(a, k_removed_mailbox, k_bela), "1 p/comment=b s/comment=s;");
  EXPECT_EQ(findings(), 0U);
  ASSERT_TRUE(run(a->restore({1, 2}, k_actor)));
  EXPECT_EQ(all(a, inbox, k_bela), "3 p/comment=b s/comment=s;");
  EXPECT_EQ(all(a, k_removed_mailbox), "");
  // All of a mailbox, by RENAME INBOX and DELETE; and freed.
  ASSERT_TRUE(run(a->rename("INBOX", "old", k_actor)));
  EXPECT_EQ(all(a, inbox), "");
  EXPECT_EQ(all(a, "old", k_bela), "1 p/comment=b s/comment=s;");
  EXPECT_EQ(all(a, "old"), "1 p/comment=p s/comment=s;");
  ASSERT_TRUE(run(a->rename("old", "older", k_actor)));
  EXPECT_EQ(all(a, "older"), "1 p/comment=p s/comment=s;");
  ASSERT_TRUE(run(a->remove("older", k_actor)));
  EXPECT_NE(all(a, k_removed_mailbox), "");
  EXPECT_EQ(findings(), 0U);
  ASSERT_TRUE(run(a->purge(INT64_MAX, 1000)));
  EXPECT_EQ(all(a, k_removed_mailbox), "");
  EXPECT_EQ(findings(), 0U);
  recount(a);
}

TEST_F(MessageAnnotationsTest, Appended) {
  const auto a = open();
  auto m = message("1");
  m.annotations = {{"/comment", true, "s"}, {"/comment", false, "p"}, {"/altsubject", true, {}}};
  m.annotator = k_ann;
  append(a, "INBOX", {message("0"), m});
  EXPECT_EQ(all(a, "INBOX"), "2 p/comment=p s/comment=s;");
  EXPECT_EQ(all(a, "INBOX", k_bela), "2 s/comment=s;");
  EXPECT_EQ(findings(), 0U);
}

TEST_F(MessageAnnotationsTest, LimitsLeaveAllAsItWas) {
  const auto a = open();
  append(a, "INBOX", {message("1")});
  const auto error = [&](Changes changes, std::string user = k_ann) {
    const auto done = set(a, "INBOX", set_of({1}), std::move(changes), std::move(user));
    return done ? std::string() : std::string(to_string(done.error().code));
  };
  const auto many = [](std::size_t n, std::size_t octets, std::size_t from = 0) {
    Changes out;
    for (std::size_t i = from; i < from + n; ++i)
      out.push_back({"/vendor/x/" + std::to_string(i), false, std::string(octets, 'x')});
    return out;
  };
  const std::string too_big(to_string(Errc::too_big)), full(to_string(Errc::full));
  EXPECT_EQ(error({{"/comment", true, std::string(limits::k_annotation_value_bytes + 1, 'x')}}), too_big);
  EXPECT_EQ(error({{"/comment", true, std::string(limits::k_annotation_value_bytes, 'x')}}), "");
  EXPECT_EQ(error(many(limits::k_annotations + 1, 1)), full);
  EXPECT_EQ(error(many(limits::k_annotations, 1)), "");
  EXPECT_EQ(error(many(1, 1, 99)), full);
  EXPECT_EQ(error(many(10, 1024)), "");  // §4.1
  EXPECT_EQ(error(many(6, 8192)), full);
  // One user's leave the others' room, as far as all of them together may go.
  std::size_t users = 0;
  while (users < 20 && error(many(5, 8192), "user" + std::to_string(users)).empty()) ++users;
  EXPECT_EQ(users, 5U);
  EXPECT_EQ(error(many(5, 8192), "one more"), full);
  EXPECT_EQ(findings(), 0U);
}

// More than one commit has room for: fewer messages each.
TEST_F(MessageAnnotationsTest, ManyGoInSeveralCommits) {
  const auto a = open();
  std::vector<NewMessage> messages(60, message("x"));
  append(a, "INBOX", messages);
  Changes big;
  for (int i = 0; i < 5; ++i) big.push_back({"/vendor/x/" + std::to_string(i), true, std::string(8192, 'x')});
  const UidSet uids(Uid(1), Uid(60));
  ASSERT_EQ(set(a, "INBOX", uids, big)->changed.size(), 60U);
  const auto inbox = a->find("INBOX")->id, archive = a->find("Archive")->id;
  const auto copied = run(a->copy(inbox, uids, archive, k_actor));
  ASSERT_TRUE(copied);
  EXPECT_EQ(copied->to.size(), 60U);
  EXPECT_EQ(all(a, inbox), all(a, archive));
  ASSERT_TRUE(run(a->expunge(archive, std::nullopt, false, k_actor)));
  EXPECT_EQ(all(a, inbox), all(a, k_removed_mailbox));
  std::vector<std::uint64_t> numbers;
  for (std::uint64_t n = 1; n <= 60; ++n) numbers.push_back(n);
  EXPECT_EQ(*run(a->restore(numbers, k_actor)), 60U);
  EXPECT_EQ(findings(), 0U);
}

TEST_F(MessageAnnotationsTest, CheckFindsWhatBelongsToNothing) {
  const auto a = open();
  append(a, "INBOX", {message("1")});
  const auto inbox = a->find("INBOX")->id.value;
  ASSERT_TRUE(set(a, "INBOX", set_of({1}), {{"/comment", true, "s"}}));
  ASSERT_EQ(findings(), 0U);
  const auto good = encode_annotations({{"/comment", "x"}});
  write({{store::Op::put, annotations_key(inbox, 2, ""), good}});
  write({{store::Op::put, annotations_key(k_removed_mailbox.value, 7, ""), good}});
  write({{store::Op::put, annotations_key(inbox, 1, k_bela), "?"}});
  EXPECT_EQ(findings(), 3U);
}

}  // namespace
}  // namespace mailstead::account
