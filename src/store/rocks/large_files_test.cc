// Large content: a file each, written once; there when a commit speaks of it, gone when nobody does.
#include "store/rocks/large_files.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/ascii.h"
#include "base/random.h"
#include "runtime/block_on.h"
#include "runtime/group.h"
#include "runtime/home.h"
#include "store/rocks/check.h"
#include "store/rocks/committer.h"
#include "store/rocks/database.h"
#include "store/rocks/fault_env.h"
#include "store/rocks/rocks_store.h"
#include "store/scratch_folder.h"

namespace mailstead::store {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t k_day_s = 86'400;

class LargeFilesTest : public testing::Test {
 protected:
  std::string path() const { return folder_.path() + "/db"; }
  std::string after() const { return folder_.path() + "/after"; }
  RocksOptions options() {
    RocksOptions o;
    o.cache_bytes = 8 * 1024 * 1024;
    o.reserve_bytes = 0;
    o.env = env_.get();
    return o;
  }
  std::unique_ptr<RocksStore> open(const std::string& at, const RocksOptions& options) {
    auto store = RocksStore::open(at, runtime_.io(), clock_, options);
    EXPECT_TRUE(store) << (store ? "" : store.error().detail);
    return store ? *std::move(store) : nullptr;
  }
  std::unique_ptr<RocksStore> open() { return open(path(), options()); }
  template <class T>
  T run(Task<T> task) {
    return block_on(runtime_.home(0), std::move(task));
  }
  static Commit bringing(std::uint64_t id, std::uint64_t expected, const std::string& content) {
    Commit c;
    c.partition = {PartitionId::account, id};
    c.expected = expected;
    c.record = "record";
    c.ops = {{Op::link, std::string(BlobId::of(content).view()), "h"}};
    c.blobs = {{BlobId::of(content), content}};
    return c;
  }
  static std::string read(Task<Result<std::string>> task, Home& home) {
    auto got = block_on(home, std::move(task));
    return got ? *std::move(got) : cat("error: ", to_string(got.error().code));
  }
  std::string read(Store& store, const std::string& content, std::uint64_t offset = 0,
                   std::uint64_t length = UINT64_MAX) {
    return read(store.get_blob(BlobId::of(content), offset, length), runtime_.home(0));
  }
  std::vector<fs::path> files(const std::string& at) {
    std::vector<fs::path> out;
    for (const auto& entry : fs::directory_iterator(at + "/large")) out.push_back(entry.path());
    return out;
  }
  std::vector<fs::path> files() { return files(path()); }
  std::size_t sweep(Store& store) {
    std::size_t erased = 0;
    std::string cursor;
    do erased += *run(store.sweep(k_day_s, 100, &cursor));
    while (!cursor.empty());
    return erased;
  }
  void power_cut() {
    fs::remove_all(after());
    faults_.copy_after_a_power_cut(path(), after());
  }

  FileFaults faults_;
  std::unique_ptr<rocksdb::Env> env_ = rocksdb::NewCompositeEnv(std::make_shared<FaultyFileSystem>(faults_));
  ManualClock clock_;
  ScratchFolder folder_;
  Runtime runtime_{1, 4, 1};
  const std::string content_ = random_string(3'000'000);
};

TEST_F(LargeFilesTest, AreWrittenOnceAndReadInPieces) {
  auto store = open();
  ASSERT_TRUE(run(store->commit(bringing(1, 0, content_))));
  ASSERT_EQ(files().size(), 1U);
  EXPECT_GT(fs::file_size(files()[0]), 3'000'000U);
  std::uint64_t beside = 0;
  for (const auto& entry : fs::directory_iterator(path()))
    if (entry.is_regular_file()) beside += fs::file_size(entry);
  EXPECT_LT(beside, 1'000'000U);
  const auto check = [&] {
    EXPECT_TRUE(read(*store, content_) == content_);
    EXPECT_TRUE(*run(store->get_blobs({BlobId::of(content_)}))->front() == content_);
    for (const std::uint64_t at : {0UL, 1UL, k_blob_chunk - 1, k_blob_chunk, 5 * k_blob_chunk + 7, 2'999'999UL})
      for (const std::uint64_t size : {1UL, 1000UL, 2 * k_blob_chunk})
        EXPECT_TRUE(read(*store, content_, at, size) == content_.substr(at, size)) << at << ", " << size;
    EXPECT_EQ(read(*store, content_, 3'000'000, 1), "");
    EXPECT_EQ(read(*store, content_, 9'000'000, 1), "");
  };
  check();
  store.reset();
  store = open();
  check();
  EXPECT_TRUE(check_store(path())->empty());
}

TEST_F(LargeFilesTest, BeginAboveWhatARowHolds) {
  const auto store = open();
  const auto row = content_.substr(0, k_blob_whole), file = content_.substr(0, k_blob_whole + 1);
  ASSERT_TRUE(run(store->put_blob(BlobId::of(row), row)));
  EXPECT_EQ(files().size(), 0U);
  ASSERT_TRUE(run(store->put_blob(BlobId::of(file), file)));
  EXPECT_EQ(files().size(), 1U);
  EXPECT_TRUE(read(*store, row) == row);
  EXPECT_TRUE(read(*store, file) == file);
}

TEST_F(LargeFilesTest, SurviveAPowerCut) {
  const auto store = open();
  ASSERT_TRUE(run(store->commit(bringing(1, 0, content_))));
  power_cut();
  EXPECT_TRUE(read(*open(after(), options()), content_) == content_);
  EXPECT_TRUE(check_store(after())->empty());
}

Task<void> commit(rocks::Committer* committer, rocks::Job* job) {
  co_await committer->run(*job);
}

// What the call found was swept before its commit: the row that was there, or, where the clock was set, the new file.
TEST_F(LargeFilesTest, AreWrittenAgainWhereASweepWasFaster) {
  const auto database = *rocks::Database::open(path(), options());
  Watchers watchers;
  rocks::Committer committer(*database, clock_, options(), path(), watchers);
  for (const bool row_was_there : {true, false}) {
    const auto content = cat(content_, row_was_there);
    rocks::Job job;
    job.kind = rocks::Job::blobs;
    if (row_was_there) {
      job.blob_rows.push_back({BlobId::of(content), content, {}, {}});
    } else {
      job.blob_rows.push_back(*rocks::encode_blob(*database, BlobId::of(content), content, clock_.now()));
      fs::remove(files().back());
      ASSERT_EQ(files().size(), 1U) << "that of the other one";
    }
    block_on(runtime_.home(0), commit(&committer, &job));
    ASSERT_TRUE(job.outcome);
    EXPECT_TRUE(*database->blob(BlobId::of(content), 0, UINT64_MAX) == content) << row_was_there;
  }
}

// An earlier format's store has large content in rows.
TEST_F(LargeFilesTest, AreReadBesideRowsOfChunks) {
  const auto id = BlobId::of(content_);
  {
    const auto database = *rocks::Database::open(path(), options());
    std::uint32_t index = 0;
    for (const auto& chunk : pack_blob(content_)) {
      const auto key = rocks::chunk_key(id, index++);
      ASSERT_TRUE(database->db().Put({}, database->family(rocks::f_blobs), key, seal(key, chunk)).ok());
    }
    const auto key = rocks::blob_key(id);
    const auto row = seal(key, rocks::encode(rocks::BlobInfo{content_.size(), clock_.now()}));
    ASSERT_TRUE(database->db().Put({}, database->family(rocks::f_refs), key, row).ok());
  }
  const auto store = open();
  EXPECT_TRUE(read(*store, content_) == content_);
  EXPECT_TRUE(read(*store, content_, 2'000'000, 1000) == content_.substr(2'000'000, 1000));
  EXPECT_TRUE(*run(store->get_blobs({id}))->front() == content_);
  ASSERT_TRUE(run(store->put_blob(id, content_)));
  EXPECT_EQ(files().size(), 0U) << "it is there already";
  clock_.advance_ms(2 * k_day_s * 1000);
  EXPECT_EQ(sweep(*store), 1U);
  EXPECT_EQ(read(*store, content_), "error: not_found");
}

Task<void> put(Store* store, const std::string* content, std::atomic<int>* done) {
  if (co_await store->put_blob(BlobId::of(*content), *content)) ++*done;
}

TEST_F(LargeFilesTest, AreOneForEqualContent) {
  const auto store = open();
  std::atomic<int> done = 0;
  Group group;
  for (int i = 0; i < 4; ++i) group.spawn_on(runtime_.home(0), put(store.get(), &content_, &done));
  group.wait_blocking();
  EXPECT_EQ(done, 4);
  EXPECT_EQ(files().size(), 1U);
  EXPECT_TRUE(read(*store, content_) == content_);
}

TEST_F(LargeFilesTest, AreGoneWhereTheCommitIsRefused) {
  std::atomic<std::uint64_t> free = 100'000'000;
  auto o = options();
  o.reserve_bytes = 1'000'000;
  o.free_space = [&free] { return free.load(); };
  const auto store = open(path(), o);
  EXPECT_EQ(*run(store->commit(bringing(1, 7, content_))), CommitOutcome::conflict);
  EXPECT_EQ(files().size(), 0U);
  auto unlinked = bringing(1, 0, content_);
  unlinked.ops.push_back({Op::link, std::string(BlobId::of("missing").view()), "h"});
  EXPECT_EQ(run(store->commit(std::move(unlinked))).error().code, Errc::not_found);
  EXPECT_EQ(files().size(), 0U);
  free = 3'900'000;
  EXPECT_EQ(run(store->commit(bringing(1, 0, content_))).error().code, Errc::full);
  EXPECT_EQ(files().size(), 0U);
  free = 100'000'000;
  faults_.disk_full = true;
  EXPECT_EQ(run(store->commit(bringing(1, 0, content_))).error().code, Errc::full);
  EXPECT_EQ(files().size(), 0U);
  faults_.disk_full = false;
  EXPECT_EQ(*run(store->commit(bringing(1, 0, content_))), CommitOutcome::ok) << "nothing of the log was touched";
  EXPECT_TRUE(read(*store, content_) == content_);
}

// The committer looks at the small one when the large one is in the batch already.
TEST_F(LargeFilesTest, AreGoneWhereAnotherBlobOfTheCommitIsDamaged) {
  const std::string small = "small";
  const auto key = rocks::blob_key(BlobId::of(small));
  ASSERT_TRUE(run(open()->put_blob(BlobId::of(small), small)));
  {
    const auto database = *rocks::Database::open(path(), options());
    ASSERT_TRUE(database->db().Put({}, database->family(rocks::f_refs), key, "damaged, in short").ok());
  }
  const auto store = open();
  auto both = bringing(1, 0, content_);
  both.blobs.push_back({BlobId::of(small), small});
  EXPECT_EQ(run(store->commit(std::move(both))).error().code, Errc::corrupt);
  EXPECT_EQ(files().size(), 0U);
  EXPECT_EQ(*run(store->commit(bringing(1, 0, content_))), CommitOutcome::ok);
  EXPECT_TRUE(read(*store, content_) == content_);
}

TEST_F(LargeFilesTest, StayWhereTheOutcomeIsUnknown) {
  auto store = open();
  faults_.syncs_until_failure = 0;
  EXPECT_EQ(run(store->commit(bringing(1, 0, content_))).error().code, Errc::unknown);
  EXPECT_EQ(run(store->commit(bringing(2, 0, content_ + "more"))).error().code, Errc::unavailable);
  EXPECT_EQ(files().size(), 1U);
  store.reset();
  store = open();
  const auto version = run(store->head({PartitionId::account, 1}))->version;
  EXPECT_EQ(read(*store, content_) == content_, version == 1);
}

TEST_F(LargeFilesTest, GoWhenNobodyRefersToThem) {
  const auto other = content_ + "other", kept = content_ + "kept";
  auto store = open();
  ASSERT_TRUE(run(store->put_blob(BlobId::of(content_), content_)));
  ASSERT_TRUE(run(store->commit(bringing(1, 0, kept))));
  // As a crash leaves it: of the one no row speaks, of the other a row that speaks of another file.
  const auto database_files = rocks::LargeFiles(env_->GetFileSystem(), path() + "/large");
  ASSERT_TRUE(database_files.write(BlobId::of(other), other, Packing::fast, clock_.now()));
  ASSERT_TRUE(database_files.write(BlobId::of(kept), kept, Packing::fast, clock_.now()));
  EXPECT_EQ(files().size(), 4U);
  EXPECT_EQ(sweep(*store), 0U);
  EXPECT_EQ(files().size(), 4U) << "all are young: a commit of them may be under way";
  clock_.advance_ms(2 * k_day_s * 1000);
  ASSERT_TRUE(database_files.write(BlobId::of(other), other, Packing::fast, clock_.now()));
  EXPECT_EQ(sweep(*store), 1U);
  EXPECT_EQ(files().size(), 2U);
  EXPECT_TRUE(read(*store, kept) == kept);
  clock_.advance_ms(2 * k_day_s * 1000);
  EXPECT_EQ(sweep(*store), 0U);
  EXPECT_EQ(files().size(), 1U);
  EXPECT_TRUE(read(*store, kept) == kept);
  EXPECT_TRUE(check_store(path())->empty());
}

// Else a power cut could bring the row back, and the next message of that content would rely on it.
TEST_F(LargeFilesTest, GoOnceTheirRowIsGoneForGood) {
  const auto store = open();
  ASSERT_TRUE(run(store->put_blob(BlobId::of(content_), content_)));
  clock_.advance_ms(2 * k_day_s * 1000);
  ASSERT_EQ(sweep(*store), 1U);
  ASSERT_EQ(files().size(), 0U);
  power_cut();
  const auto again = open(after(), options());
  ASSERT_TRUE(run(again->commit(bringing(1, 0, content_))));
  EXPECT_TRUE(read(*again, content_) == content_);
}

TEST_F(LargeFilesTest, DamageIsFoundAndNeverServed) {
  ASSERT_TRUE(run(open()->commit(bringing(1, 0, content_))));
  const auto name = files().at(0);
  const auto size = fs::file_size(name);
  const auto findings = [&] {
    std::string out;
    const auto found = check_store(path());
    for (const auto& f : *found) append(out, f.where, ": ", f.what, "\n");
    return out;
  };
  const auto flip = [&](std::uint64_t at) {
    std::fstream file(name, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const auto byte = static_cast<char>(file.get() ^ 0x10);
    file.seekp(static_cast<std::streamoff>(at));
    file.put(byte);
  };
  for (const auto at : {std::uint64_t{0}, size / 2, size - 1}) {
    flip(at);
    {
      const auto store = open();
      EXPECT_EQ(read(*store, content_), "error: corrupt");
      EXPECT_EQ(run(store->get_blobs({BlobId::of(content_)}))->front().error().code, Errc::corrupt);
    }
    EXPECT_TRUE(findings().contains(": checksum")) << findings();
    flip(at);
  }
  EXPECT_EQ(findings(), "");
  fs::resize_file(name, size - 1);
  EXPECT_EQ(read(*open(), content_), "error: corrupt");
  EXPECT_TRUE(read(*open(), content_, 0, 1000) == content_.substr(0, 1000)) << "other chunks are good";
  EXPECT_TRUE(findings().contains(": checksum")) << findings();
  fs::remove(name);
  EXPECT_EQ(read(*open(), content_), "error: corrupt") << "its row is there";
  EXPECT_EQ(read(*open(), content_, 2'000'000, 10), "error: corrupt");
  EXPECT_TRUE(findings().contains("the file of its content is missing")) << findings();
}

TEST_F(LargeFilesTest, ARefThatIsNoneIsRefused) {
  const rocks::LargeRef ref{BlobId::of("x"), 2'000'000, -5, 77, std::vector<std::uint64_t>(8, 1000)};
  const auto encoded = rocks::encode(ref);
  const auto decoded = rocks::decode_large(ref.blob, encoded);
  ASSERT_TRUE(decoded && *decoded);
  EXPECT_EQ((*decoded)->total, ref.total);
  EXPECT_EQ((*decoded)->sizes, ref.sizes);
  EXPECT_EQ(rocks::file_name(**decoded), rocks::file_name(ref));
  for (std::size_t n = 1; n < encoded.size(); ++n) EXPECT_FALSE(rocks::decode_large(ref.blob, encoded.substr(0, n)));
  EXPECT_FALSE(rocks::decode_large(ref.blob, encoded + '\x01'));
  EXPECT_EQ(rocks::decode_large(ref.blob, pack_blob("a chunk")[0]), std::nullopt);
}

}  // namespace
}  // namespace mailstead::store
