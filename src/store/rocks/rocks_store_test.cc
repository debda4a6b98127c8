#include "store/rocks/rocks_store.h"

#include <gtest/gtest.h>

#include "runtime/group.h"
#include "store/conformance.h"
#include "store/mem/mem_store.h"
#include "store/rocks/check.h"
#include "store/rocks/database.h"
#include "store/rocks/fault_env.h"

namespace mailstead::store {
namespace {

RocksOptions small() {
  RocksOptions o;
  o.cache_bytes = 8 * 1024 * 1024;
  o.reserve_bytes = 0;
  return o;
}

std::unique_ptr<Store> open_rocks(Pool& io, const Clock& clock, const std::string& folder) {
  auto store = RocksStore::open(folder + "/db", io, clock, small());
  if (!store) ADD_FAILURE() << store.error().detail;
  return store ? *std::move(store) : nullptr;
}

INSTANTIATE_TEST_SUITE_P(Rocks, StoreConformance, testing::Values(Driver{"rocks", open_rocks, true}), driver_name);

class RocksTest : public testing::Test {
 protected:
  std::string path() const { return folder_.path() + "/db"; }
  std::unique_ptr<RocksStore> open(const RocksOptions& options = small()) {
    auto store = RocksStore::open(path(), runtime_.io(), clock_, options);
    EXPECT_TRUE(store) << (store ? "" : store.error().detail);
    return store ? *std::move(store) : nullptr;
  }
  template <class T>
  T run(Task<T> task) {
    return block_on(runtime_.home(0), std::move(task));
  }
  static Commit change(std::uint64_t id, std::uint64_t expected, std::vector<Op> ops = {}) {
    Commit c;
    c.partition = {PartitionId::account, id};
    c.expected = expected;
    c.record = cat("record ", expected + 1);
    c.ops = std::move(ops);
    return c;
  }
  std::uint64_t version(Store& store, std::uint64_t id) { return run(store.head({PartitionId::account, id}))->version; }
  std::optional<std::string> value(Store& store, PartitionId p, std::string key) {
    auto got = run(store.get(p, std::move(key)));
    EXPECT_TRUE(got);
    return got ? *got : std::nullopt;
  }
  std::vector<std::string> findings() {
    auto found = check_store(path());
    EXPECT_TRUE(found) << (found ? "" : found.error().detail);
    std::vector<std::string> out;
    for (const auto& f : *found) out.push_back(cat(f.where, ": ", f.what));
    return out;
  }

  ManualClock clock_;
  ScratchFolder folder_;
  Runtime runtime_{1, 2, 1};
};

// Whatever k: the commit whose sync fails is not acknowledged, nor is any later one; what was acknowledged is there.
TEST_F(RocksTest, AcknowledgesNothingAfterAFailedSync) {
  FileFaults faults;
  const auto env = rocksdb::NewCompositeEnv(std::make_shared<FaultyFileSystem>(faults));
  constexpr std::uint64_t k_commits = 6;
  for (int k = 0; k < static_cast<int>(k_commits); ++k) {
    const auto id = static_cast<std::uint64_t>(k + 1);
    std::uint64_t acknowledged = 0;
    bool failed = false;
    {
      auto options = small();
      options.env = env.get();
      std::atomic<int> told{0};
      options.on_failure = [&told] { ++told; };
      auto store = open(options);
      faults.syncs = 0;
      faults.syncs_until_failure = k;
      for (std::uint64_t i = 0; i < k_commits; ++i) {
        const auto outcome = run(store->commit(change(id, acknowledged, {{Op::put, cat("k", i), "v"}})));
        if (outcome) {
          ASSERT_FALSE(failed) << "acknowledged after the failure, k = " << k;
          ++acknowledged;
        } else {
          EXPECT_EQ(outcome.error().code, failed ? Errc::unavailable : Errc::unknown);
          failed = true;
        }
      }
      EXPECT_EQ(acknowledged, static_cast<std::uint64_t>(k)) << "one sync a commit";
      EXPECT_EQ(run(store->put_blob(BlobId::of("x"), "x")).error().code, Errc::unavailable);
      EXPECT_EQ(version(*store, id), acknowledged) << "reads go on";
      EXPECT_EQ(told, 1);
    }
    ASSERT_TRUE(failed);
    faults.syncs_until_failure = -1;
    auto store = open();
    const auto found = version(*store, id);
    EXPECT_GE(found, acknowledged);
    EXPECT_LE(found, acknowledged + 1) << "at most the unknown one";
    for (std::uint64_t i = 0; i < acknowledged; ++i)
      EXPECT_EQ(value(*store, {PartitionId::account, id}, cat("k", i)), "v");
    EXPECT_TRUE(run(store->commit(change(id, found)))) << "works again";
  }
  EXPECT_EQ(findings(), std::vector<std::string>{});
}

TEST_F(RocksTest, RefusesCommitsBelowTheReserveAndRecovers) {
  std::atomic<std::uint64_t> free = 1000;
  auto options = small();
  options.reserve_bytes = 500;
  options.free_space = [&free] { return free.load(); };
  auto store = open(options);
  ASSERT_TRUE(run(store->commit(change(1, 0))));
  const auto with_blob = [&](std::uint64_t expected) {
    auto commit = change(1, expected, {{Op::link, std::string(BlobId::of("y").view()), "h"}});
    commit.blobs.push_back({BlobId::of("y"), "y"});
    return commit;
  };
  free = 499;
  EXPECT_EQ(run(store->commit(with_blob(1))).error().code, Errc::full);
  EXPECT_EQ(run(store->put_blob(BlobId::of("x"), "x")).error().code, Errc::full);
  EXPECT_EQ(version(*store, 1), 1u);
  EXPECT_EQ(*run(store->commit(change(1, 1))), CommitOutcome::ok) << "without content: users can still remove mail";
  free = 124;
  EXPECT_EQ(run(store->commit(change(1, 2))).error().code, Errc::full) << "the last quarter is the store's own";
  EXPECT_TRUE(run(store->erase({PartitionId::account, 2}))) << "what frees space goes on";
  free = 500;
  EXPECT_EQ(*run(store->commit(with_blob(2))), CommitOutcome::ok);
}

Task<void> commit_or_look(Store* store, Commit commit, int* won, int* lost_and_saw_the_winner) {
  const auto partition = commit.partition;
  const auto expected = commit.expected;
  const auto outcome = co_await store->commit(std::move(commit));
  if (outcome && *outcome == CommitOutcome::ok) ++*won;
  if (!outcome || *outcome != CommitOutcome::conflict) co_return;
  const auto head = co_await store->head(partition);
  if (head && head->version == expected + 1) ++*lost_and_saw_the_winner;
}

TEST_F(RocksTest, TellsAConflictOnceTheWinnerCanBeRead) {
  auto store = open(small());
  int won = 0, saw = 0;
  Group group;
  for (int i = 0; i < 4; ++i) group.spawn_on(runtime_.home(0), commit_or_look(store.get(), change(1, 0), &won, &saw));
  group.wait_blocking();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(saw, 3);
}

TEST_F(RocksTest, SurvivesAFullDisk) {
  FileFaults faults;
  const auto env = rocksdb::NewCompositeEnv(std::make_shared<FaultyFileSystem>(faults));
  auto options = small();
  options.env = env.get();
  auto store = open(options);
  ASSERT_TRUE(run(store->commit(change(1, 0, {{Op::put, "a", "1"}}))));
  faults.disk_full = true;
  EXPECT_EQ(run(store->commit(change(1, 1, {{Op::put, "a", "2"}}))).error().code, Errc::unknown);
  EXPECT_EQ(run(store->commit(change(1, 1))).error().code, Errc::unavailable);
  EXPECT_EQ(value(*store, {PartitionId::account, 1}, "a"), "1");
  store.reset();
  faults.disk_full = false;
  store = open();
  EXPECT_EQ(version(*store, 1), 1u);
  EXPECT_EQ(*run(store->commit(change(1, 1, {{Op::put, "a", "3"}}))), CommitOutcome::ok);
  EXPECT_EQ(value(*store, {PartitionId::account, 1}, "a"), "3");
}

TEST_F(RocksTest, LeavesLittleInTheLogOnceItIsIdle) {
  const auto logged = [&] {
    std::uint64_t bytes = 0;
    for (const auto& entry : std::filesystem::directory_iterator(path()))
      if (std::error_code gone; entry.path().extension() == ".log")
        if (const auto size = std::filesystem::file_size(entry.path(), gone); !gone) bytes += size;
    return bytes;
  };
  auto options = small();
  options.idle_ms = 50;
  auto store = open(options);
  ASSERT_TRUE(run(store->commit(change(1, 0))));
  const auto content = random_string(1'000'000);
  for (int i = 0; i < 12; ++i) {
    const auto mine = cat(i, content);
    ASSERT_TRUE(run(store->put_blob(BlobId::of(mine), mine)));
  }
  const auto until_little = [&] {
    for (int tries = 0; tries < 1000 && logged() > 1'000'000; ++tries)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return logged() < 1'000'000;
  };
  EXPECT_TRUE(until_little());
  options.idle_ms = 1'000'000;
  store.reset();
  store = open(options);
  for (int i = 20; i < 32; ++i) {
    const auto mine = cat(i, content);
    ASSERT_TRUE(run(store->put_blob(BlobId::of(mine), mine)));
  }
  options.idle_ms = 50;
  store.reset();
  ASSERT_GT(logged(), 1'000'000u);
  store = open(options);
  EXPECT_TRUE(until_little()) << "what was there at the start, too";
  const auto mine = cat(7, content);
  EXPECT_EQ(run(store->get_blob(BlobId::of(mine), 0, UINT64_MAX)), mine);
}

// Else each scan would step over all of it.
TEST_F(RocksTest, LeavesLittleOfWhatWasDeletedOnceItIsIdle) {
  constexpr int k_keys = 10'000;
  std::vector<Op> ops;
  for (int i = 0; i < k_keys; ++i) ops.push_back({Op::put, cat("k", 10'000 + i), "v"});
  ASSERT_TRUE(run(open()->commit(change(1, 0, std::move(ops)))));
  {
    const auto database = *rocks::Database::open(path(), small());
    ASSERT_TRUE(database->db().CompactRange({}, database->family(rocks::f_keys), nullptr, nullptr).ok());
  }
  const auto entries = [&] {  // 0: the files are just changing
    std::uint64_t out = 0;
    const auto database = rocks::Database::open(path(), small(), true);
    rocksdb::TablePropertiesCollection tables;
    if (database && (*database)->db().GetPropertiesOfAllTables((*database)->family(rocks::f_keys), &tables).ok())
      for (const auto& [name, table] : tables) out += table->num_entries;
    return out;
  };
  ASSERT_EQ(entries(), k_keys);
  auto options = small();
  options.idle_ms = 50;
  const auto store = open(options);
  ASSERT_TRUE(run(store->commit(change(1, 1, {{Op::del_range, "k", "l"}, {Op::put, "m", "v"}}))));
  std::uint64_t left = 0;
  for (int tries = 0; tries < 500 && left != 1; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    left = entries();
  }
  EXPECT_EQ(left, 1U);
}

TEST_F(RocksTest, FindsDamageAndNeverServesIt) {
  const std::string content(900'000, 'c'), lost = "lost";
  const auto id = BlobId::of(content);
  const PartitionId p{PartitionId::account, 1};
  {
    auto store = open();
    auto c = change(1, 0, {{Op::put, "a", "1"}, {Op::put, "b", "2"}, {Op::link, std::string(id.view()), "h"}});
    c.blobs = {{id, content}};
    ASSERT_TRUE(run(store->commit(std::move(c))));
    for (std::uint64_t v = 1; v < 4; ++v) ASSERT_TRUE(run(store->commit(change(1, v))));
    ASSERT_TRUE(run(store->commit(change(2, 0))));
    ASSERT_TRUE(run(store->put_blob(BlobId::of(lost), lost)));
  }
  EXPECT_EQ(findings(), std::vector<std::string>{});
  {
    auto database = *rocks::Database::open(path(), small());
    const auto flip = [&](rocks::Family f, const std::string& key) {
      std::string value;
      ASSERT_TRUE(database->db().Get({}, database->family(f), key, &value).ok());
      value[value.size() / 2] = static_cast<char>(value[value.size() / 2] ^ 0x10);
      ASSERT_TRUE(database->db().Put({}, database->family(f), key, value).ok());
    };
    flip(rocks::f_keys, rocks::row_key(p, "a"));
    flip(rocks::f_records, rocks::record_key(p, 2));
    flip(rocks::f_blobs, rocks::chunk_key(id, 0));
    flip(rocks::f_default, rocks::head_key({PartitionId::account, 2}));
    ASSERT_TRUE(
        database->db().Delete({}, database->family(rocks::f_blobs), rocks::chunk_key(BlobId::of(lost), 0)).ok());
    ASSERT_TRUE(database->db().Delete({}, database->family(rocks::f_refs), rocks::holder_key(p, id, "h")).ok());
  }
  {
    auto store = open();
    EXPECT_EQ(run(store->get(p, "a")).error().code, Errc::corrupt);
    EXPECT_EQ(run(store->get_many(p, {"b", "a"})).error().code, Errc::corrupt);
    EXPECT_EQ(run(store->scan(p, "", "", 10, false)).error().code, Errc::corrupt);
    EXPECT_EQ(value(*store, p, "b"), "2");
    EXPECT_EQ(run(store->records(p, 0, 10)).error().code, Errc::corrupt);
    EXPECT_EQ(run(store->head({PartitionId::account, 2})).error().code, Errc::corrupt);
    EXPECT_EQ(run(store->commit(change(2, 1))).error().code, Errc::corrupt);
    EXPECT_EQ(run(store->get_blob(id, 0, UINT64_MAX)).error().code, Errc::corrupt);
    EXPECT_EQ(run(store->get_blobs({id}))->front().error().code, Errc::corrupt);
  }
  const auto found = findings();
  const auto has = [&](std::string_view what) {
    return std::ranges::any_of(found, [&](const std::string& f) { return f.find(what) != std::string::npos; });
  };
  EXPECT_TRUE(has("keys of partition 1/1, key 61: checksum"));
  EXPECT_TRUE(has("records of partition 1/1, key 0000000000000002: checksum"));
  EXPECT_TRUE(has("default of partition 1/2, key : checksum"));
  EXPECT_TRUE(has("00000000: checksum"));
  EXPECT_TRUE(has("its content is missing"));
  EXPECT_TRUE(has("the other half of the link is missing"));
}

// RocksDB's checksums find most of it, ours the rest. Without RocksDB's, a damaged key ends the process by an
// assertion.
TEST_F(RocksTest, AnswersContentOrAnErrorWhateverIsDamaged) {
  std::vector<std::string> contents;
  std::vector<BlobId> ids;
  std::uint32_t noise = 1;
  for (std::size_t n = 0; n < 12; ++n) {
    auto& content = contents.emplace_back();
    while (content.size() < 700 + n * 100) content += static_cast<char>((noise = noise * 1664525 + 1013904223) >> 24);
    ids.push_back(BlobId::of(content));
  }
  {
    const auto store = open();
    for (std::size_t i = 0; i < ids.size(); ++i) ASSERT_TRUE(run(store->put_blob(ids[i], contents[i])));
  }
  std::vector<std::string> files;
  {
    const auto database = *rocks::Database::open(path(), small());
    auto& db = database->db();
    ASSERT_TRUE(db.Flush({}, database->families()).ok());
    std::vector<rocksdb::LiveFileMetaData> tables;
    db.GetLiveFilesMetaData(&tables);
    for (const auto& table : tables)
      if (table.column_family_name == database->family(rocks::f_blobs)->GetName()) files.push_back(path() + table.name);
    for (const auto& entry : std::filesystem::directory_iterator(path()))
      if (entry.path().extension() == ".blob") files.push_back(entry.path());
  }
  ASSERT_EQ(files.size(), 2U);
  std::size_t refused = 0;
  for (const auto& name : files) {
    std::fstream file(name, std::ios::in | std::ios::out | std::ios::binary);
    const auto size = std::filesystem::file_size(name);
    for (std::size_t at = 0; at < size; at += std::max<std::size_t>(1, size / 150)) {
      const auto flip = [&] {
        file.seekg(static_cast<std::streamoff>(at));
        const auto byte = static_cast<char>(file.get() ^ 0x55);
        file.seekp(static_cast<std::streamoff>(at));
        file.put(byte).flush();
      };
      flip();
      if (const auto database = rocks::Database::open(path(), small(), true); database) {
        const auto many = (*database)->blobs(ids);
        for (std::size_t i = 0; i < ids.size(); ++i) {
          const auto one = (*database)->blob(ids[i], 0, UINT64_MAX);
          EXPECT_EQ(one.has_value(), many[i].has_value()) << name << " at " << at;
          if (one) {
            EXPECT_TRUE(*one == contents[i] && *many[i] == contents[i]) << name << " at " << at;
          } else {
            ++refused;
          }
        }
      }
      flip();
    }
  }
  EXPECT_GT(refused, 50U);
}

TEST_F(RocksTest, PacksAsItIsToldAndReadsBoth) {
  std::string text;
  while (text.size() < 4096) append(text, "line ", text.size(), "\r\n");
  const auto codec = [&](Packing packing, const std::string& content) {
    auto options = small();
    options.packing = packing;
    EXPECT_TRUE(run(open(options)->put_blob(BlobId::of(content), content)));
    const auto database = *rocks::Database::open(path(), small());
    return (*database->row(rocks::f_blobs, rocks::chunk_key(BlobId::of(content), 0), false))->at(0);
  };
  EXPECT_EQ(codec(Packing::fast, text), 2);
  EXPECT_EQ(codec(Packing::small, text + "more"), 1);
  const auto store = open();
  for (const auto& content : {text, text + "more"})
    EXPECT_TRUE(run(store->get_blob(BlobId::of(content), 0, UINT64_MAX)) == content);
}

TEST_F(RocksTest, ContentStaysWhereItIsUntilMuchIsGarbage) {
  const auto database = *rocks::Database::open(path(), small());
  auto& db = database->db();
  auto* family = database->family(rocks::f_blobs);
  const auto files = [&] {
    std::set<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(path()))
      if (entry.path().extension() == ".blob") out.insert(entry.path().filename());
    return out;
  };
  const auto compact = [&] {
    rocksdb::CompactRangeOptions o;
    o.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
    ASSERT_TRUE(db.Flush({}, family).ok());
    ASSERT_TRUE(db.CompactRange(o, family, nullptr, nullptr).ok());
  };
  const auto change = [&](int from, int to, bool there) {
    for (int i = from; i < to; ++i) {
      const auto key = cat("blob ", 1000 + i);
      ASSERT_TRUE((there ? db.Put({}, family, key, std::string(4096, 'x')) : db.Delete({}, family, key)).ok());
    }
    compact();
    database->collect_blobs();
  };
  change(0, 100, true);
  const auto first = files();
  change(100, 200, true);
  EXPECT_TRUE(std::ranges::includes(files(), first)) << "all of it is alive";
  change(0, 40, false);
  EXPECT_TRUE(std::ranges::includes(files(), first)) << "a fifth of it is not";
  change(40, 80, false);
  compact();
  for (const auto& name : first) EXPECT_FALSE(files().contains(name));
  std::uint64_t garbage = 1, size = 0;
  ASSERT_TRUE(db.GetIntProperty(family, rocksdb::DB::Properties::kLiveBlobFileGarbageSize, &garbage));
  ASSERT_TRUE(db.GetIntProperty(family, rocksdb::DB::Properties::kLiveBlobFileSize, &size));
  EXPECT_EQ(garbage, 0U);
  EXPECT_LT(size, 130 * 4200U);
  database->collect_blobs();
  const auto second = files();
  change(200, 210, true);
  EXPECT_TRUE(std::ranges::includes(files(), second)) << "collected, and left alone again";
}

// What is answered from the cache alone, or not at all, and must not be answered by leaving out what is not there.
TEST_F(RocksTest, MissesNothingBesideAnErasedPartition) {
  const PartitionId p{PartitionId::account, 2};
  std::vector<std::string> names;
  std::vector<std::optional<std::string>> values;
  std::vector<Op> ops;
  for (int i = 100; i < 140; ++i) {
    names.push_back(cat("k", i));
    values.emplace_back(cat("v", i));
    ops.push_back({Op::put, names.back(), *values.back()});
  }
  const auto write_tables = [&] {
    const auto database = *rocks::Database::open(path(), small());
    ASSERT_TRUE(database->db().Flush({}, database->families()).ok());
  };
  ASSERT_TRUE(run(open()->commit(change(p.id, 0, std::move(ops)))));
  write_tables();
  {
    const auto store = open();
    ASSERT_TRUE(run(store->commit(change(p.id, 1, {{Op::put, "a", "v"}}))));
    ASSERT_TRUE(run(store->commit(change(3, 0, {{Op::put, "k", "v"}}))));
  }
  write_tables();
  const auto store = open();
  EXPECT_EQ(value(*store, p, "a"), "v") << "its neighbour of the other partition is in the cache now";
  ASSERT_TRUE(run(store->erase({PartitionId::account, 3})));
  EXPECT_EQ(*run(store->get_many(p, names)), values);
}

// What cannot be read cannot be erased, and nobody may build on what is left.
TEST_F(RocksTest, MakesNoPartitionOverOneThatIsHalfErased) {
  std::vector<Op> ops;
  for (int i = 0; i < 3000; ++i) ops.push_back({Op::put, cat("k", 10'000 + i), random_string(200)});
  ASSERT_TRUE(run(open()->commit(change(1, 0, std::move(ops)))));
  std::string file;
  {
    const auto database = *rocks::Database::open(path(), small());
    ASSERT_TRUE(database->db().Flush({}, database->families()).ok());
    std::vector<rocksdb::LiveFileMetaData> files;
    database->db().GetLiveFilesMetaData(&files);
    for (const auto& f : files)
      if (f.column_family_name == rocks::k_family_names[rocks::f_keys]) file = f.directory + "/" + f.relative_filename;
  }
  std::fstream table(file, std::ios::in | std::ios::out | std::ios::binary);
  table.seekg(300'000);
  const auto byte = static_cast<char>(table.get() ^ 1);
  table.seekp(300'000);
  table.put(byte);
  table.close();
  for (int start = 0; start < 2; ++start) {
    const auto store = open();
    if (start == 0) EXPECT_EQ(run(store->erase({PartitionId::account, 1})).error().code, Errc::corrupt);
    EXPECT_EQ(version(*store, 1), 0U);
    const auto made = run(store->commit(change(1, 0)));
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, Errc::corrupt);
    EXPECT_TRUE(run(store->commit(change(2, static_cast<std::uint64_t>(start))))) << "others are not touched";
  }
  const auto marked = [&] { return *(*rocks::Database::open(path(), small()))->being_erased(); };
  {
    const auto database = *rocks::Database::open(path(), small());
    const auto mark = rocks::erasing_key({PartitionId::account, 9});
    ASSERT_TRUE(database->db().Put({}, database->family(rocks::f_default), mark, seal(mark, {})).ok());
  }
  EXPECT_EQ(marked().size(), 2U);
  open().reset();
  EXPECT_EQ(marked(), std::vector{(PartitionId{PartitionId::account, 1})}) << "the other is done";
}

// Keys that are not there: the filter is wrong about one of a hundred, and where that lies between two blocks both are
// looked into.
TEST_F(RocksTest, TakesNothingThatIsMissingForDamaged) {
  constexpr int k_keys = 3000;
  const PartitionId p{PartitionId::account, 1};
  std::vector<Op> ops;
  for (int i = 0; i < k_keys; ++i) ops.push_back({Op::put, cat("k", 10'000 + i), random_string(200)});
  ASSERT_TRUE(run(open()->commit(change(p.id, 0, std::move(ops)))));
  {
    const auto database = *rocks::Database::open(path(), small());
    ASSERT_TRUE(database->db().Flush({}, database->families()).ok());
  }
  const auto store = open();
  for (int i = 0; i < k_keys; ++i)
    for (char c = 'a'; c < 'i'; ++c) {
      std::vector<std::string> names;
      for (int n = 0; n < 10; ++n) names.push_back(cat("k", 10'000 + i, std::string(1, c), n));
      const auto got = run(store->get_many(p, names));
      ASSERT_TRUE(got) << got.error().detail << " at " << names.front();
      ASSERT_EQ(*got, std::vector<std::optional<std::string>>(10));
    }
}

// Whatever k: of a partition that is being erased when the power fails, all goes in the end, and nothing is amiss.
TEST_F(RocksTest, GoesOnErasingAfterAPowerCut) {
  FileFaults faults;
  const auto env = rocksdb::NewCompositeEnv(std::make_shared<FaultyFileSystem>(faults));
  const PartitionId p{PartitionId::account, 1};
  const std::string content = "linked";
  const auto id = BlobId::of(content);
  bool erased = false;
  for (int k = 0; !erased; ++k) {
    ASSERT_LT(k, 100);
    {
      auto options = small();
      options.env = env.get();
      auto store = open(options);
      auto c = change(p.id, 0, {{Op::put, "k", "v"}, {Op::link, std::string(id.view()), "h"}});
      c.blobs.push_back({id, content});
      ASSERT_TRUE(run(store->commit(std::move(c))));
      faults.writes_until_failure = k;
      erased = run(store->erase(p)).has_value();
    }
    faults.writes_until_failure = -1;
    EXPECT_EQ(findings(), std::vector<std::string>{}) << "k = " << k;
    auto store = open();
    if (version(*store, p.id) != 0) {
      EXPECT_FALSE(erased);
      EXPECT_EQ(value(*store, p, "k"), "v") << "wholly there";
      ASSERT_TRUE(run(store->erase(p)));
    }
    ASSERT_TRUE(run(store->commit(change(p.id, 0)))) << "behind what a start has to finish";
    EXPECT_EQ(value(*store, p, "k"), std::nullopt) << "k = " << k;
    EXPECT_EQ(run(store->records(p, 0, 10))->size(), 1U);
    std::string cursor;
    EXPECT_TRUE(run(store->links(p, 10, &cursor))->empty());
    ASSERT_TRUE(run(store->erase(p)));
  }
}

TEST_F(RocksTest, RefusesAnotherFormat) {
  open().reset();
  {
    auto database = *rocks::Database::open(path(), small());
    ASSERT_TRUE(database->db().Put({}, "F", Writer().varint(99).take()).ok());
  }
  EXPECT_EQ(RocksStore::open(path(), runtime_.io(), clock_, small()).error().code, Errc::unsupported);
  EXPECT_EQ(check_store(path()).error().code, Errc::unsupported);
}

// Random calls, every answer compared with the model's; now and then the store is closed and opened again.
TEST_F(RocksTest, SaysThatAnotherHasItOpen) {
  const auto store = open();
  const auto second = RocksStore::open(path(), runtime_.io(), clock_, small());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::in_use);
  EXPECT_NE(second.error().detail.find(path() + " open; stop that server first"), std::string::npos)
      << second.error().detail;
}

TEST_F(RocksTest, AnswersAsTheModel) {
  const auto seed = random_u64();
  SCOPED_TRACE(cat("seed ", seed));
  std::mt19937_64 random(seed);
  MemStore model(clock_);
  auto store = open();
  const auto pick = [&](std::uint64_t n) { return random() % n; };
  const auto key = [&] { return cat("k", pick(30)); };
  const auto blob = [&](std::uint64_t n) { return std::string(1 + n * 3000, static_cast<char>('a' + n)); };
  for (int step = 0; step < 600 && !HasFailure(); ++step) {
    SCOPED_TRACE(cat("step ", step));
    const PartitionId p{PartitionId::account, 1 + pick(3)};
    const auto now = run(model.head(p))->version;
    switch (pick(12)) {
      case 0: {
        const auto a = run(model.erase(p)), b = run(store->erase(p));
        EXPECT_TRUE(a && b);
        break;
      }
      case 1:
        EXPECT_TRUE(run(model.trim(p, now / 2)) && run(store->trim(p, now / 2)));
        break;
      case 2: {
        std::string one, two;
        clock_.advance_ms(static_cast<std::int64_t>(pick(20'000'000)));
        EXPECT_EQ(run(model.sweep(7200, 1000, &one)).has_value(), run(store->sweep(7200, 1000, &two)).has_value());
        break;
      }
      case 3:
        if (pick(8) == 0) {
          store.reset();
          store = open();
        }
        break;
      default: {
        auto c = change(p.id, pick(10) == 0 ? now + 1 : now);
        c.summary = cat("summary ", step);
        std::vector<std::string> contents;
        for (auto i = pick(8); i > 0; --i) {
          auto from = key(), to = key();
          const auto content = blob(pick(5));
          const auto id = BlobId::of(content);
          switch (pick(6)) {
            case 0:
              c.ops.push_back({Op::del, from, ""});
              break;
            case 1:
              c.ops.push_back({Op::del_range, from, to});
              break;
            case 2:
              c.ops.push_back({Op::unlink, std::string(id.view()), "h"});
              break;
            case 3:
              c.ops.push_back({Op::link, std::string(id.view()), "h"});
              [[fallthrough]];
            default:
              c.ops.push_back({Op::put, from, cat("value ", step, " ", i)});
          }
          contents.push_back(content);
        }
        if (pick(2) == 0)
          for (const auto& content : contents) c.blobs.push_back({BlobId::of(content), content});
        const auto a = run(model.commit(c)), b = run(store->commit(c));
        ASSERT_EQ(a, b);
      }
    }
    const auto a = run(model.head(p)), b = run(store->head(p));
    ASSERT_TRUE(a && b);
    EXPECT_EQ(a->version, b->version);
    EXPECT_EQ(a->summary, b->summary);
    const auto from = key(), to = pick(4) == 0 ? "" : key();
    const auto limit = 1 + pick(20);
    const bool reverse = pick(2) == 0;
    const auto pa = *run(model.scan(p, from, to, limit, reverse)), pb = *run(store->scan(p, from, to, limit, reverse));
    EXPECT_EQ(pa.more, pb.more);
    ASSERT_EQ(pa.rows.size(), pb.rows.size());
    for (std::size_t i = 0; i < pa.rows.size(); ++i) {
      EXPECT_EQ(pa.rows[i].key, pb.rows[i].key);
      EXPECT_EQ(pa.rows[i].value, pb.rows[i].value);
    }
    const auto after = pick(now + 2);
    const auto ra = run(model.records(p, after, 100)), rb = run(store->records(p, after, 100));
    ASSERT_EQ(ra.has_value(), rb.has_value());
    if (ra) {
      ASSERT_EQ(ra->size(), rb->size());
    }
  }
  store.reset();
  EXPECT_EQ(findings(), std::vector<std::string>{});
}

}  // namespace
}  // namespace mailstead::store
