#include "store/rocks/log_files.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>

#include "base/ascii.h"
#include "base/random.h"
#include "runtime/home.h"
#include "store/rocks/check.h"
#include "store/rocks/fault_env.h"
#include "store/rocks/rocks_store.h"
#include "store/scratch_folder.h"

namespace mailstead::store {
namespace {

namespace fs = std::filesystem;

std::string record(std::size_t length) {
  std::string out("crc!", 4);
  out += static_cast<char>(length & 0xFF);
  out += static_cast<char>(length >> 8);
  return out + '\x01' + std::string(length, 'p');
}

TEST(RecordsOfBlock, EndAtTheFirstEmptyHeader) {
  const auto two = record(100) + record(300);
  EXPECT_EQ(rocks::records_of_block(two), two.size());
  EXPECT_EQ(rocks::records_of_block(two + std::string(7, '\0')), two.size());
  EXPECT_EQ(rocks::records_of_block(two + std::string(5000, '\0') + two), two.size());
  EXPECT_EQ(rocks::records_of_block(two + "crc!" + std::string(50, '\0')), two.size()) << "a header torn in two";
  EXPECT_EQ(rocks::records_of_block(std::string(rocks::k_log_block, '\0')), 0u);
  EXPECT_EQ(rocks::records_of_block(""), 0u);
}

TEST(RecordsOfBlock, TakeThePaddingOfABlockForNoEnd) {
  for (std::size_t padding = 0; padding <= 6; ++padding) {
    const auto block = record(rocks::k_log_block - 7 - padding) + std::string(padding, '\0');
    EXPECT_EQ(rocks::records_of_block(block), rocks::k_log_block);
  }
  const auto block = record(rocks::k_log_block - 14) + std::string(7, '\0');
  EXPECT_EQ(rocks::records_of_block(block), rocks::k_log_block - 7);
}

TEST(RecordsOfBlock, LeaveWhatIsTornToItsChecksum) {
  auto cut = record(300);
  cut.resize(200);
  EXPECT_EQ(rocks::records_of_block(cut), cut.size());
  auto torn = record(300);
  std::fill(torn.begin() + 100, torn.end(), '\0');
  EXPECT_EQ(rocks::records_of_block(torn + std::string(5000, '\0')), torn.size());
}

class LogFilesTest : public testing::Test {
 protected:
  std::string path(int n = 0) const { return cat(folder_.path(), "/db", n); }
  std::unique_ptr<RocksStore> open(const std::string& at) {
    RocksOptions o;
    o.cache_bytes = 8 * 1024 * 1024;
    o.reserve_bytes = 0;
    o.env = env_.get();
    auto store = RocksStore::open(at, runtime_.io(), clock_, o);
    EXPECT_TRUE(store) << (store ? "" : store.error().detail);
    return store ? *std::move(store) : nullptr;
  }
  template <class T>
  T run(Task<T> task) {
    return block_on(runtime_.home(0), std::move(task));
  }
  std::uint64_t version(Store& store) { return run(store.head({PartitionId::account, 1}))->version; }
  void commit(Store& store, std::size_t bytes = 200, bool relaxed = false) {
    Commit c;
    c.partition = {PartitionId::account, 1};
    c.expected = version(store);
    c.record = "record";
    c.ops = {{Op::put, cat("key", c.expected % 10), std::string(bytes, 'v')}};
    c.relaxed = relaxed;
    ASSERT_EQ(run(store.commit(std::move(c))), CommitOutcome::ok);
  }
  static std::vector<fs::path> logs(const std::string& at) {
    std::vector<fs::path> out;
    for (const auto& entry : fs::directory_iterator(at))
      if (entry.path().extension() == ".log") out.push_back(entry.path());
    std::ranges::sort(out);
    return out;
  }
  std::uint64_t end(const fs::path& log) {
    std::uint64_t size = 0;
    EXPECT_TRUE(log_files_.GetFileSize(log.string(), {}, &size, nullptr).ok());
    return size;
  }
  static void zero(const fs::path& log, std::uint64_t from, std::uint64_t to) {
    std::fstream out(log, std::ios::in | std::ios::out | std::ios::binary);
    out.seekp(static_cast<std::streamoff>(from));
    out << std::string(to - from, '\0');
  }
  std::uint64_t version_of(const std::string& at) {
    EXPECT_TRUE(check_store(at)->empty());
    return version(*open(at));
  }

  FileFaults faults_;
  std::unique_ptr<rocksdb::Env> env_ = rocksdb::NewCompositeEnv(std::make_shared<FaultyFileSystem>(faults_));
  rocks::LogFileSystem log_files_{rocksdb::FileSystem::Default()};
  ManualClock clock_;
  ScratchFolder folder_;
  Runtime runtime_{1, 2, 1};
  std::unique_ptr<RocksStore> store_ = open(path());
};

TEST_F(LogFilesTest, WritesZerosAheadOfSmallSyncs) {
  const auto log = logs(path()).back();
  for (int i = 0; i < 30; ++i) commit(*store_);
  EXPECT_EQ(faults_.zeros, 1);
  EXPECT_GE(fs::file_size(log), rocks::k_log_ahead);
  EXPECT_LT(fs::file_size(log), 2 * rocks::k_log_ahead);
  EXPECT_LT(end(log), 100'000u);
  const auto size = fs::file_size(log);
  while (end(log) + 41'000 < rocks::k_log_ahead) commit(*store_, 40'000);
  EXPECT_EQ(faults_.zeros, 1) << "while there is room";
  for (int i = 0; i < 2; ++i) commit(*store_, 40'000);
  EXPECT_EQ(faults_.zeros, 2);
  EXPECT_GT(fs::file_size(log), size);
  const auto written = end(log);
  store_.reset();
  EXPECT_EQ(fs::file_size(log), written) << "what is left goes when it is closed";
}

TEST_F(LogFilesTest, BeginsALogOnceTheOneBeforeIsSynced) {
  store_.reset();
  rocks::LogFileSystem files(env_->GetFileSystem());
  const auto begin = [&](int n, std::unique_ptr<rocksdb::FSWritableFile>& out) {
    return files.NewWritableFile(cat(folder_.path(), "/", n, ".log"), {}, &out, nullptr);
  };
  std::unique_ptr<rocksdb::FSWritableFile> first, second, third;
  faults_.syncs = 0;
  ASSERT_TRUE(begin(1, first).ok());
  ASSERT_TRUE(first->Append("first", {}, nullptr).ok());
  EXPECT_EQ(faults_.syncs, 0);
  ASSERT_TRUE(begin(2, second).ok());
  EXPECT_EQ(faults_.syncs, 1);
  first.reset();
  ASSERT_TRUE(second->Append("second", {}, nullptr).ok());
  faults_.syncs_until_failure = 0;
  EXPECT_FALSE(begin(3, third).ok()) << "nor where it cannot be";
  faults_.syncs_until_failure = -1;
  second.reset();
  ASSERT_TRUE(begin(4, third).ok()) << "one that has gone is nobody's";
}

TEST_F(LogFilesTest, WritesNoneAheadOfLargeSyncs) {
  for (int i = 0; i < 8; ++i) {
    const auto content = random_string(100'000);
    ASSERT_TRUE(run(store_->put_blob(BlobId::of(content), content)));
    commit(*store_);
    commit(*store_, 1000);
  }
  EXPECT_EQ(faults_.zeros, 0);
}

TEST_F(LogFilesTest, GoesOnWhereThereIsNoRoomForZeros) {
  faults_.zeros_fail = true;
  for (int i = 0; i < 30; ++i) commit(*store_);
  EXPECT_GE(faults_.zeros, 2) << "tried again later";
  faults_.copy_after_a_power_cut(path(), path(1));
  EXPECT_EQ(version_of(path(1)), 30u);
  const auto log = logs(path()).back();
  const auto written = end(log);
  EXPECT_GT(fs::file_size(log), written);
  store_.reset();
  EXPECT_EQ(fs::file_size(log), written);
  EXPECT_EQ(version_of(path()), 30u);
}

// What kill -9 leaves, again and again, with all logs still there.
TEST_F(LogFilesTest, ALogMayEndInZerosAndAnotherFollow) {
  for (int n = 1; n <= 4; ++n) {
    for (int i = 0; i < 6; ++i) commit(*store_);
    fs::create_directory(path(n));
    for (const auto& entry : fs::directory_iterator(path(n - 1)))
      if (entry.is_regular_file()) fs::copy_file(entry.path(), fs::path(path(n)) / entry.path().filename());
    EXPECT_GT(fs::file_size(logs(path(n)).back()), rocks::k_log_ahead);
    for (const auto& log : logs(path(n))) fs::resize_file(log, fs::file_size(log) + 100'000);
    EXPECT_TRUE(check_store(path(n))->empty());
    const auto last = logs(path(n)).back();
    store_ = open(path(n));
    EXPECT_EQ(version(*store_), 6u * static_cast<unsigned>(n));
    EXPECT_GE(logs(path(n)).size(), static_cast<std::size_t>(n) + 1);
    EXPECT_LT(fs::file_size(last), 100'000u) << "cut at the start";
  }
}

// RocksDB takes zeros where a record should begin for nothing, and goes on with the next block.
TEST_F(LogFilesTest, AHoleIsTheEnd) {
  const auto log = logs(path()).back();
  const auto left = [&] { return rocks::k_log_block - end(log) % rocks::k_log_block; };
  commit(*store_, 1000);
  commit(*store_, 1000);
  const auto before = end(log);
  commit(*store_, 1000);
  const auto beside = end(log) - before - 1000;  // what a commit takes beside its value
  while (left() > 3000) commit(*store_, 1000);
  const auto hole = end(log);
  commit(*store_, left() - beside);
  ASSERT_EQ(end(log) % rocks::k_log_block, 0u) << "the next record begins a block";
  const auto kept = version(*store_) - 1;
  for (int i = 0; i < 3; ++i) commit(*store_, 1000, true);
  faults_.copy_after_a_kill(path(), path(1));
  EXPECT_EQ(version_of(path(1)), kept + 4);
  fs::remove_all(path(1));
  faults_.copy_after_a_kill(path(), path(1));
  const auto copied = fs::path(path(1)) / log.filename();
  zero(copied, hole, rocks::k_log_block);
  EXPECT_EQ(version_of(path(1)), kept);
  // And what comes then follows it.
  auto store = open(path(1));
  for (int i = 0; i < 6; ++i) commit(*store);
  store.reset();
  EXPECT_EQ(version_of(path(1)), kept + 6);
}

TEST_F(LogFilesTest, ATornRecordIsTheEnd) {
  const auto log = logs(path()).back();
  for (int i = 0; i < 10; ++i) commit(*store_);
  const auto begins = end(log);
  commit(*store_, 3000);
  const auto ends = end(log);
  for (int i = 0; i < 60; ++i) commit(*store_, 1000);  // whole ones, in other blocks
  faults_.copy_after_a_kill(path(), path(1));
  zero(fs::path(path(1)) / log.filename(), (begins + ends) / 2, ends);
  EXPECT_EQ(version_of(path(1)), 10u);
  for (unsigned n = 1; n <= 2; ++n) {
    auto store = open(path(1));
    for (int i = 0; i < 6; ++i) commit(*store);
    store.reset();
    EXPECT_EQ(version_of(path(1)), 10 + 6 * n);
  }
}

}  // namespace
}  // namespace mailstead::store
