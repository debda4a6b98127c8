// The embedded driver: one RocksDB database, one committer thread that gathers what waits into one synced write.
//   - A failed sync makes every later commit `unavailable` until the store is opened anew; those under way are
//   `unknown`.
//   - When free space falls below the reserve, commits that bring content are `full` with nothing applied, until space
//   is
//     there again; the others may use three quarters of the reserve: removals must go on to free space.
//     A disk found full in spite of the reserve counts as a failed sync.
//   - Large content is in files of its own (store/rocks/large_files.h), written before its commit; a disk found full by
//   one
//     is `full`, and no failed sync.
//   - Relaxed commits are in the log before they are answered; what a power cut can take of it is its end.
// Reads that the caches can answer are answered where they are asked; the others go to the pool.
// Key grammar: store/rocks/keys.h. Facts behind the options: group commit, blob files, tombstones (docs/decisions).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "runtime/home.h"
#include "store/frame.h"
#include "store/store.h"

namespace rocksdb {
class Env;
}

namespace mailstead::store {

struct RocksOptions {
  std::size_t cache_bytes = 256 * 1024 * 1024;      // of blocks, indexes and filters
  Packing packing = Packing::fast;                  // of content that comes
  std::size_t batch_bytes = 4 * 1024 * 1024;        // of commits gathered into one sync
  std::uint64_t reserve_bytes = 256 * 1024 * 1024;  // free space that must remain: log and compactions need it
  std::int64_t idle_ms = 1000;                // without a write: then what the log holds is written out, if it is much
  std::function<std::uint64_t()> free_space;  // for tests; empty: the file system's answer
  std::function<void()> on_failure;           // a write failed: the process should end and open the store anew
  rocksdb::Env* env = nullptr;                // for tests: failing files; outlives the store
};

class RocksStore : public Store {
 public:
  // Makes the database when the folder has none. unsupported: another format; corrupt; unavailable: in use, or I/O.
  // Blocks: opening replays the log.
  static Result<std::unique_ptr<RocksStore>> open(std::string path, Pool& io, const Clock& clock,
                                                  RocksOptions options = {});
  ~RocksStore() override;  // every call has come back by then

  Task<Result<CommitOutcome>> commit(Commit commit) override;
  Task<Result<Head>> head(PartitionId partition) override;
  Task<Result<std::optional<std::string>>> get(PartitionId partition, std::string key) override;
  Task<Result<std::vector<std::optional<std::string>>>> get_many(PartitionId partition,
                                                                 std::vector<std::string> keys) override;
  Task<Result<Page>> scan(PartitionId partition, std::string from, std::string to, std::size_t limit,
                          bool reverse) override;
  Task<Result<std::vector<Record>>> records(PartitionId partition, std::uint64_t after, std::size_t limit) override;
  Task<Result<>> trim(PartitionId partition, std::uint64_t up_to) override;
  std::unique_ptr<Watch> watch(Hint hint) override;
  Task<Result<std::vector<std::uint64_t>>> partitions(std::uint8_t kind, std::uint64_t after,
                                                      std::size_t limit) override;
  Task<Result<std::vector<Link>>> links(PartitionId partition, std::size_t limit, std::string* cursor) override;
  Task<Result<>> erase(PartitionId partition) override;
  Task<Result<>> put_blob(BlobId id, std::string_view content) override;
  Task<Result<std::string>> get_blob(BlobId id, std::uint64_t offset, std::uint64_t length) override;
  Task<Result<std::vector<Result<std::string>>>> get_blobs(std::vector<BlobId> ids) override;
  Task<Result<std::size_t>> sweep(std::int64_t age_s, std::size_t limit, std::string* cursor) override;

 private:
  struct Impl;
  explicit RocksStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mailstead::store
