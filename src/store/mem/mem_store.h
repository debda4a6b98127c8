// The reference model of the store contract: maps behind one mutex; every call completes at once, where it was made.
// For tests, and to compare other drivers with.
#pragma once

#include <map>
#include <mutex>
#include <set>

#include "base/clock.h"
#include "store/store.h"
#include "store/watchers.h"

namespace mailstead::store {

class MemStore : public Store {
 public:
  explicit MemStore(const Clock& clock = system_clock()) : clock_(clock) {}

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
  struct Partition {
    Head head;
    std::map<std::string, std::string> keys;
    std::map<std::uint64_t, Record> records;
  };
  struct Blob {
    std::string content;
    std::int64_t created = 0;
    std::set<std::pair<PartitionId, std::string>> links;  // with the holder
  };
  Result<CommitOutcome> commit_locked(const Commit& commit);
  void put_blob_locked(const BlobId& id, std::string_view content);
  const Partition* find(PartitionId partition) const;

  const Clock& clock_;
  std::mutex mutex_;
  std::map<PartitionId, Partition> partitions_;
  std::map<BlobId, Blob> blobs_;
  Watchers watchers_;
};

}  // namespace mailstead::store
