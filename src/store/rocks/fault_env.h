// For tests: a file system below RocksDB whose k-th sync of a log fails, or whose disk is full.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>

namespace mailstead::store {

struct FileFaults {
  std::atomic<int> syncs_until_failure = -1;  // 0: the next sync of a log fails, once; negative: none
  std::atomic<int> syncs = 0;                 // of logs
  std::atomic<bool> disk_full = false;        // every append is refused
};

class FaultyFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultyFile(std::unique_ptr<rocksdb::FSWritableFile>&& file, FileFaults& faults, bool is_log)
      : FSWritableFileOwnerWrapper(std::move(file)), faults_(faults), is_log_(is_log) {}

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
    if (faults_.disk_full) return rocksdb::IOStatus::NoSpace("injected");
    return FSWritableFileOwnerWrapper::Append(data, options, debug);
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo& info, rocksdb::IODebugContext* debug) override {
    if (faults_.disk_full) return rocksdb::IOStatus::NoSpace("injected");
    return FSWritableFileOwnerWrapper::Append(data, options, info, debug);
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override {
    if (fails()) return rocksdb::IOStatus::IOError("injected");
    return FSWritableFileOwnerWrapper::Sync(options, debug);
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override {
    if (fails()) return rocksdb::IOStatus::IOError("injected");
    return FSWritableFileOwnerWrapper::Fsync(options, debug);
  }

 private:
  bool fails() {
    if (!is_log_) return false;
    ++faults_.syncs;
    return faults_.syncs_until_failure >= 0 && faults_.syncs_until_failure-- == 0;
  }
  FileFaults& faults_;
  const bool is_log_;
};

class FaultyFileSystem : public rocksdb::FileSystemWrapper {
 public:
  explicit FaultyFileSystem(FileFaults& faults) : FileSystemWrapper(rocksdb::FileSystem::Default()), faults_(faults) {}
  const char* Name() const override { return "FaultyFileSystem"; }
  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* out,
                                    rocksdb::IODebugContext* debug) override {
    std::unique_ptr<rocksdb::FSWritableFile> file;
    auto status = FileSystemWrapper::NewWritableFile(name, options, &file, debug);
    if (status.ok()) *out = std::make_unique<FaultyFile>(std::move(file), faults_, name.ends_with(".log"));
    return status;
  }

 private:
  FileFaults& faults_;
};

}  // namespace mailstead::store
