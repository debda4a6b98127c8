// The opened database and the reads of it. Blocking functions: called on the pool, on the committer's thread, or on a
// home with `cached_only`, when they answer Errc::in_use instead of reading the disk. Private to store/rocks.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include <memory>
#include <string>
#include <vector>

#include "store/rocks/keys.h"
#include "store/rocks/large_files.h"
#include "store/rocks/rocks_store.h"

namespace mailstead::store::rocks {

Error to_error(const rocksdb::Status& status);
inline rocksdb::Slice slice(std::string_view s) {
  return {s.data(), s.size()};
}
inline std::string_view view(const rocksdb::Slice& s) {
  return {s.data(), s.size()};
}

class Database {
 public:
  static Result<std::unique_ptr<Database>> open(const std::string& path, const RocksOptions& options,
                                                bool read_only = false);
  ~Database();
  Database(const Database&) = delete;

  rocksdb::DB& db() { return *db_; }
  rocksdb::ColumnFamilyHandle* family(Family f) { return families_[f]; }
  Packing packing() const { return packing_; }
  const std::vector<rocksdb::ColumnFamilyHandle*>& families() const { return families_; }
  // Pinned to a snapshot when one is given.
  static rocksdb::ReadOptions reading(bool cached_only, const rocksdb::Snapshot* snapshot = nullptr);

  // The opened (unsealed) value of a row; empty optional: no such row.
  Result<std::optional<std::string>> row(Family f, const std::string& key, bool cached_only,
                                         const rocksdb::Snapshot* snapshot = nullptr);
  Result<Head> head(PartitionId p, bool cached_only, const rocksdb::Snapshot* snapshot = nullptr);
  Result<std::vector<std::optional<std::string>>> rows(PartitionId p, const std::vector<std::string>& keys,
                                                       bool cached_only);
  Result<Page> scan(PartitionId p, std::string_view from, std::string_view to, std::size_t limit, bool reverse,
                    bool cached_only);
  Result<std::vector<Record>> records(PartitionId p, std::uint64_t after, std::size_t limit, bool cached_only);
  Result<std::vector<std::uint64_t>> partitions(std::uint8_t kind, std::uint64_t after, std::size_t limit);
  Result<std::vector<PartitionId>> being_erased();
  Result<std::vector<Link>> links_of(PartitionId p, std::size_t limit, std::string* cursor);
  // Deletes records up to a version; not synced: what a crash brings back is trimmed again.
  Result<> trim(PartitionId p, std::uint64_t up_to);
  // Unlinked blobs created before `before`, among `limit` blobs after *cursor.
  Result<std::vector<BlobId>> orphans(std::int64_t before, std::size_t limit, std::string* cursor);
  std::uint64_t log_bytes();  // of all logs that a start would read
  Result<bool> has_links(const BlobId& id);
  Result<std::optional<BlobInfo>> blob_info(const BlobId& id, bool cached_only);
  Result<std::string> blob(const BlobId& id, std::uint64_t offset, std::uint64_t length);
  std::vector<Result<std::string>> blobs(const std::vector<BlobId>& ids);
  const LargeFiles& large() const { return *large_; }
  // nullopt: the blob lies in rows, or is not there.
  Result<std::optional<LargeRef>> large_ref(const BlobId& id);
  Result<bool> names(const LargeRef& file);  // whether the blob's ref is of this very file
  Result<std::vector<LargeRef>> unnamed_files(std::int64_t before);
  // Has compactions collect garbage among the blob files from a quarter of it on, until little is left. On one thread.
  void collect_blobs();

 private:
  Database() = default;
  Result<> check_format(bool read_only);
  // `file`: of the blob, once it was met; opened at the first chunk.
  Result<Chunk> chunk(const BlobId& id, std::uint32_t index, std::optional<LargeFile>& file);
  Result<LargeFile> open_large(LargeRef ref);  // not_found: the blob is gone; corrupt: its file alone
  // Of rows(), for many keys: full ones, best in ascending order.
  Result<std::vector<std::optional<std::string>>> neighbours(const std::vector<std::string>& full, bool cached_only);

  Packing packing_ = Packing::fast;
  bool collecting_ = false;
  std::unique_ptr<rocksdb::Env> env_;  // outlives the database
  std::unique_ptr<LargeFiles> large_;
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;
};

}  // namespace mailstead::store::rocks
