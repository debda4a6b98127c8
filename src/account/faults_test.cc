// A delivery over a failing disk: never acknowledged unless it is durable, and whole or not there at all afterwards.
#include <gtest/gtest.h>

#include <filesystem>

#include "account/account.h"
#include "account/check.h"
#include "account/registry.h"
#include "base/ascii.h"
#include "store/rocks/check.h"
#include "store/rocks/fault_env.h"
#include "store/rocks/rocks_store.h"

namespace mailstead::account {
namespace {

const Actor k_actor{"default", "lmtp", ""};

struct FaultsTest : testing::Test {
  ~FaultsTest() override {
    if (!folder.empty()) std::filesystem::remove_all(folder);
  }
  template <class T>
  T run(Task<T> task) {
    return block_on(rt.home(0), std::move(task));
  }
  void clear() {
    if (!folder.empty()) std::filesystem::remove_all(folder);
    folder = (std::filesystem::temp_directory_path() / "faults-XXXXXX").string();
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  }
  void open() {
    options.cache_bytes = 8 * 1024 * 1024;
    options.env = env.get();
    auto opened = store::RocksStore::open(folder + "/db", rt.io(), clock, options);
    ASSERT_TRUE(opened) << opened.error().detail;
    store = *std::move(opened);
    registry = std::make_unique<Registry>(rt, *store, clock, AccountSettings{});
  }
  void close() {
    registry.reset();
    store.reset();
  }
  // As the delivery pipeline does it: the account is opened, and made by its first delivery.
  Result<Appended> deliver(std::uint64_t account, std::string_view content) {
    auto a = run(registry->open(model::AccountId(account)));
    if (!a) return std::unexpected(a.error());
    std::vector<NewMessage> messages(1);
    messages[0].content = content;
    messages[0].prefix = "Return-Path: <>\r\n";
    return run((*a)->append((*a)->find("INBOX")->id, std::move(messages), k_actor));
  }
  // The messages of INBOX, whole.
  std::vector<std::string> inbox(std::uint64_t account) {
    std::vector<std::string> out;
    const auto a = run(registry->open(model::AccountId(account)));
    if (!a) return {std::string(to_string(a.error().code))};
    const auto handle = *run((*a)->open((*a)->find("INBOX")->id));
    for (std::size_t i = 0; i < handle->rows->size(); ++i) {
      const auto octets = run((*a)->read(ContentId(handle->rows->at(i).content), 0, UINT64_MAX));
      out.push_back(octets ? *octets : std::string(to_string(octets.error().code)));
    }
    return out;
  }
  std::vector<std::string> findings() {
    std::vector<std::string> out;
    for (const auto& f : *run(check_accounts(*store))) out.push_back(cat(f.where, ": ", f.what));
    return out;
  }

  enum Fault : std::uint8_t { sync_fails, write_fails };
  enum After : std::uint8_t { all_stays, unsynced_is_lost };
  // Returns how many k there were.
  int sweep(Fault fault, After after, std::string_view content);

  ManualClock clock;
  store::FileFaults faults;
  std::unique_ptr<rocksdb::Env> env = rocksdb::NewCompositeEnv(std::make_shared<store::FaultyFileSystem>(faults));
  store::RocksOptions options;
  std::string folder;
  Runtime rt{1, 2, 1};
  std::unique_ptr<store::RocksStore> store;
  std::unique_ptr<Registry> registry;
};

int FaultsTest::sweep(Fault fault, After after, std::string_view content) {
  const std::string prefix = "Return-Path: <>\r\n", first = cat(prefix, "first\r\n"), second = cat(prefix, content);
  for (int k = 0;; ++k) {
    SCOPED_TRACE(cat("k = ", k));
    clear();
    options.reserve_bytes = 0;
    open();
    EXPECT_TRUE(deliver(1, "first\r\n"));
    auto& until = fault == sync_fails ? faults.syncs_until_failure : faults.writes_until_failure;
    until = k;
    const auto old = deliver(1, content), fresh = deliver(2, content);
    const bool failed = until < 0;
    until = -1;
    if (!failed) {
      EXPECT_TRUE(old && fresh);
      close();
      return k;
    }
    EXPECT_FALSE(fresh);
    if (!fresh) EXPECT_TRUE(fresh.error().code == Errc::unknown || fresh.error().code == Errc::unavailable);
    EXPECT_FALSE(deliver(1, "later\r\n")) << "acknowledged after a failed sync";
    EXPECT_EQ(inbox(1).front(), first) << "reads go on";
    close();
    if (after == unsynced_is_lost) faults.lose_what_was_not_synced();
    const auto damage = store::check_store(folder + "/db");
    EXPECT_TRUE(damage && damage->empty()) << (damage ? damage->front().what : damage.error().detail);
    open();
    EXPECT_EQ(findings(), std::vector<std::string>{});
    const auto one = inbox(1), two = inbox(2);
    EXPECT_TRUE(one == std::vector({first, second}) || (!old && one == std::vector({first}))) << one.size();
    EXPECT_TRUE(two.empty() || two == std::vector({second})) << two.size();
    // And it goes on, without using a UID again.
    const auto again = deliver(1, content);
    EXPECT_TRUE(again && again->uids.front().value == one.size() + 1);
    close();
    if (HasFailure()) return k;
  }
}

TEST_F(FaultsTest, ADeliveryWhoseSyncFailsIsNotAcknowledged) {
  // The second account is made in a commit of its own.
  EXPECT_EQ(sweep(sync_fails, all_stays, "second\r\n"), 3);
  EXPECT_EQ(sweep(sync_fails, unsynced_is_lost, "second\r\n"), 3);
}

TEST_F(FaultsTest, ADeliveryWhoseWriteIsTornIsNotAcknowledged) {
  EXPECT_GE(sweep(write_fails, all_stays, "second\r\n"), 3);
  std::string large = "Subject: large\r\n\r\n";
  while (large.size() < 300'000) append(large, "line ", large.size() * 7919 % 10'007, " of a message\r\n");
  EXPECT_GE(sweep(write_fails, unsynced_is_lost, large), 3);
}

TEST_F(FaultsTest, AFullDiskRefusesMailAndLetsItBeRemoved) {
  std::atomic<std::uint64_t> free = 1000;
  clear();
  options.reserve_bytes = 400;
  options.free_space = [&free] { return free.load(); };
  open();
  ASSERT_TRUE(deliver(1, "one\r\n") && deliver(1, "two\r\n"));
  const auto a = *run(registry->open(model::AccountId(1)));
  const auto inbox_id = a->find("INBOX")->id;
  const auto flag = [&](FlagChange change) {
    return run(a->store_flags(inbox_id, UidSet(Uid(1)), change, {"\\Flagged"}, {}, k_actor));
  };
  free = 399;
  const auto version = a->version();
  EXPECT_EQ(deliver(1, "three\r\n").error().code, Errc::full);
  EXPECT_EQ(a->version(), version) << "nothing was applied";
  EXPECT_TRUE(flag(FlagChange::add));
  EXPECT_EQ(run(a->expunge(inbox_id, UidSet(Uid(2)), false, k_actor))->size(), 1U);
  EXPECT_EQ(*run(a->purge(clock.now() + 1, 10)), 1U);
  clock.advance_ms(100'000'000);
  std::string cursor;
  EXPECT_EQ(*run(store->sweep(3600, 10, &cursor)), 1U) << "the removed message's blob";
  free = 99;
  const auto refused = flag(FlagChange::remove);
  EXPECT_TRUE(!refused && refused.error().code == Errc::full) << "the reserve's last quarter is for compactions";
  EXPECT_TRUE(run(store->erase({store::PartitionId::account, 77}))) << "what frees space goes on";
  free = 400;
  const auto back = deliver(1, "four\r\n");
  ASSERT_TRUE(back);
  EXPECT_EQ(back->uids.front(), Uid(3));
  EXPECT_EQ(findings(), std::vector<std::string>{});
}

}  // namespace
}  // namespace mailstead::account
