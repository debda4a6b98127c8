// Large content (of more than k_blob_whole) lies in files of its own, beside RocksDB's: written once, where the log and
// then a blob file would take it twice, and by who brings it, so that no small commit waits for it.
//   file = the blob's chunks, one after the other, each sealed with its key, as a row of it would be
//   name = hex of: blob, created: svarint (seconds), number: u64be (random); no name is used twice
//   ref  = codec: u8 (3), total: varint, created: svarint, number: u64be, (size: varint of a sealed chunk)*
//          which lies where chunk 0 would (keys.h), and makes the file the blob's content
// A file and its name are synced before a ref is written, and it goes after the ref's deletion was synced. What a crash
// leaves between is a file that no ref names: sweep() takes it once it is as old as an orphan. Private to store/rocks.
#pragma once

#include <rocksdb/file_system.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/frame.h"
#include "store/store.h"

namespace mailstead::store::rocks {

struct LargeRef {
  BlobId blob;
  std::uint64_t total = 0;           // size of the content
  std::int64_t created = 0;          // seconds
  std::uint64_t number = 0;          // random
  std::vector<std::uint64_t> sizes;  // of the chunks, as they are in the file; none when read from a name
};
std::string file_name(const LargeRef& ref);
std::string encode(const LargeRef& ref);
// Of the opened row of chunk 0: nullopt when that is the chunk itself. corrupt.
Result<std::optional<LargeRef>> decode_large(const BlobId& blob, std::string_view row);

// An opened one, of which chunks are read.
class LargeFile {
 public:
  LargeFile(LargeRef ref, std::unique_ptr<rocksdb::FSRandomAccessFile> file);
  Result<Chunk> at(std::uint32_t index) const;  // corrupt, unavailable
  const LargeRef& ref() const { return ref_; }

 private:
  LargeRef ref_;
  std::vector<std::uint64_t> begins_;  // of each chunk, and the end of the last
  std::unique_ptr<rocksdb::FSRandomAccessFile> file_;
};

// Of one database. Blocking functions, for any thread.
class LargeFiles {
 public:
  LargeFiles(std::shared_ptr<rocksdb::FileSystem> files, std::string folder);
  Result<> make_folder() const;  // unless it is there; durable, also where an earlier process made it
  // Durable when it comes back, and nobody's yet. full, unavailable.
  Result<LargeRef> write(const BlobId& blob, std::string_view content, Packing packing, std::int64_t now) const;
  Result<LargeFile> open(LargeRef ref) const;  // not_found: swept since the ref was read, or lost
  bool exists(const LargeRef& ref) const;
  void remove(const LargeRef& ref) const;  // failing, it stays, and sweep() meets it again
  // Those created before `before`, whether or not a ref names them.
  Result<std::vector<LargeRef>> list(std::int64_t before) const;

 private:
  Result<> sync_folder(const std::string& folder) const;
  Result<> write_chunks(LargeRef& ref, std::string_view content, Packing packing) const;
  std::string path(const LargeRef& ref) const { return folder_ + "/" + file_name(ref); }

  std::shared_ptr<rocksdb::FileSystem> files_;
  std::string folder_;
};

}  // namespace mailstead::store::rocks
