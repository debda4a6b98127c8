// The file system below RocksDB where it comes to its log (*.log): the log is written over zeros, so that a small sync
// need not change the file's size and extents, which the disk's file system would have to write in a journal of its
// own: that is half of such a sync. Everything else goes to the file system below. Private to store/rocks.
//
// A log therefore ends before its file does, when the process was killed, and what a power cut leaves of it may have
// holes. RocksDB takes a hole for nothing and reads on behind it. Read by this file system, a log ends at the first
// place where a record should begin and does not: nothing is read whose predecessor is missing. For the same reason a
// log begins only when the one before it is synced: of two that are not, a power cut may take the older.
#pragma once

#include <rocksdb/file_system.h>

#include <memory>
#include <string>
#include <string_view>

namespace mailstead::store::rocks {

inline constexpr std::size_t k_log_block = 32 * 1024;   // no record spans two
inline constexpr std::size_t k_log_ahead = 512 * 1024;  // of zeros written at a time
inline constexpr std::size_t k_log_small = 64 * 1024;   // a sync of more gains nothing, and would write it twice
inline constexpr int k_log_small_syncs = 4;             // so many in a row, and zeros are worth it

// How much of a log's block is records and their padding: all, or what stands before the first empty place. What is
// torn is left to its checksum.
std::size_t records_of_block(std::string_view block);

// What a killed process has written may be in the system's cache alone. A start builds on it, in a new log, which a
// power cut could leave without the old one. A folder that is not there has none.
rocksdb::IOStatus sync_logs(rocksdb::FileSystem& files, const std::string& folder);

// Of one database.
class LogFileSystem : public rocksdb::FileSystemWrapper {
 public:
  explicit LogFileSystem(std::shared_ptr<rocksdb::FileSystem> below);
  const char* Name() const override { return "LogFileSystem"; }
  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* out,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewSequentialFile(const std::string& name, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSSequentialFile>* out,
                                      rocksdb::IODebugContext* debug) override;
  // Of a log: up to its end. Reads it. RocksDB cuts the last one to this size when it opens the database.
  rocksdb::IOStatus GetFileSize(const std::string& name, const rocksdb::IOOptions& options, std::uint64_t* size,
                                rocksdb::IODebugContext* debug) override;

  struct Newest;

 private:
  std::shared_ptr<Newest> newest_;  // log that is written
};

}  // namespace mailstead::store::rocks
