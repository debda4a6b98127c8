#include "account/account_fixture.h"
#include "account/account_impl.h"
#include "base/ascii.h"
#include "store/fault_store.h"

namespace mailstead::account {
namespace {

using Numbers = std::vector<std::uint32_t>;
using model::Column;

struct DigestsTest : AccountTest {
  static constexpr std::size_t k_max = 64 * 1024;
  KeptMailboxes kept{1 << 20};
  KeptDigests kept_digests{k_max, Alone::let_go};
  Background background;
  store::FaultStore faults{store};
  std::shared_ptr<AccountImpl> impl = std::make_shared<AccountImpl>(rt.home(0), rt.cpu(), faults, clock, settings, kept,
                                                                    kept_digests, background, model::AccountId(1));
  const AccountRef account = impl;

  void SetUp() override { ASSERT_TRUE(run(impl->load(true))); }
  void deliver(std::size_t from, std::size_t to, std::string_view mailbox = "INBOX") {
    for (auto i = from; i < to; i += 100) {
      std::vector<std::string> texts;
      for (auto n = i; n < std::min(to, i + 100); ++n) texts.push_back(cat("Subject: number ", n, "\r\n\r\nx\r\n"));
      std::vector<NewMessage> messages;
      for (const auto& t : texts) messages.push_back(message(t));
      append(account, mailbox, std::move(messages));
    }
  }
  static Numbers all(const MailboxRef& m) {
    Numbers out;
    for (std::size_t i = 0; i < m->rows->size(); ++i) out.push_back(m->rows->uid_at(i));
    return out;
  }
  Task<model::DigestsRef> digests(MailboxRef m) { co_return account->digests(*m); }
  Task<Result<model::DigestsRef>> filled(MailboxRef m, Numbers uids) {
    auto out = account->digests(*m);
    CO_TRY_VOID(co_await account->digest(m, out, uids));
    co_return out;
  }
  // By UID.
  Task<std::vector<std::string>> subjects(model::DigestsRef d, Numbers uids) {
    std::vector<std::string> out;
    for (const auto place : d->places(uids))
      out.push_back(place == model::Digests::k_none ? "none" : std::string(d->text(Column::subject, place)));
    co_return out;
  }
};

TEST_F(DigestsTest, ReadOnceAndOnlyWhatIsMissing) {
  deliver(1, 101);
  const auto inbox = rows(account, "INBOX");
  faults.set({});
  auto d = *run(filled(inbox, {3, 50}));
  EXPECT_EQ(d->size(), 2U);
  EXPECT_EQ(run(subjects(d, {2, 3, 50})), (std::vector<std::string>{"none", "NUMBER 3", "NUMBER 50"}));
  d = *run(filled(inbox, all(inbox)));
  EXPECT_EQ(d->size(), 100U);
  const auto calls = faults.calls();
  d = *run(filled(inbox, all(inbox)));
  EXPECT_EQ(faults.calls(), calls);
  deliver(101, 103);
  d = *run(filled(inbox, all(inbox)));
  EXPECT_EQ(d->size(), 102U);
  EXPECT_EQ(run(subjects(d, {1, 102})), (std::vector<std::string>{"NUMBER 1", "NUMBER 102"}));
}

// Contents that lie apart, twice in the mailbox, in another order than the UIDs; summaries that are missing.
TEST_F(DigestsTest, WhereverTheContentsLie) {
  deliver(1, 301, "Archive");
  const auto archive = rows(account, "Archive");
  const auto to = account->find("INBOX")->id;
  for (const auto u : {300U, 1U, 200U, 1U, 100U, 7U})
    ASSERT_TRUE(run(account->copy(archive->mailbox->id, set_of({u}), to, k_actor)));
  const auto inbox = rows(account, "INBOX");
  write({{store::Op::del, summary_key(inbox->rows->at(2).content), ""},
         {store::Op::put, summary_key(inbox->rows->at(5).content), "\x01 broken"}});
  const auto d = *run(filled(inbox, all(inbox)));
  EXPECT_EQ(run(subjects(d, all(inbox))),
            (std::vector<std::string>{"NUMBER 300", "NUMBER 1", "NUMBER 200", "NUMBER 1", "NUMBER 100", "NUMBER 7"}));
  // All of a mailbox, in their order.
  write({{store::Op::del, summary_key(archive->rows->at(0).content), ""},
         {store::Op::del, summary_key(archive->rows->at(299).content), ""}});
  const auto e = *run(filled(archive, all(archive)));
  const auto found = run(subjects(e, all(archive)));
  for (std::size_t i = 0; i < 300; ++i) EXPECT_EQ(found[i], cat("NUMBER ", i + 1));
}

TEST_F(DigestsTest, AFailureIsToldAndTheNextTimeGoesOn) {
  deliver(1, 51);
  const auto inbox = rows(account, "INBOX");
  faults.set({.fail_call = 1});
  EXPECT_EQ(run(filled(inbox, all(inbox))).error().code, Errc::unavailable);
  EXPECT_EQ((*run(filled(inbox, all(inbox))))->size(), 50U);
}

TEST_F(DigestsTest, AreLetGoWhenTheyTakeTooMuchOrNobodyAsks) {
  deliver(1, 101);
  deliver(1, 2001, "Archive");
  const auto inbox = rows(account, "INBOX"), archive = rows(account, "Archive");
  EXPECT_EQ((*run(filled(inbox, all(inbox))))->size(), 100U);
  EXPECT_GT(kept_digests.bytes(), 0U);
  EXPECT_FALSE(inbox->digests.expired());
  {
    const auto big = *run(filled(archive, all(archive)));
    EXPECT_EQ(big->size(), 2000U) << "complete for who asks";
    EXPECT_GT(big->bytes(), k_max);
    EXPECT_LE(kept_digests.bytes(), k_max);
  }
  EXPECT_TRUE(archive->digests.expired()) << "too much to be kept";
  EXPECT_EQ((*run(filled(inbox, all(inbox))))->size(), 100U);
  kept_digests.age();
  EXPECT_FALSE(inbox->digests.expired());
  kept_digests.age();
  EXPECT_TRUE(inbox->digests.expired());
  EXPECT_EQ(kept_digests.bytes(), 0U);
}

TEST_F(DigestsTest, AreMadeAnewWhenMostMessagesHaveLeft) {
  deliver(1, 1501);
  const auto inbox = rows(account, "INBOX");
  kept_digests.age();
  const auto d = *run(filled(inbox, all(inbox)));
  model::NumSet<Uid> gone(Uid(1), Uid(1400));
  ASSERT_TRUE(run(account->expunge(inbox->mailbox->id, gone, false, k_actor)));
  const auto e = *run(filled(inbox, all(inbox)));
  EXPECT_EQ(e->size(), 100U);
  EXPECT_EQ(run(subjects(e, {1401, 1500})), (std::vector<std::string>{"NUMBER 1401", "NUMBER 1500"}));
}

}  // namespace
}  // namespace mailstead::account
