// The conformance suite of the store contract: every driver's test program includes this header and instantiates the
// suite
//   INSTANTIATE_TEST_SUITE_P(Mem, StoreConformance, testing::Values(Driver{...}), driver_name);
// Everything goes through the contract; what only one driver can show is tested beside that driver.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <random>
#include <thread>

#include "base/ascii.h"
#include "base/clock.h"
#include "base/random.h"
#include "runtime/home.h"
#include "store/scratch_folder.h"
#include "store/store.h"

namespace mailstead::store {

struct Driver {
  std::string name;
  // Opens the store kept in `folder`, which exists; called again after the former store was destroyed.
  std::function<std::unique_ptr<Store>(Pool& io, const Clock& clock, const std::string& folder)> open;
  bool durable = false;
};

inline std::string driver_name(const testing::TestParamInfo<Driver>& info) {
  return info.param.name;
}

class StoreConformance : public testing::TestWithParam<Driver> {
 protected:
  void SetUp() override { open(); }
  void open() {
    store_.reset();
    store_ = GetParam().open(runtime_.io(), clock_, folder_.path());
    ASSERT_NE(store_, nullptr);
  }
  template <class T>
  T run(Task<T> task) {
    return block_on(runtime_.home(0), std::move(task));
  }
  static PartitionId account(std::uint64_t id) { return {PartitionId::account, id}; }
  static Commit change(PartitionId partition, std::uint64_t expected, std::vector<Op> ops = {}) {
    Commit c;
    c.partition = partition;
    c.expected = expected;
    random_bytes(c.token.data(), c.token.size());
    c.summary = cat("summary ", expected + 1);
    c.record = cat("record ", expected + 1);
    c.ops = std::move(ops);
    return c;
  }
  static Op put(std::string key, std::string value) { return {Op::put, std::move(key), std::move(value)}; }
  static Op link(const BlobId& id, std::string holder) { return {Op::link, std::string(id.view()), std::move(holder)}; }
  static Op unlink(const BlobId& id, std::string holder) {
    return {Op::unlink, std::string(id.view()), std::move(holder)};
  }
  void must(Commit c) {
    const auto outcome = run(store_->commit(std::move(c)));
    ASSERT_TRUE(outcome) << outcome.error().detail;
    ASSERT_EQ(*outcome, CommitOutcome::ok);
  }
  std::optional<std::string> value(PartitionId p, std::string key) {
    auto v = run(store_->get(p, std::move(key)));
    EXPECT_TRUE(v);
    return v ? *v : std::nullopt;
  }
  Errc error_of(Commit c) {
    const auto outcome = run(store_->commit(std::move(c)));
    EXPECT_FALSE(outcome);
    return outcome ? Errc::closed : outcome.error().code;
  }
  std::string keys(PartitionId p, std::string from, std::string to, std::size_t limit, bool reverse, bool* more) {
    auto page = run(store_->scan(p, std::move(from), std::move(to), limit, reverse));
    EXPECT_TRUE(page);
    std::string out;
    for (const auto& row : page->rows) out += row.key;
    if (more) *more = page->more;
    return out;
  }

  ManualClock clock_;
  ScratchFolder folder_;
  Runtime runtime_{1, 2, 1};
  std::unique_ptr<Store> store_;
};

TEST_P(StoreConformance, AppliesACommitWhole) {
  const auto a = account(1);
  auto first = change(a, 0, {put("k1", "v1"), put("k2", std::string("\0\xFF", 2))});
  const auto token = first.token;
  must(std::move(first));
  EXPECT_EQ(value(a, "k1"), "v1");
  EXPECT_EQ(value(a, "k2"), std::string("\0\xFF", 2));
  EXPECT_EQ(value(account(2), "k1"), std::nullopt) << "partitions are apart";
  EXPECT_EQ(value({PartitionId::queue, 1}, "k1"), std::nullopt) << "kinds are apart";
  const auto head = run(store_->head(a));
  EXPECT_EQ(head->version, 1u);
  EXPECT_EQ(head->summary, "summary 1");
  const auto records = run(store_->records(a, 0, 10));
  ASSERT_EQ(records->size(), 1u);
  EXPECT_EQ(records->front().bytes, "record 1");
  EXPECT_EQ(records->front().token, token) << "a retry recognises itself by its token";
  EXPECT_EQ(run(store_->head(account(9)))->version, 0u);
}

TEST_P(StoreConformance, RefusesAStaleVersionWithNothingApplied) {
  const auto a = account(1);
  must(change(a, 0, {put("k", "1")}));
  must(change(a, 1, {put("k", "2")}));
  const std::string content = "not to be stored";
  for (std::uint64_t stale : {0, 1, 3}) {
    auto c = change(a, stale, {put("k", "bad"), put("new", "bad")});
    c.blobs.push_back({BlobId::of(content), content});
    const auto outcome = run(store_->commit(std::move(c)));
    ASSERT_TRUE(outcome);
    EXPECT_EQ(*outcome, CommitOutcome::conflict) << stale;
  }
  EXPECT_EQ(value(a, "k"), "2");
  EXPECT_EQ(value(a, "new"), std::nullopt);
  EXPECT_EQ(run(store_->head(a))->version, 2u);
  EXPECT_EQ(run(store_->records(a, 0, 10))->size(), 2u);
  EXPECT_FALSE(run(store_->get_blob(BlobId::of(content), 0, 100)));
}

TEST_P(StoreConformance, AppliesOpsInOrder) {
  const auto a = account(1);
  must(change(a, 0, {put("a", "1"), put("b", "1"), put("c", "1"), put("d", "1")}));
  must(change(a, 1,
              {put("bb", "x"),
               {Op::del_range, "b", "d"},
               put("c", "2"),
               put("a", "2"),
               {Op::del, "a", ""},
               {Op::del, "absent", ""},
               put("e", "1"),
               {Op::del, "e", ""},
               put("e", "3"),
               {Op::del_range, "z", "a"}}));
  EXPECT_EQ(keys(a, "", "", 10, false, nullptr), "cde");
  EXPECT_EQ(value(a, "c"), "2");
  EXPECT_EQ(value(a, "e"), "3");
}

TEST_P(StoreConformance, DeletesARangeOfManyKeys) {
  const auto a = account(1);
  std::vector<Op> ops;
  for (int i = 10'000; i < 13'000; ++i) ops.push_back(put(cat("k", i), "v"));
  must(change(a, 0, std::move(ops)));
  must(change(account(2), 0, {put("k11000", "other")}));
  must(change(a, 1, {{Op::del_range, "k10500", "k12999"}}));
  EXPECT_EQ(run(store_->scan(a, "", "", 10'000))->rows.size(), 501u);
  EXPECT_EQ(value(a, "k10499"), "v");
  EXPECT_EQ(value(a, "k10500"), std::nullopt);
  EXPECT_EQ(value(a, "k12998"), std::nullopt);
  EXPECT_EQ(value(a, "k12999"), "v");
  EXPECT_EQ(value(account(2), "k11000"), "other");
}

TEST_P(StoreConformance, ScansInPagesBothWays) {
  const auto a = account(1);
  must(change(account(0), 0, {put("z", "")}));
  must(change(account(2), 0, {put("a", "")}));
  must(change(a, 0, {put("b", "1"), put("d", "2"), put("f", "3"), put("h", "4"), put("\xFF", "5")}));
  bool more = true;
  EXPECT_EQ(keys(a, "", "", 10, false, &more), "bdfh\xFF");
  EXPECT_FALSE(more);
  EXPECT_EQ(keys(a, "", "", 10, true, &more), "\xFFhfdb");
  EXPECT_FALSE(more);
  EXPECT_EQ(keys(a, "b", "h", 2, false, &more), "bd");
  EXPECT_TRUE(more);
  EXPECT_EQ(keys(a, "b", "h", 3, false, &more), "bdf");
  EXPECT_FALSE(more) << "h lies outside";
  EXPECT_EQ(keys(a, "c", "i", 2, true, &more), "hf");
  EXPECT_TRUE(more);
  EXPECT_EQ(keys(a, "c", "f", 2, true, &more), "d");
  EXPECT_FALSE(more);
  EXPECT_EQ(keys(a, "h", "b", 2, false, &more), "");
  EXPECT_EQ(keys(a, "d", "d", 2, true, &more), "");
  EXPECT_EQ(keys(account(7), "", "", 2, false, &more), "");
  EXPECT_FALSE(more);
}

TEST_P(StoreConformance, APageEndsAtAFewMegabytes) {
  const auto a = account(1);
  for (std::uint64_t v = 0; v < 8; ++v) {
    std::vector<Op> ops;
    for (int i = 0; i < 12; ++i) ops.push_back(put(cat(v, "-", i), std::string(k_value_max, 'x')));
    must(change(a, v, std::move(ops)));
  }
  const auto page = run(store_->scan(a, "", "", 1000));
  EXPECT_TRUE(page->more);
  EXPECT_LT(page->rows.size(), 80u);
  EXPECT_GT(page->rows.size(), 32u);
}

TEST_P(StoreConformance, AnswersManyGetsInTheOrderAsked) {
  const auto a = account(1);
  must(change(a, 0, {put("x", "1"), put("y", "2")}));
  const auto got = run(store_->get_many(a, {"y", "nothing", "x", "y"}));
  ASSERT_EQ(got->size(), 4u);
  EXPECT_EQ((*got)[0], "2");
  EXPECT_EQ((*got)[1], std::nullopt);
  EXPECT_EQ((*got)[2], "1");
  EXPECT_EQ((*got)[3], "2");
}

// Many may be found by stepping from one to the next: in every order, with gaps, twice, before and behind all there is.
TEST_P(StoreConformance, AnswersManyGetsOfNeighboursAndStrangers) {
  const auto a = account(1);
  const auto key = [](int n) { return cat("k", n / 100, n / 10 % 10, n % 10); };
  const auto there = [](int n) { return n >= 100 && n < 900 && n % 7 != 0 && !(n > 300 && n < 360); };
  std::vector<Op> ops;
  for (int n = 0; n < 1000; ++n)
    if (there(n)) ops.push_back(put(key(n), cat("v", n)));
  must(change(a, 0, std::move(ops)));
  must(change(account(2), 0, {put(key(950), "another's")}));
  for (const int step : {1, 2, 13, 100}) {
    for (const auto* order : {"up", "down", "mixed"}) {
      std::vector<int> numbers;
      for (int n = 0; n < 1000; n += step) numbers.push_back(n);
      for (int n = 400; n < 420; ++n) numbers.push_back(n);
      if (order == std::string_view("up")) std::ranges::sort(numbers);
      if (order == std::string_view("down")) std::ranges::sort(numbers, std::greater());
      if (order == std::string_view("mixed")) std::ranges::shuffle(numbers, std::mt19937(7));
      std::vector<std::string> keys;
      for (const int n : numbers) keys.push_back(key(n));
      const auto got = run(store_->get_many(a, keys));
      ASSERT_EQ(got->size(), numbers.size());
      for (std::size_t i = 0; i < numbers.size(); ++i) {
        const auto expected = there(numbers[i]) ? std::optional(cat("v", numbers[i])) : std::nullopt;
        ASSERT_EQ((*got)[i], expected) << order << ' ' << step << ' ' << numbers[i];
      }
    }
  }
}

TEST_P(StoreConformance, KeepsRecordsWithoutAGapAndExpiresTrimmedOnes) {
  const auto a = account(1);
  for (std::uint64_t v = 0; v < 20; ++v) must(change(a, v));
  must(change(account(2), 0));
  auto records = run(store_->records(a, 5, 7));
  ASSERT_EQ(records->size(), 7u);
  for (std::size_t i = 0; i < 7; ++i) {
    EXPECT_EQ((*records)[i].version, 6 + i);
    EXPECT_EQ((*records)[i].bytes, cat("record ", 6 + i));
  }
  EXPECT_TRUE(run(store_->records(a, 20, 7))->empty());
  EXPECT_TRUE(run(store_->records(a, 99, 7))->empty());
  EXPECT_TRUE(run(store_->records(account(3), 0, 7))->empty());

  ASSERT_TRUE(run(store_->trim(a, 10)));
  EXPECT_EQ(run(store_->records(a, 9, 7)).error().code, Errc::expired);
  EXPECT_EQ(run(store_->records(a, 10, 100))->size(), 10u);
  ASSERT_TRUE(run(store_->trim(a, 99)));
  EXPECT_EQ(run(store_->records(a, 19, 7)).error().code, Errc::expired);
  EXPECT_TRUE(run(store_->records(a, 20, 7))->empty());
  EXPECT_EQ(run(store_->records(account(2), 0, 7))->size(), 1u);
  must(change(a, 20));
  EXPECT_EQ(run(store_->records(a, 20, 7))->size(), 1u);
}

TEST_P(StoreConformance, LetsOneOfRacingCommitsWin) {
  // The writers are threads of their own; each learns the version and tries, over and over.
  Runtime racers(2, 1, 1);
  constexpr int k_writers = 4, k_wins = 15;
  std::atomic<int> conflicts = 0;
  std::vector<std::thread> threads;
  for (int w = 0; w < k_writers; ++w)
    threads.emplace_back([&, w] {
      auto& home = racers.home(static_cast<std::size_t>(w % 2));
      for (int won = 0; won < k_wins;) {
        const auto version = block_on(home, store_->head(account(1)))->version;
        auto c = change(account(1), version, {put(cat("w", w, ".", won), cat(version))});
        const auto outcome = block_on(home, store_->commit(std::move(c)));
        if (!outcome) return;
        *outcome == CommitOutcome::ok ? ++won : ++conflicts;
      }
    });
  for (auto& t : threads) t.join();
  EXPECT_EQ(run(store_->head(account(1)))->version, k_writers * k_wins);
  const auto rows = run(store_->scan(account(1), "", "", 1000))->rows;
  ASSERT_EQ(rows.size(), k_writers * k_wins) << "each winner's keys are there";
  std::vector<std::string> versions;
  for (const auto& row : rows) versions.push_back(row.value);
  std::ranges::sort(versions);
  EXPECT_EQ(std::ranges::adjacent_find(versions), versions.end()) << "no two won the same version";
  store_.reset();  // homes outlive it: the committer may still be on its way back from one
}

TEST_P(StoreConformance, HintsAfterCommitsUntilTheWatchEnds) {
  std::atomic<std::uint64_t> seen = 0;
  auto watch = store_->watch([&](PartitionId p, std::uint64_t version) {
    if (p == account(1)) seen = version;
  });
  must(change(account(1), 0));
  must(change(account(1), 1));
  for (int i = 0; i < 1000 && seen != 2; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_EQ(seen, 2u);
  watch.reset();
  must(change(account(1), 2));
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_EQ(seen, 2u);
}

TEST_P(StoreConformance, ListsAndErasesPartitions) {
  const std::string content = "linked";
  const auto id = BlobId::of(content);
  for (std::uint64_t i : {3, 1, 2}) {
    auto c = change(account(i), 0, {put("k", "v"), link(id, "h")});
    c.blobs.push_back({id, content});
    must(std::move(c));
  }
  must(change({PartitionId::queue, 2}, 0, {put("k", "v")}));
  EXPECT_EQ(*run(store_->partitions(PartitionId::account, 0, 10)), (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_EQ(*run(store_->partitions(PartitionId::account, 1, 1)), (std::vector<std::uint64_t>{2}));
  EXPECT_EQ(*run(store_->partitions(PartitionId::queue, 0, 10)), (std::vector<std::uint64_t>{2}));
  ASSERT_TRUE(run(store_->erase(account(2))));
  ASSERT_TRUE(run(store_->erase(account(77))));
  EXPECT_EQ(*run(store_->partitions(PartitionId::account, 0, 10)), (std::vector<std::uint64_t>{1, 3}));
  EXPECT_EQ(run(store_->head(account(2)))->version, 0u);
  EXPECT_EQ(value(account(2), "k"), std::nullopt);
  EXPECT_EQ(value(account(3), "k"), "v");
  EXPECT_TRUE(run(store_->records(account(2), 0, 10))->empty());
  must(change(account(2), 0, {put("again", "v")}));
  EXPECT_EQ(keys(account(2), "", "", 10, false, nullptr), "again");
  EXPECT_EQ(run(store_->records(account(2), 0, 10))->size(), 1u);

  ASSERT_TRUE(run(store_->erase(account(1))));
  ASSERT_TRUE(run(store_->erase(account(3))));
  clock_.advance_ms(10'000'000);
  std::string cursor;
  EXPECT_EQ(*run(store_->sweep(3600, 100, &cursor)), 1u) << "the links went with their partitions";
}

TEST_P(StoreConformance, KeepsBlobsAndReadsRanges) {
  std::mt19937 random(1);
  std::string noise(3'000'000, '\0');
  for (auto& c : noise) c = static_cast<char>(random());
  std::string text;
  while (text.size() < 1'500'000) append(text, "line ", text.size(), " of a message\r\n");
  const std::vector<std::string> contents = {"",   "x",  "Subject: hello\r\n\r\nhello\r\n", text.substr(0, 100'000),
                                             text, noise};
  std::vector<BlobId> ids;
  for (const auto& content : contents) {
    const auto id = BlobId::of(content);
    ids.push_back(id);
    ASSERT_TRUE(run(store_->put_blob(id, content)));
    ASSERT_TRUE(run(store_->put_blob(id, content))) << "again";
    EXPECT_TRUE(run(store_->get_blob(id, 0, UINT64_MAX)) == content);
    for (int i = 0; i < 20; ++i) {
      const auto from = random() % (content.size() + 10), length = random() % 600'000;
      const auto want = from < content.size() ? content.substr(from, length) : std::string();
      EXPECT_TRUE(run(store_->get_blob(id, from, length)) == want) << content.size() << ' ' << from << ' ' << length;
    }
  }
  ids.insert(ids.begin() + 1, BlobId::of("missing"));
  const auto all = run(store_->get_blobs(ids));
  ASSERT_EQ(all->size(), ids.size());
  EXPECT_EQ((*all)[1].error().code, Errc::not_found);
  for (std::size_t i = 0; i < contents.size(); ++i) EXPECT_TRUE((*all)[i == 0 ? 0 : i + 1] == contents[i]) << i;
  EXPECT_EQ(run(store_->get_blob(BlobId::of("missing"), 5, 5)).error().code, Errc::not_found);
  EXPECT_EQ(run(store_->get_blob(BlobId::of("missing"), 5'000'000, 5)).error().code, Errc::not_found);
}

TEST_P(StoreConformance, ListsTheLinksOfAPartitionInOrder) {
  std::vector<Link> want;
  for (const std::uint64_t partition : {1, 2, 3}) {
    Commit c = change(account(partition), 0);
    std::vector<std::string> contents;
    for (int i = 0; i < 6; ++i) contents.push_back(cat("content ", partition * static_cast<unsigned>(i)));
    for (const auto& content : contents) {
      const auto id = BlobId::of(content);
      c.blobs.push_back({id, content});
      for (const std::string holder : {"", "h", "h\xFF", "i"}) {
        c.ops.push_back(link(id, holder));
        if (partition == 2) want.push_back({id, holder});
      }
    }
    must(std::move(c));
  }
  const auto gone = want[5];
  must(change(account(2), 1, {unlink(gone.blob, gone.holder)}));
  std::erase(want, gone);
  std::sort(want.begin(), want.end());
  for (const std::size_t limit : {1, 4, 5, 1000}) {
    std::vector<Link> got;
    std::string cursor;
    do {
      const auto page = *run(store_->links(account(2), limit, &cursor));
      EXPECT_LE(page.size(), limit);
      got.insert(got.end(), page.begin(), page.end());
    } while (!cursor.empty());
    EXPECT_TRUE(got == want) << limit << ": " << got.size();
  }
  std::string cursor;
  EXPECT_TRUE(run(store_->links(account(9), 10, &cursor))->empty());
  EXPECT_TRUE(cursor.empty());
}

TEST_P(StoreConformance, RefusesALinkToAMissingBlob) {
  auto c = change(account(1), 0, {put("k", "v"), link(BlobId::of("missing"), "m")});
  EXPECT_EQ(error_of(std::move(c)), Errc::not_found);
  EXPECT_EQ(run(store_->head(account(1)))->version, 0u);
  EXPECT_EQ(value(account(1), "k"), std::nullopt);
}

TEST_P(StoreConformance, SweepsOnlyOldOrphans) {
  const std::string linked = "linked", orphan = "orphan", twice = "linked twice", young = "young";
  auto c = change(account(1), 0,
                  {link(BlobId::of(linked), "a"), link(BlobId::of(twice), "a"), link(BlobId::of(twice), "b")});
  c.blobs = {{BlobId::of(linked), linked}, {BlobId::of(twice), twice}};
  must(std::move(c));
  ASSERT_TRUE(run(store_->put_blob(BlobId::of(orphan), orphan)));
  must(change(account(1), 1, {unlink(BlobId::of(twice), "a"), unlink(BlobId::of(orphan), "never")}));
  const auto sweep_all = [&] {
    std::size_t erased = 0;
    std::string cursor;
    do erased += *run(store_->sweep(86'400, 1, &cursor));
    while (!cursor.empty());
    return erased;
  };
  EXPECT_EQ(sweep_all(), 0u) << "all are young";
  clock_.advance_ms(2 * 86'400'000);
  ASSERT_TRUE(run(store_->put_blob(BlobId::of(young), young)));
  EXPECT_EQ(sweep_all(), 1u);
  EXPECT_FALSE(run(store_->get_blob(BlobId::of(orphan), 0, 100)));
  EXPECT_EQ(run(store_->get_blob(BlobId::of(linked), 0, 100)), linked);
  must(change(account(1), 2, {unlink(BlobId::of(twice), "b")}));
  ASSERT_TRUE(run(store_->put_blob(BlobId::of(linked), linked)));
  EXPECT_EQ(sweep_all(), 1u);
  EXPECT_FALSE(run(store_->get_blob(BlobId::of(twice), 0, 100)));
  EXPECT_EQ(run(store_->get_blob(BlobId::of(young), 0, 100)), young);
  // Stored again, an old orphan is young again: its commit may be under way.
  clock_.advance_ms(2 * 86'400'000);
  ASSERT_TRUE(run(store_->put_blob(BlobId::of(young), young)));
  EXPECT_EQ(sweep_all(), 0u);
  // Swept, it can be stored once more, by a commit too.
  auto back = change(account(1), 3, {link(BlobId::of(twice), "c")});
  back.blobs = {{BlobId::of(twice), twice}};
  must(std::move(back));
  EXPECT_EQ(run(store_->get_blob(BlobId::of(twice), 0, 100)), twice);
}

TEST_P(StoreConformance, RefusesWhatIsOverTheLimits) {
  const auto a = account(1);
  EXPECT_EQ(error_of(change(a, 0, {put(std::string(k_key_max + 1, 'k'), "v")})), Errc::too_big);
  EXPECT_EQ(error_of(change(a, 0, {put("k", std::string(k_value_max + 1, 'v'))})), Errc::too_big);
  EXPECT_EQ(error_of(change(a, 0, {put("", "v")})), Errc::invalid);
  EXPECT_EQ(error_of(change(a, 0, {{Op::link, "short", "h"}})), Errc::invalid);
  EXPECT_EQ(error_of(change(a, 0, {{Op::unlink, std::string(24, 'x'), std::string(17, 'h')}})), Errc::too_big);
  auto big = change(a, 0);
  for (int i = 0; i < 17; ++i) big.ops.push_back(put(cat("k", i), std::string(k_value_max, 'v')));
  EXPECT_EQ(error_of(std::move(big)), Errc::too_big);
  auto long_summary = change(a, 0);
  long_summary.summary.assign(4097, 's');
  EXPECT_EQ(error_of(std::move(long_summary)), Errc::too_big);
  EXPECT_EQ(run(store_->head(a))->version, 0u);
  must(change(a, 0, {put(std::string(k_key_max, 'k'), std::string(k_value_max, 'v'))}));
  EXPECT_EQ(value(a, std::string(k_key_max, 'k')), std::string(k_value_max, 'v'));
}

TEST_P(StoreConformance, KeepsEverythingOverAReopen) {
  if (!GetParam().durable) GTEST_SKIP() << "not a durable driver";
  const std::string content(300'000, 'b');
  auto c = change(account(5), 0, {put("k", "v"), link(BlobId::of(content), "m")});
  c.blobs.push_back({BlobId::of(content), content});
  must(std::move(c));
  must(change(account(5), 1, {put("k2", "v2")}));
  open();
  EXPECT_EQ(run(store_->head(account(5)))->version, 2u);
  EXPECT_EQ(value(account(5), "k"), "v");
  EXPECT_EQ(value(account(5), "k2"), "v2");
  EXPECT_EQ(run(store_->records(account(5), 0, 10))->size(), 2u);
  EXPECT_TRUE(run(store_->get_blob(BlobId::of(content), 0, UINT64_MAX)) == content);
  EXPECT_EQ(*run(store_->commit(change(account(5), 1))), CommitOutcome::conflict);
  must(change(account(5), 2));
}

}  // namespace mailstead::store
