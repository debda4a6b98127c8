#include "account/blocks.h"

#include <functional>
#include <map>
#include <random>
#include <set>

#include "account/account_fixture.h"
#include "account/check.h"
#include "account/keys.h"
#include "account/past.h"
#include "base/ascii.h"
#include "base/codec.h"
#include "base/random.h"
#include "store/fault_store.h"
#include "store/rocks/rocks_store.h"
#include "store/scratch_folder.h"

namespace mailstead::account {
namespace {

bool same(const Row& a, const Row& b) {
  return a.uid == b.uid && a.modseq == b.modseq && a.content == b.content && a.flags == b.flags && a.size == b.size &&
         a.internal_date == b.internal_date && a.save_date == b.save_date && a.internal_zone == b.internal_zone;
}

std::vector<Row> some_rows(std::mt19937_64& random, std::uint32_t block) {
  std::vector<Row> rows;
  while (rows.empty())
    for (auto uid = first_uid(block); uid - first_uid(block) < k_block_rows; ++uid) {
      if (random() % 3 == 0) continue;
      Row row{};
      row.uid = uid;
      const bool wild = random() % 8 == 0;
      row.modseq = wild ? random() : 1000 + random() % 100;
      row.content = wild ? random() : 5000 + uid;
      row.flags = wild ? random() : random() % 32;
      row.internal_date = wild ? static_cast<std::int64_t>(random()) : 1'700'000'000 + uid;
      row.size = static_cast<std::uint32_t>(random());
      row.save_date = static_cast<std::uint32_t>(random());
      row.internal_zone = static_cast<std::int16_t>(random());
      rows.push_back(row);
    }
  return rows;
}

TEST(Blocks, RoundTripAndNothingElse) {
  const auto seed = random_u64();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  for (const std::uint32_t block : {0U, 1U, 7U, 1U << 20, UINT32_MAX / k_block_rows}) {
    const auto rows = some_rows(random, block);
    const auto bytes = encode_block(rows);
    std::vector<Row> got(1);  // is appended to
    ASSERT_TRUE(decode_block(block, bytes, got));
    ASSERT_EQ(got.size(), 1 + rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_TRUE(same(got[i + 1], rows[i])) << i;
    for (std::size_t n = 0; n < bytes.size(); ++n) EXPECT_FALSE(decode_block(block, bytes.substr(0, n), got)) << n;
    EXPECT_FALSE(decode_block(block, bytes + '\0', got));
    auto other = bytes;
    other[0] = 1;
    EXPECT_FALSE(decode_block(block, other, got));
    EXPECT_FALSE(decode_row(rows[0].uid, bytes));  // nor is it a row for an older program
    EXPECT_EQ(got.size(), 1 + rows.size());
    const auto place = parse_row_key(block_key(9, block));
    ASSERT_TRUE(place);
    EXPECT_TRUE(place->block);
    EXPECT_EQ(place->uid, last_uid(block));
    EXPECT_LT(row_key(9, last_uid(block)), block_key(9, block));
    EXPECT_LT(block_key(9, block), row_key(10, 0));
  }
  EXPECT_FALSE(decode_block(0, Writer().u8(2).u64be(0).take(), *std::make_unique<std::vector<Row>>()));
  for (const auto& key : {std::string("e"), row_key(1, 2) + "b", row_key(1, 63) + "c", block_key(1, 0) + "b"})
    EXPECT_FALSE(parse_row_key(key)) << key;
}

struct BlocksTest : AccountTest {
  void fill(const AccountRef& a, std::string_view mailbox, std::size_t count, std::size_t at_once) {
    for (std::size_t i = 0; i < count;) {
      std::vector<NewMessage> some;
      for (; i < count && some.size() < at_once; ++i) some.push_back(message("x\r\n"));
      append(a, mailbox, std::move(some));
    }
  }
  struct Stored {
    std::map<std::uint32_t, Row> own, block;  // by UID
    std::set<std::uint32_t> blocks;
  };
  Stored stored(std::uint32_t mailbox) {
    Stored out;
    for (auto from = row_key(mailbox, 0);;) {
      const auto page = *run(store.scan(partition, from, row_key(mailbox + 1, 0), 1000, false));
      for (const auto& r : page.rows) {
        RowReader read;
        EXPECT_TRUE(read.add(r.key, r.value));
        for (const auto& row : read.rows) (read.blocks.empty() ? out.own : out.block)[row.uid] = row;
        out.blocks.insert(read.blocks.begin(), read.blocks.end());
      }
      if (!page.more) return out;
      from = page.rows.back().key + '\0';
    }
  }
  // All that blocks.h promises, and that a program which reads them anew sees what is in memory.
  void verify(const AccountRef& a) {
    Registry fresh(rt, store, clock, settings);
    const auto b = open(fresh);
    for (const auto* m : a->mailboxes()) {
      if (!m->selectable) continue;
      SCOPED_TRACE(m->name);
      const auto mine = rows(a, m->name)->rows, theirs = rows(b, m->name)->rows;
      ASSERT_EQ(mine->size(), theirs->size());
      for (std::size_t i = 0; i < mine->size(); ++i) ASSERT_TRUE(same(mine->at(i), theirs->at(i))) << mine->uid_at(i);
      const auto s = stored(m->id.value);
      for (const auto& [uid, row] : s.block) EXPECT_TRUE(mine->contains(uid)) << "B1 " << uid;
      for (const auto block : s.blocks) EXPECT_TRUE(mine->may_be_stored(block)) << "B3 " << block;
    }
    for (const auto& f : *run(check_accounts(store))) ADD_FAILURE() << f.where << ": " << f.what;
    recount(a);
  }
  std::uint64_t flag(const AccountRef& a, UidSet uids, std::string word, FlagChange change = FlagChange::add) {
    const auto done =
        run(a->store_flags(a->find("INBOX")->id, std::move(uids), change, {std::move(word)}, {}, k_actor));
    EXPECT_TRUE(done);
    return done ? done->changed.size() : 0;
  }
  std::size_t expunge(const AccountRef& a, UidSet uids, std::string_view mailbox = "INBOX") {
    const auto gone = run(a->expunge(a->find(mailbox)->id, std::move(uids), false, k_actor));
    EXPECT_TRUE(gone);
    return gone ? gone->size() : 0;
  }
};

TEST_F(BlocksTest, ARangeIsWrittenInBlocksAndASingleRowIsNot) {
  const auto a = open();
  fill(a, "INBOX", 200, 5);
  EXPECT_EQ(stored(1).own.size(), 200U);
  EXPECT_TRUE(stored(1).blocks.empty());
  EXPECT_EQ(flag(a, UidSet(Uid(1), Uid(100)), "\\Seen"), 100U);
  auto s = stored(1);
  EXPECT_EQ(s.blocks, (std::set<std::uint32_t>{0, 1}));
  EXPECT_EQ(s.block.size(), 127U);
  EXPECT_EQ(s.own.size(), 200U);  // older, and harmless
  EXPECT_EQ(s.own[1].flags, 0U);
  EXPECT_EQ(s.block[1].flags, model::k_seen.bits);
  EXPECT_EQ(flag(a, set_of({1, 150}), "\\Flagged"), 2U);
  const auto again = stored(1);
  EXPECT_EQ(again.blocks, s.blocks);
  EXPECT_EQ(again.block.at(1).flags, model::k_seen.bits);
  EXPECT_EQ(again.own.at(1).flags, (model::k_seen | model::k_flagged).bits);
  verify(a);
  // New messages together: only where no row is that may not be in memory.
  const auto archive = a->find("Archive")->id;
  ASSERT_TRUE(run(a->copy(a->find("INBOX")->id, UidSet(Uid(1), Uid(200)), archive, k_actor)));
  EXPECT_EQ(stored(archive.value).blocks, (std::set<std::uint32_t>{0, 1, 2, 3}));
  EXPECT_TRUE(stored(archive.value).own.empty());
  Registry second(rt, store, clock, settings);
  const auto b = open(second);  // it has Archive not in memory
  ASSERT_TRUE(run(b->copy(b->find("INBOX")->id, UidSet(Uid(1), Uid(200)), archive, k_actor)));
  s = stored(archive.value);
  EXPECT_EQ(s.blocks, (std::set<std::uint32_t>{0, 1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(s.own.size(), 55U);  // 201 to 255
  catch_up(a);
  verify(a);
  verify(b);
}

// The worst that could be: a message that comes back after it was removed.
TEST_F(BlocksTest, NothingComesBack) {
  auto a = open();
  fill(a, "INBOX", 130, 5);
  flag(a, UidSet(Uid(1), Uid(130)), "\\Seen");      // in blocks; older keys of their own beside
  EXPECT_EQ(expunge(a, set_of({10, 64, 65})), 3U);  // the blocks are written without them
  verify(a);
  flag(a, set_of({11}), "\\Flagged");  // its own key is newer than the block
  EXPECT_EQ(expunge(a, set_of({11})), 1U);
  verify(a);
  EXPECT_EQ(expunge(a, UidSet(Uid(1), Uid(63))), 61U);
  EXPECT_EQ(stored(1).blocks, (std::set<std::uint32_t>{1}));  // an empty one is not kept
  verify(a);
  // By a program that has just read the blocks.
  a.reset();
  Registry second(rt, store, clock, settings);
  const auto b = open(second);
  EXPECT_EQ(expunge(b, UidSet(Uid(1), Uid(127))), 62U);
  verify(b);
  ASSERT_TRUE(run(b->move(b->find("INBOX")->id, set_of({128}), b->find("Archive")->id, k_actor)));
  verify(b);
  ASSERT_TRUE(run(b->replace(b->find("INBOX")->id, Uid(129), b->find("INBOX")->id, message("y\r\n"), k_actor)));
  verify(b);
  EXPECT_EQ(expunge(b, UidSet(Uid(1), Uid(UINT32_MAX))), 2U);
  EXPECT_TRUE(stored(1).own.empty());
  EXPECT_TRUE(stored(1).blocks.empty());
  ASSERT_TRUE(run(b->create("x", {}, k_actor)));
  fill(b, "x", 100, 50);
  const auto id = b->find("x")->id.value;
  EXPECT_FALSE(stored(id).blocks.empty());
  ASSERT_TRUE(run(b->remove("x", k_actor)));
  EXPECT_TRUE(stored(id).own.empty());
  EXPECT_TRUE(stored(id).blocks.empty());
}

// The other node's blocks are known by the records alone.
TEST_F(BlocksTest, ANodeExpungesWhatAnotherHasPutIntoABlock) {
  Registry second(rt, store, clock, settings);
  const auto a = open(), b = open(second);
  fill(a, "INBOX", 100, 5);
  catch_up(b);
  const auto keep = rows(b, "INBOX");  // read before there were blocks
  flag(a, UidSet(Uid(1), Uid(100)), "\\Seen");
  catch_up(b);
  EXPECT_EQ(keep->rows->at(5).flags, model::k_seen.bits);
  EXPECT_EQ(keep->rows->at(5).modseq, b->version());
  EXPECT_EQ(keep->rows->changed_since(b->version() - 1).size(), 100U);
  EXPECT_EQ(expunge(b, set_of({7, 70})), 2U);
  verify(b);
  // And without having caught up: the commit is refused, and decided on anew.
  flag(b, UidSet(Uid(1), Uid(100)), "\\Flagged");
  EXPECT_EQ(expunge(a, set_of({8, 71})), 2U);
  verify(a);
}

// Pages of a few keys, and something happens before each.
class Paging : public store::FaultStore {
 public:
  using FaultStore::FaultStore;
  std::function<Task<void>()> before;
  Task<Result<store::Page>> scan(store::PartitionId partition, std::string from, std::string to, std::size_t limit,
                                 bool reverse) override {
    if (before && from[0] == 'e') co_await before();
    co_return co_await FaultStore::scan(partition, std::move(from), std::move(to), std::min<std::size_t>(limit, 7),
                                        reverse);
  }
};

struct Random {
  std::mt19937_64 random;
  std::uint32_t pick(std::uint64_t n) { return static_cast<std::uint32_t>(random() % n); }
  UidSet uids(std::uint32_t below) {
    UidSet out;
    for (auto n = 1 + pick(3); n > 0; --n) {
      const auto first = 1 + pick(below);
      out.insert(Uid(first), Uid(first + (pick(2) == 0 ? pick(100) : 0)));
    }
    return out;
  }
};

Task<void> change_something(AccountRef a, Random* r) {
  const auto inbox = a->find("INBOX")->id;
  const auto uidnext = a->find("INBOX")->uidnext;
  const auto messages = a->find("INBOX")->messages;
  const auto dice = r->pick(10);
  if (dice < 3 || messages < 100) {
    std::vector<NewMessage> some(1 + (r->pick(4) == 0 ? r->pick(90) : 0));
    for (auto& m : some) m.content = "x\r\n";
    EXPECT_TRUE(co_await a->append(inbox, std::move(some), k_actor));
  } else if (dice < 7 && messages < 400) {
    EXPECT_TRUE(co_await a->store_flags(inbox, r->uids(uidnext), static_cast<FlagChange>(r->pick(3)),
                                        {r->pick(2) == 0 ? "\\Seen" : "$Work"}, {}, k_actor));
  } else {
    EXPECT_TRUE(co_await a->expunge(inbox, r->uids(uidnext), false, k_actor));
  }
}

TEST_F(BlocksTest, RecordsAreReplayedOverPagesOfManyVersions) {
  const auto seed = random_u64();
  SCOPED_TRACE(seed);
  Random random{std::mt19937_64(seed)};
  settings.block_least = 3;
  Paging paging(store);
  Registry other(rt, paging, clock, settings);
  const auto a = open(), b = open(other);
  fill(a, "INBOX", 150, 5);
  for (int round = 0; round < 60; ++round) {
    paging.before = nullptr;
    catch_up(b);
    for (int i = 0; i < 10; ++i) run(change_something(random.pick(2) == 0 ? a : b, &random));
    // b forgets the rows, and reads them while a changes them: at versions above its own.
    for (int i = 0; i < 3; ++i) run(other.tend());
    paging.before = [&] { return change_something(a, &random); };
    {
      const auto opened = rows(b, "INBOX");
      paging.before = nullptr;
      run(change_something(b, &random));
      catch_up(b);
      catch_up(a);
      verify(b);
    }
    verify(a);
    if (HasFailure()) return;
  }
}

// Against a plain map, and over both drivers.
struct BlocksOfAPlainMap : testing::TestWithParam<bool> {};

TEST_P(BlocksOfAPlainMap, RangesAndSinglesMixed) {
  const auto seed = random_u64();
  SCOPED_TRACE(seed);
  Random random{std::mt19937_64(seed)};
  Runtime rt{1, 2, 1};
  ManualClock clock;
  store::ScratchFolder folder;
  std::unique_ptr<store::Store> store = std::make_unique<store::MemStore>(clock);
  std::unique_ptr<Registry> registry;
  AccountRef a;
  AccountSettings settings;
  const auto run = [&](auto task) { return block_on(rt.home(0), std::move(task)); };
  const auto start = [&] {
    a.reset();
    registry.reset();
    if (GetParam()) {
      store.reset();
      store::RocksOptions options;
      options.reserve_bytes = 0;
      store = *store::RocksStore::open(folder.path() + "/db", rt.io(), clock, options);
    }
    settings.block_least = 2 + random.pick(8);
    registry = std::make_unique<Registry>(rt, *store, clock, settings);
    a = *run(registry->open(model::AccountId(1)));
  };
  start();
  std::map<std::uint32_t, std::set<std::string>> model;
  std::uint32_t uidnext = 1;
  const auto inbox = a->find("INBOX")->id;
  for (int step = 0; step < 400; ++step) {
    const auto uids = random.uids(uidnext);
    const auto dice = random.pick(10);
    if (dice < 3 || model.size() < 50) {
      std::vector<NewMessage> some(1 + (random.pick(4) == 0 ? random.pick(150) : 0));
      for (auto& m : some) m.content = "x\r\n", model[uidnext++] = {};
      ASSERT_TRUE(run(a->append(inbox, std::move(some), k_actor)));
    } else if (dice < 7 && model.size() < 600) {
      const std::string word = random.pick(2) == 0 ? "\\Seen" : "$Work";
      const auto change = static_cast<FlagChange>(random.pick(3));
      std::vector<Uid> want;
      for (auto& [uid, flags] : model) {
        if (!uids.contains(Uid(uid))) continue;
        auto now = change == FlagChange::set ? std::set<std::string>() : flags;
        if (change == FlagChange::remove)
          now.erase(word);
        else
          now.insert(word);
        if (now != flags) want.emplace_back(uid);
        flags = now;
      }
      const auto done = run(a->store_flags(inbox, uids, change, {word}, {}, k_actor));
      ASSERT_TRUE(done);
      ASSERT_EQ(done->changed, want);
      ASSERT_EQ(done->before.size(), want.size());
      ASSERT_EQ(done->after, std::vector<ModSeq>(want.size(), done->modseq));
    } else if (dice < 9) {
      std::erase_if(model, [&](const auto& m) { return uids.contains(Uid(m.first)); });
      ASSERT_TRUE(run(a->expunge(inbox, uids, false, k_actor)));
    } else {
      std::vector<std::set<std::string>> copies;
      for (const auto& [uid, flags] : model)
        if (uids.contains(Uid(uid))) copies.push_back(flags);
      for (auto& flags : copies) model[uidnext++] = std::move(flags);
      ASSERT_TRUE(run(a->copy(inbox, uids, inbox, k_actor)));
    }
    if (random.pick(15) == 0) start();
    const auto opened = *run(a->open(inbox));
    ASSERT_EQ(opened->rows->size(), model.size()) << step;
    std::size_t i = 0;
    for (const auto& [uid, flags] : model) {
      const auto& row = opened->rows->at(i++);
      ASSERT_EQ(row.uid, uid) << step;
      const auto names = opened->mailbox->keywords.names(model::Flags{row.flags});
      ASSERT_EQ(std::set<std::string>(names.begin(), names.end()), flags) << step;
    }
    if (step % 20 == 0)
      for (const auto& f : *run(check_accounts(*store))) FAIL() << step << " " << f.where << ": " << f.what;
  }
  a.reset();
  registry.reset();
  store.reset();
}

INSTANTIATE_TEST_SUITE_P(Stores, BlocksOfAPlainMap, testing::Bool(),
                         [](const auto& stores) { return stores.param ? "Rocks" : "Mem"; });

TEST_F(BlocksTest, ManyRowsOfTheirOwnAreMergedInTheBackground) {
  auto a = open();
  fill(a, "INBOX", 1500, 6);
  flag(a, set_of({3}), "\\Seen");
  flag(a, UidSet(Uid(100), Uid(200)), "\\Flagged");
  expunge(a, set_of({5, 900}));
  EXPECT_EQ(stored(1).own.size(), 1498U);
  const auto before = a->find("INBOX")->highest_modseq;
  a.reset();
  {
    Registry second(rt, store, clock, settings);
    const auto b = open(second);
    const auto opened = rows(b, "INBOX");
    for (int i = 0; i < 2000 && !stored(1).own.empty(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    const auto s = stored(1);
    EXPECT_TRUE(s.own.empty());
    EXPECT_EQ(s.block.size(), 1498U);
    EXPECT_EQ(s.blocks.size(), 24U);
    EXPECT_EQ(b->find("INBOX")->highest_modseq, before);
    EXPECT_TRUE(opened->rows->changed_since(before).empty());
    EXPECT_EQ(expunge(b, set_of({6, 1500})), 2U);
    append(b, "INBOX", {message("y\r\n")});
    verify(b);
  }
  {
    // And nothing is left to do.
    Registry third(rt, store, clock, settings);
    const auto c = open(third);
    const auto version = c->version();
    (void)rows(c, "INBOX");
    EXPECT_EQ(c->version(), version);
  }
  for (const auto& e : run(open()->history({}))->entries) EXPECT_NE(e.kind, "rows");
}

// The room in a commit is reckoned before it is written: for the worst of rows, in few of many blocks.
TEST_F(BlocksTest, LargeChangesFitIntoCommits) {
  Random random{std::mt19937_64(7)};
  const auto a = open();
  fill(a, "INBOX", 12'000, 500);
  for (int word = 0; word < 55; word += 5) {
    std::vector<Uid> some;
    for (std::uint32_t uid = 1; uid <= 12'000; ++uid)
      if (random.pick(2) == 0) some.emplace_back(uid);
    EXPECT_EQ(flag(a, UidSet::of_numbers(some), cat("keyword", word)), some.size());
  }
  for (const std::uint32_t of_block : {1U, 7U, 8U, 9U, 64U}) {
    std::vector<Uid> some;
    for (std::uint32_t uid = 1; uid <= 12'000; ++uid)
      if (uid % k_block_rows < of_block) some.emplace_back(uid);
    EXPECT_EQ(flag(a, UidSet::of_numbers(some), cat("block", of_block)), some.size());
  }
  std::vector<Uid> one;
  for (std::uint32_t uid = 5; uid <= 12'000; uid += k_block_rows) one.emplace_back(uid);
  EXPECT_EQ(expunge(a, UidSet::of_numbers(one)), one.size());
  EXPECT_EQ(expunge(a, UidSet(Uid(100), Uid(9000))), 8901U - 139U);
  verify(a);
}

// A program that ends while it merges.
TEST_F(BlocksTest, MergingEndsWithTheRegistry) {
  fill(open(), "INBOX", 9000, 7);
  for (int i = 0; i < 20; ++i) {
    Registry second(rt, store, clock, settings);
    (void)rows(open(second), "INBOX");
  }
  verify(open());
}

TEST_F(BlocksTest, WhatIsInABlockIsNotPurged) {
  const auto a = open();
  settings.removed_keep_s = 30 * 86'400;
  fill(a, "INBOX", 70, 5);
  ASSERT_TRUE(run(a->copy(a->find("INBOX")->id, UidSet(Uid(1), Uid(70)), a->find("Archive")->id, k_actor)));
  expunge(a, UidSet(Uid(1), Uid(70)));
  EXPECT_EQ(run(a->purge(INT64_MAX, 1000)), 70U);
  const auto archive = rows(a, "Archive");
  for (std::size_t i = 0; i < archive->rows->size(); ++i)
    EXPECT_EQ(*run(a->read(ContentId(archive->rows->at(i).content), 0, 9)), "x\r\n");
  verify(a);
}

// A page of keys may end before a block whose rows are older than those that it ends with.
TEST_F(BlocksTest, RetentionTakesTheOldestFirst) {
  const auto a = open();
  fill(a, "INBOX", 447, 5);
  fill(a, "INBOX", 10, 10);  // 448 to 457: in a block
  fill(a, "INBOX", 54, 5);   // 458 to 511, of the same block: in keys of their own, 501 of them with those before
  const auto s = stored(1);
  EXPECT_EQ(s.blocks, std::set<std::uint32_t>{7});
  EXPECT_EQ(s.own.size(), 501U);
  ASSERT_TRUE(run(a->change_options(
      [](Options& o) -> Result<> {
        o.retention[1] = {0, 61};
        return {};
      },
      k_actor)));
  for (int i = 0; i < 2; ++i) run(registry.tend());
  const auto left = rows(a, "INBOX")->rows;
  ASSERT_EQ(left->size(), 61U);
  EXPECT_EQ(left->uid_at(0), 451U);
  verify(a);
}

TEST_F(BlocksTest, TheHistoryTellsOfEachRowOfARange) {
  const auto a = open();
  fill(a, "INBOX", 30, 5);
  flag(a, set_of({2, 4}), "\\Flagged");
  const auto moment = clock.now();
  clock.advance_ms(60'000);
  EXPECT_EQ(flag(a, UidSet(Uid(1), Uid(20)), "\\Seen", FlagChange::set), 20U);
  expunge(a, set_of({4}));
  std::size_t told = 0;
  const auto page = *run(a->history({}));
  for (const auto& e : page.entries) {
    if (e.what != HistoryEntry::flagged || e.version != a->version() - 1) continue;
    ++told;
    EXPECT_EQ(e.mailbox, "INBOX");
    EXPECT_EQ(e.content, e.uid);  // as they came
    EXPECT_EQ(e.flags, std::vector<std::string>{"\\Seen"});
    EXPECT_EQ(e.flags_before.empty(), e.uid != 2 && e.uid != 4) << e.uid;
  }
  EXPECT_EQ(told, 20U);
  // Also when the history begins after they came.
  ASSERT_TRUE(run(store.trim(partition, a->version() - 2)));
  const auto traced = *run(a->trace({ContentId(4)}));
  ASSERT_EQ(traced.size(), 2U);
  EXPECT_EQ(traced[0].what, HistoryEntry::flagged);
  EXPECT_EQ(traced[0].flags_before, std::vector<std::string>{"\\Flagged"});
  Registry second(rt, store, clock, settings);
  const auto b = open(second);
  EXPECT_FALSE(run(past(b, moment)));  // trimmed
}

TEST_F(BlocksTest, ARangeIsUndoneInThePast) {
  const auto a = open();
  fill(a, "INBOX", 30, 5);
  flag(a, set_of({2, 4}), "\\Flagged");
  const auto moment = clock.now();
  clock.advance_ms(60'000);
  flag(a, UidSet(Uid(1), Uid(20)), "$Work", FlagChange::set);
  flag(a, UidSet(Uid(10), Uid(30)), "\\Answered");
  const auto then = run(past(a, moment));
  ASSERT_TRUE(then);
  const auto& messages = then->folders.at(1).messages;
  ASSERT_EQ(messages.size(), 30U);
  for (const auto& [uid, m] : messages)
    EXPECT_EQ(m.flags, uid == 2 || uid == 4 ? std::vector<std::string>{"\\Flagged"} : std::vector<std::string>())
        << uid;
}

TEST_F(BlocksTest, CheckTellsWhatIsWrong) {
  const auto a = open();
  fill(a, "INBOX", 20, 20);
  ASSERT_EQ(stored(1).blocks.size(), 1U);
  const auto good = **run(store.get(partition, block_key(1, 0)));
  std::vector<Row> rows;
  ASSERT_TRUE(decode_block(0, good, rows));
  const auto findings = [&](std::string value, std::string key = block_key(1, 0)) {
    write({{store::Op::put, key, std::move(value)}});
    std::set<std::string> out;
    for (const auto& f : *run(check_accounts(store))) out.insert(cat(f.where, ": ", f.what));
    write({{store::Op::put, block_key(1, 0), good}});
    if (key != block_key(1, 0)) write({{store::Op::del, key, {}}});
    EXPECT_TRUE(run(check_accounts(store))->empty());
    return out;
  };
  using Found = std::set<std::string>;
  EXPECT_TRUE(findings("?").contains("account 1 mailbox 1 messages 0 to 63: cannot be decoded"));
  auto more = rows;
  more.push_back(rows.back());
  more.back().uid = 40;
  EXPECT_EQ(
      findings(encode_block(more)),
      (Found{"account 1 mailbox 1: messages: 20 kept, 21 counted", "account 1 mailbox 1: unseen: 20 kept, 21 counted",
             "account 1 mailbox 1: bytes: 60 kept, 63 counted", "account 1 mailbox 1: UIDNEXT 21, but a UID 40",
             "account 1 quota: messages: 20 kept, 21 counted", "account 1 quota: bytes: 60 kept, 63 counted"}));
  EXPECT_EQ(findings("?", row_key(1, 62) + "b"), Found{"account 1 key 6500000001"
                                                       "0000003e62: not a message row's key"});
  auto other = rows[3];
  other.content = rows[4].content;
  other.modseq = 1;
  EXPECT_EQ(findings(encode_row(other), row_key(1, other.uid)),
            Found{"account 1 mailbox 1 message 4: in its block it has another content"});
  other = rows[3];
  other.modseq = 1;  // older: as it should be
  EXPECT_EQ(findings(encode_row(other), row_key(1, other.uid)), Found{});
}

}  // namespace
}  // namespace mailstead::account
