#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "account/account_fixture.h"
#include "account/account_impl.h"
#include "base/random.h"
#include "model/view.h"
#include "runtime/group.h"

namespace mailstead::account {
namespace {

Row row(std::uint32_t uid, std::uint64_t modseq) {
  Row r{};
  r.uid = uid;
  r.modseq = modseq;
  return r;
}

// Against a map, with changes in any order and questions about any past.
TEST(Rows, ChangeAsAMapDoes) {
  const auto seed = random_u64();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  const auto pick = [&](std::uint64_t n) { return static_cast<std::uint32_t>(random() % n); };
  for (int round = 0; round < 8; ++round) {
    Rows rows;
    std::map<std::uint32_t, std::uint64_t> model;
    std::uint64_t version = 100;
    std::vector<Row> first;
    for (std::uint32_t uid = 1; uid < 50; uid += 1 + pick(3)) {
      first.push_back(row(uid, 1 + pick(100)));
      model[uid] = first.back().modseq;
    }
    AccountState::set(rows, first, version);
    for (int step = 0; step < 300; ++step) {
      ++version;
      std::map<std::uint32_t, Row> put;
      std::vector<std::uint32_t> gone, want_gone;
      for (auto n = pick(step % 50 == 0 ? 2000 : 8); n > 0; --n) {
        const auto uid = 1 + pick(step % 50 == 0 ? 5000 : 100);
        put[uid] = row(uid, version);
      }
      for (auto n = pick(6); n > 0; --n)
        if (const auto uid = 1 + pick(110); std::find(gone.begin(), gone.end(), uid) == gone.end()) gone.push_back(uid);
      std::vector<Row> shuffled;
      for (const auto& [uid, r] : put) shuffled.push_back(r), model[uid] = version;
      if (pick(2) == 0) std::shuffle(shuffled.begin(), shuffled.end(), random);
      for (const auto uid : gone)
        if (model.erase(uid) > 0) want_gone.push_back(uid);
      std::sort(want_gone.begin(), want_gone.end());
      const auto left = AccountState::change(rows, shuffled, gone);
      std::vector<std::uint32_t> got_gone;
      for (const auto& r : left) got_gone.push_back(r.uid);
      ASSERT_EQ(got_gone, want_gone);
      ASSERT_EQ(rows.size(), model.size());
      std::size_t i = 0;
      for (const auto& [uid, modseq] : model) {
        ASSERT_EQ(rows.at(i).uid, uid);
        ASSERT_EQ(rows.at(i).modseq, modseq);
        ++i;
      }
      for (const std::uint64_t after :
           {version, version - 1, version - pick(20), version - pick(100), std::uint64_t{0}}) {
        std::vector<std::size_t> want;
        i = 0;
        for (const auto& [uid, modseq] : model) {
          if (modseq > after) want.push_back(i);
          ++i;
        }
        ASSERT_EQ(rows.changed_since(after), want) << version << " after " << after;
      }
    }
  }
}

TEST(RowsIn, WalksTheSetFromAUid) {
  Rows rows;
  std::vector<Row> all;
  for (std::uint32_t uid = 2; uid <= 40; uid += 2) all.push_back(row(uid, 1));
  AccountState::set(rows, all, 1);
  UidSet set;
  for (const auto& [first, last] : {std::pair(1U, 3U), std::pair(5U, 5U), std::pair(8U, 12U), std::pair(40U, 90U)})
    set.insert(Uid(first), Uid(last));
  const auto walk = [&](std::uint32_t from) {
    std::vector<std::uint32_t> out;
    for (RowsIn in(rows, set, from); const Row* r = in.next();) out.push_back(r->uid);
    return out;
  };
  EXPECT_EQ(walk(0), (std::vector<std::uint32_t>{2, 8, 10, 12, 40}));
  EXPECT_EQ(walk(9), (std::vector<std::uint32_t>{10, 12, 40}));
  EXPECT_EQ(walk(41), std::vector<std::uint32_t>{});
}

struct Session : Observer {
  model::View view;
  MailboxId mailbox{};
  int deleted = 0;
  void on_expunged(MailboxId id, std::span<const Row> gone) override {
    if (id == mailbox)
      for (const auto& r : gone) view.note_expunged(Uid(r.uid));
  }
  void on_changed(std::optional<MailboxId>) override {}
  void on_deleted(MailboxId id) override { deleted += id == mailbox ? 1 : 0; }
};

// A node that slept through more than the history that is left reads everything anew; its sessions go on.
TEST_F(AccountTest, HandlesOutliveAReload) {
  Registry second(rt, store, clock, settings);
  const auto a = open(), b = open(second);
  append(a, "INBOX", {message("1\r\n"), message("2\r\n"), message("3\r\n")});
  ASSERT_TRUE(run(a->create("gone", {}, k_actor)));
  catch_up(b);
  const auto inbox = rows(b, "INBOX"), gone = rows(b, "gone");
  Session session, other;
  session.mailbox = inbox->mailbox->id;
  other.mailbox = gone->mailbox->id;
  session.view.announce(*inbox->rows);
  b->observe(&session);
  b->observe(&other);
  ASSERT_TRUE(run(a->expunge(session.mailbox, set_of({2}), false, k_actor)));
  append(a, "INBOX", {message("4\r\n")});
  ASSERT_TRUE(run(a->remove("gone", k_actor)));
  ASSERT_TRUE(run(store.trim(partition, a->version())));
  append(a, "INBOX", {message("5\r\n")});
  catch_up(b);
  EXPECT_EQ(session.view.exists(*inbox->rows), 3U);
  EXPECT_TRUE(session.view.is_pending(Uid(2)));
  EXPECT_EQ(session.view.take_expunges(*inbox->rows), (std::vector{model::SeqNum(2)}));
  EXPECT_EQ(session.view.announce(*inbox->rows), 4U);
  EXPECT_EQ(inbox->mailbox->messages, 4U);
  EXPECT_EQ(rows(b, "INBOX"), inbox);
  EXPECT_EQ(session.deleted, 0);
  EXPECT_EQ(other.deleted, 1);
  b->unobserve(&session);
  b->unobserve(&other);
  recount(b);
}

TEST_F(AccountTest, SessionsLeaveAMailboxThatBecomesALevelOrIsErased) {
  const auto a = open();
  ASSERT_TRUE(run(a->create("a/b", {}, k_actor)));
  const auto handle = rows(a, "a"), inbox = rows(a, "INBOX");
  Session session, other;
  session.mailbox = handle->mailbox->id;
  other.mailbox = inbox->mailbox->id;
  a->observe(&session);
  a->observe(&other);
  ASSERT_TRUE(run(a->remove("a", k_actor)));
  EXPECT_EQ(session.deleted, 1);
  EXPECT_EQ(other.deleted, 0);
  ASSERT_TRUE(run(registry.erase(model::AccountId(1))));
  EXPECT_EQ(other.deleted, 1);
  // Nothing comes back by one who still has the account in hand.
  EXPECT_EQ(run(a->create("x", {}, k_actor)).error().code, Errc::unavailable);
  a->unobserve(&session);
  a->unobserve(&other);
}

TEST_F(AccountTest, RestoresWhatAnotherNodeHasJustRemoved) {
  Registry other(rt, store, clock, settings);
  const auto a = open(), b = open(other);
  append(a, "INBOX", {message("Subject: x\r\n\r\n")});
  ASSERT_TRUE(run(a->expunge(a->find("INBOX")->id, std::nullopt, false, k_actor)));
  const auto removed = run(b->removed(0, 10));
  ASSERT_EQ(removed->size(), 1U);
  EXPECT_EQ(run(b->restore({removed->front().number}, k_actor)), 1U);
  EXPECT_EQ(b->find("INBOX")->messages, 1U);
  recount(b);
}

TEST_F(AccountTest, IsErasedWhileAnExpungeIsUnderWay) {
  const auto a = open();
  for (int n = 0; n < 9; ++n)  // more than an expunge looks at in one go
    append(a, "INBOX", std::vector<NewMessage>(500, message("Subject: x\r\n\r\n")));
  append(a, "INBOX", {message("Subject: y\r\n\r\n", {"\\Deleted"})});
  Group group;
  bool refused = false, ended = false;
  const auto expunge = [&]() -> Task<void> {
    const auto gone = co_await a->expunge(a->find("INBOX")->id, std::nullopt, true, k_actor);
    refused = !gone && gone.error().code == Errc::unavailable;
    ended = true;
  };
  const auto erase = [&]() -> Task<bool> {
    group.spawn(expunge());
    EXPECT_FALSE(ended);
    co_return (co_await registry.erase(model::AccountId(1))).has_value();
  };
  EXPECT_TRUE(run(erase()));
  group.wait_blocking();
  EXPECT_TRUE(refused);
}

// A mailbox that is open and grows takes no more than it must.
TEST(Rows, AMillionAndWhatArrivesStayBelow64Megabytes) {
  constexpr std::uint32_t k_million = 1'000'000;
  std::vector<Row> all;
  all.reserve(k_million);
  for (std::uint32_t uid = 1; uid <= k_million; ++uid) all.push_back(row(uid, 1));
  Rows rows;
  AccountState::set(rows, std::move(all), 1);
  EXPECT_LT(rows.bytes(), 49'000'000U);
  std::size_t moved = 0, capacity = 0;
  for (std::uint32_t n = 1; n <= 100'000; ++n) {
    AccountState::change(rows, {row(k_million + n, 1 + n)}, {});
    if (rows.bytes() / sizeof(Row) != capacity) ++moved;
    capacity = rows.bytes() / sizeof(Row);
  }
  EXPECT_EQ(rows.size(), k_million + 100'000);
  EXPECT_LT(rows.bytes(), 64'000'000U);
  EXPECT_LT(moved, 60U);  // with the tail of changes, which comes and goes
  EXPECT_EQ(rows.at(rows.size() - 1).uid, k_million + 100'000);
}

}  // namespace
}  // namespace mailstead::account
