#include "delivery/pipeline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/ascii.h"
#include "base/limits.h"
#include "runtime/timer.h"
#include "store/fault_store.h"
#include "store/mem/mem_store.h"

namespace mailstead::delivery {
namespace {

constexpr auth::PasswordCost k_cheap{.argon2_passes = 1, .argon2_bytes = 8 * 1024, .scram_iterations = 4096};
const account::Actor k_test{"", "test", ""};

// Commits whose bytes for blobs it counts, and how many are under way at once.
class CountingStore : public store::FaultStore {
 public:
  using FaultStore::FaultStore;
  Task<Result<store::CommitOutcome>> commit(store::Commit commit) override {
    for (const auto& b : commit.blobs) {
      std::lock_guard lock(mutex);
      blobs.insert(b.id);
      octets.insert(b.content.data());
    }
    const auto now = ++under_way;
    most = std::max<int>(most, now);
    co_await sleep_ms(5);
    auto task = FaultStore::commit(std::move(commit));
    auto outcome = co_await std::move(task);
    --under_way;
    co_return outcome;
  }
  Task<Result<>> put_blob(store::BlobId id, std::string_view content) override {
    auto look = FaultStore::get_blob(id, 0, 1);
    if (!co_await std::move(look)) ++written;
    co_await sleep_ms(5);
    auto task = FaultStore::put_blob(id, content);
    co_return co_await std::move(task);
  }
  std::atomic<int> written = 0;  // blobs put that were not there
  std::mutex mutex;
  std::set<store::BlobId> blobs;
  std::set<const void*> octets;
  std::atomic<int> under_way = 0, most = 0;
};

struct Delivery : testing::Test {
  Runtime rt{2, 1, 1};
  ManualClock clock;
  store::MemStore mem{clock};
  CountingStore store{mem};
  auth::Directory directory{store, clock, k_cheap};
  account::Registry accounts{rt, store, clock, {}};
  Pipeline pipeline{directory, accounts, clock, "mx.example.org"};

  template <class T>
  T run(Task<T> task) {
    return block_on(rt.home(0), std::move(task));
  }
  void SetUp() override { ASSERT_TRUE(run(directory.add_domain("example.org"))); }
  account::AccountRef add(const std::string& name) {
    const auto id = *run(directory.add_account(name + "@example.org", "pw"));
    return *block_on(rt.home_of(id.value), accounts.open(id));
  }
  static Envelope envelope(std::vector<std::string> to, bool lmtp = false) {
    Envelope e;
    e.sender = "x@else.example";
    e.helo = "c.example";
    e.peer = "192.0.2.1";
    e.protocol = lmtp ? "LMTP" : "ESMTP";
    e.answer_each = lmtp;
    for (auto& t : to) e.recipients.push_back(t + "@example.org");
    return e;
  }
  std::string deliver(Envelope e, std::string_view content) {
    std::string out;
    for (const auto& r : run(pipeline.deliver(std::move(e), content)))
      append(out, r ? "ok" : to_string(r.error().code), ' ');
    return out;
  }
  static std::uint64_t inbox(const account::AccountRef& a) { return a->find("INBOX")->messages; }
  void quota(const account::AccountRef& a, std::uint64_t messages) {
    ASSERT_TRUE(block_on(a->home(), a->set_quota(0, messages, k_test)));
  }
};

TEST_F(Delivery, TwentyRecipientsShareOneBlobAndGoTogether) {
  std::vector<account::AccountRef> all;
  std::vector<std::string> to;
  for (int i = 0; i < 20; ++i) {
    to.push_back(cat("user", i));
    all.push_back(add(to.back()));
  }
  store.blobs.clear();
  store.octets.clear();
  store.most = 0;
  const auto out = deliver(envelope(to), "A: 1\r\n\r\nx\r\n");
  EXPECT_EQ(out.size(), 20 * 3U) << out;
  for (const auto& a : all) EXPECT_EQ(inbox(a), 1U);
  EXPECT_EQ(store.blobs.size(), 1U);
  EXPECT_EQ(store.octets.size(), 1U);  // one copy in memory
  EXPECT_GT(store.most, 10);           // one after the other it would be 1
}

TEST_F(Delivery, LargeContentIsStoredOnceForAllWhoTakeIt) {
  const auto ann = add("ann"), bob = add("bob"), cid = add("cid");
  const std::string large(account::k_store_ahead, 'x');
  EXPECT_EQ(deliver(envelope({"ann", "bob", "cid"}, true), large), "ok ok ok ");
  EXPECT_EQ(store.written, 1);
  EXPECT_EQ(inbox(cid), 1U);
  quota(bob, 1);
  quota(cid, 1);
  EXPECT_EQ(deliver(envelope({"bob", "cid"}, true), large), "over_quota over_quota ");
  EXPECT_EQ(store.written, 1) << "nobody has room: nothing is written";
  EXPECT_EQ(deliver(envelope({"ann", "bob"}), large), "ok over_quota ");
  EXPECT_EQ(store.written, 2) << "for ann";
  EXPECT_EQ(deliver(envelope({"ann", "bob"}), large), "ok over_quota ");
  EXPECT_EQ(store.written, 2) << "ann has it already";
}

TEST_F(Delivery, TwoWaysToOneMailboxAreOneMessage) {
  const auto ann = add("ann");
  ASSERT_TRUE(run(directory.add_alias("a@example.org", {"ann@example.org"})));
  EXPECT_EQ(deliver(envelope({"ann", "a", "ANN"}), "x\r\n"), "ok ok ok ");
  EXPECT_EQ(inbox(ann), 1U);
  EXPECT_EQ(deliver(envelope({"ann", "ann+archive"}), "x\r\n"), "ok ok ");  // two mailboxes
  EXPECT_EQ(inbox(ann), 2U);
  EXPECT_EQ(ann->find("Archive")->messages, 1U);
}

TEST_F(Delivery, RecipientsAreCheckedBeforeTheData) {
  const auto ann = add("ann"), bob = add("bob");
  ASSERT_TRUE(run(directory.add_alias("both@example.org", {"ann@example.org", "bob@example.org"})));
  const auto code = [&](std::string address, std::uint64_t size = 0) {
    const auto r = run(pipeline.accepts(std::move(address), size));
    return std::string(r ? "ok" : to_string(r.error().code));
  };
  EXPECT_EQ(code("ann@example.org"), "ok");
  EXPECT_EQ(code("who@example.org"), "not_found");
  EXPECT_EQ(code("who@else.example"), "no_permission");
  EXPECT_EQ(code("postmaster"), "not_found");
  quota(ann, 1);
  EXPECT_EQ(deliver(envelope({"ann"}), "x\r\n"), "ok ");
  EXPECT_EQ(code("ann@example.org"), "over_quota");
  EXPECT_EQ(code("both@example.org"), "ok");  // bob has room
  ASSERT_TRUE(block_on(bob->home(), bob->set_quota(100, 0, k_test)));
  EXPECT_EQ(code("bob@example.org", 100), "ok");
  EXPECT_EQ(code("bob@example.org", 101), "over_quota");
}

TEST_F(Delivery, AMailboxThatFillsUpSaysSoOnce) {
  const auto ann = add("ann");
  quota(ann, 40);
  const auto subjects = [&] {
    std::string out;
    const auto inbox_id = ann->find("INBOX")->id;
    const auto handle = *block_on(ann->home(), ann->open(inbox_id));
    for (std::size_t i = 0; i < handle->rows->size(); ++i) {
      const auto text = *block_on(ann->home(), ann->read(model::ContentId(handle->rows->at(i).content), 0, 4096));
      if (const auto at = text.find("Subject: "); at != std::string::npos)
        append(out, text.substr(at + 9, text.find('\r', at) - at - 9), '|');
    }
    return out;
  };
  for (int i = 0; i < 31; ++i) ASSERT_EQ(deliver(envelope({"ann"}), "A: b\r\n\r\n"), "ok ");
  EXPECT_EQ(subjects(), "");
  EXPECT_EQ(deliver(envelope({"ann"}), "A: b\r\n\r\n"), "ok ");  // the 32nd of 40
  EXPECT_EQ(subjects(), "Your mailbox is 80 % full|");
  for (int i = 0; i < 5; ++i) ASSERT_EQ(deliver(envelope({"ann"}), "A: b\r\n\r\n"), "ok ");
  EXPECT_EQ(subjects(), "Your mailbox is 80 % full|Your mailbox is 95 % full|");
  // Below the limit and above it again within a day: nothing new.
  const auto inbox_id = ann->find("INBOX")->id;
  account::UidSet some(model::Uid(1), model::Uid(10));
  ASSERT_TRUE(block_on(ann->home(), ann->expunge(inbox_id, std::move(some), false, k_test)));
  for (int i = 0; i < 6; ++i) ASSERT_EQ(deliver(envelope({"ann"}), "A: b\r\n\r\n"), "ok ");
  EXPECT_EQ(subjects(), "Your mailbox is 80 % full|Your mailbox is 95 % full|");
}

// Each kind of half-way delivery: tried again, everybody has one.
TEST_F(Delivery, HalfWayThenAgainMakesNoDoubles) {
  const auto ann = add("ann"), bob = add("bob");
  ASSERT_TRUE(run(directory.add_alias("both@example.org", {"ann@example.org", "bob@example.org"})));
  quota(bob, 1);
  ASSERT_EQ(deliver(envelope({"bob"}), "first\r\n"), "ok ");

  EXPECT_EQ(deliver(envelope({"ann", "bob"}), "one\r\n"), "ok over_quota ");
  EXPECT_EQ(deliver(envelope({"ann", "bob"}), "one\r\n"), "ok over_quota ");
  EXPECT_EQ(inbox(ann), 1U);
  EXPECT_EQ(deliver(envelope({"both"}, true), "two\r\n"), "over_quota ");
  EXPECT_EQ(deliver(envelope({"both"}, true), "two\r\n"), "over_quota ");
  EXPECT_EQ(inbox(ann), 2U);
  quota(bob, 0);
  EXPECT_EQ(deliver(envelope({"ann", "bob"}), "one\r\n"), "ok ok ");
  EXPECT_EQ(deliver(envelope({"both"}, true), "two\r\n"), "ok ");
  EXPECT_EQ(inbox(ann), 2U);
  EXPECT_EQ(inbox(bob), 3U);
}

TEST_F(Delivery, OnlyTheSameMessageOfTheSameSenderIsARepetition) {
  const auto ann = add("ann"), bob = add("bob");
  quota(bob, 1);
  ASSERT_EQ(deliver(envelope({"bob"}), "first\r\n"), "ok ");
  EXPECT_EQ(deliver(envelope({"ann", "bob"}), "one\r\n"), "ok over_quota ");
  EXPECT_EQ(deliver(envelope({"ann"}), "other\r\n"), "ok ");
  auto e = envelope({"ann"});
  e.sender = "y@else.example";
  EXPECT_EQ(deliver(e, "one\r\n"), "ok ");
  EXPECT_EQ(inbox(ann), 3U);
  // LMTP hears of each recipient: ann's copy is answered for, and the next is another.
  EXPECT_EQ(deliver(envelope({"ann", "bob"}, true), "three\r\n"), "ok over_quota ");
  EXPECT_EQ(deliver(envelope({"ann"}, true), "three\r\n"), "ok ");
  EXPECT_EQ(inbox(ann), 5U);
  // After the time in which senders try again it is forgotten.
  clock.advance_ms(limits::k_halfway_keep_s * 1000);
  EXPECT_EQ(deliver(envelope({"ann"}), "one\r\n"), "ok ");
  EXPECT_EQ(inbox(ann), 6U);
}

TEST_F(Delivery, EveryFailingCallIsToldAndTriedAgain) {  // a 250 is never given for what is not there
  const auto ann = add("ann"), bob = add("bob");
  for (std::uint64_t k = 1; k <= 6; ++k) {
    store::FaultStore::Plan plan;
    plan.fail_call = k;
    plan.commits_only = true;
    store.set(plan);
    const auto content = cat("message ", k, "\r\n");
    const auto out = deliver(envelope({"ann", "bob"}), content);
    store.set({});
    if (out != "ok ok ") EXPECT_EQ(deliver(envelope({"ann", "bob"}), content), "ok ok ") << out;
    EXPECT_EQ(inbox(ann), k);
    EXPECT_EQ(inbox(bob), k);
    if (k <= 2) EXPECT_NE(out, "ok ok ");
  }
}

TEST(Halfway, ForgetsTheOldestWhenFull) {
  Halfway h;
  const auth::Destination to{model::AccountId(1), "a@b", ""};
  const auto key = [&](std::size_t i) { return Halfway::key(cat(i), to, {}); };
  EXPECT_TRUE(h.empty());
  for (std::size_t i = 0; i <= limits::k_halfway_deliveries; ++i) h.add(key(i), 1);
  EXPECT_FALSE(h.has(key(0), 1));
  EXPECT_TRUE(h.has(key(1), 1));
  h.add(key(1), 1);  // known already: nothing is pushed out
  EXPECT_TRUE(h.has(key(2), 1));
  EXPECT_FALSE(h.has(key(2), 1 + limits::k_halfway_keep_s));
  EXPECT_TRUE(h.empty());
}

}  // namespace
}  // namespace mailstead::delivery
