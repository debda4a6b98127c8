// For tests: a file system below RocksDB whose k-th sync of a log or k-th write to one fails, or whose disk is full;
// and which can lose, as a power loss does, all that was not synced.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <thread>

namespace mailstead::store {

struct FileFaults {
  std::atomic<int> syncs_until_failure = -1;   // 0: the next sync of a log fails, once; negative: none
  std::atomic<int> syncs = 0;                  // of logs
  std::atomic<int> writes_until_failure = -1;  // the same of writes to a log, of which the first half is done
  std::atomic<int> writes = 0;                 // to logs
  std::atomic<bool> disk_full = false;         // every append is refused
  std::atomic<bool> hold_syncs = false;        // a sync of a log does not end while this is set

  // Once the store is closed.
  void lose_what_was_not_synced() {
    std::lock_guard lock(mutex);
    for (const auto& [name, length] : lengths) {
      std::error_code error;
      if (const auto size = std::filesystem::file_size(name, error); !error && size > length.synced)
        std::filesystem::resize_file(name, length.synced);
    }
    lengths.clear();
  }
  // While it is open: what a power cut would leave of `from`, as the folder `to`. Of what a log's last sync did not
  // cover, `kept` says how much: 0 (none) to 1 (all).
  void copy_after_a_power_cut(const std::filesystem::path& from, const std::filesystem::path& to, double kept = 0) {
    std::lock_guard lock(mutex);
    std::filesystem::create_directories(to);
    for (const auto& entry : std::filesystem::directory_iterator(from)) {
      const auto copy = to / entry.path().filename();
      std::filesystem::copy_file(entry.path(), copy);
      const auto found = lengths.find(entry.path().string());
      if (found == lengths.end()) continue;  // renamed since: whole
      const auto& [written, synced] = found->second;
      const auto unsynced = std::filesystem::file_size(copy) - synced;
      std::filesystem::resize_file(copy, synced + static_cast<std::uint64_t>(kept * static_cast<double>(unsynced)));
    }
  }
  struct Length {
    std::uint64_t written = 0, synced = 0;
  };
  std::mutex mutex;
  std::map<std::string, Length> lengths;
};

class FaultyFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultyFile(std::unique_ptr<rocksdb::FSWritableFile>&& file, FileFaults& faults, const std::string& name)
      : FSWritableFileOwnerWrapper(std::move(file)), faults_(faults), name_(name), is_log_(name.ends_with(".log")) {}

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
    if (faults_.disk_full) return rocksdb::IOStatus::NoSpace("injected");
    if (write_fails()) {
      const rocksdb::Slice half(data.data(), data.size() / 2);
      (void)written(half.size(), FSWritableFileOwnerWrapper::Append(half, options, debug));
      return rocksdb::IOStatus::IOError("injected");
    }
    return written(data.size(), FSWritableFileOwnerWrapper::Append(data, options, debug));
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo& info, rocksdb::IODebugContext* debug) override {
    if (faults_.disk_full) return rocksdb::IOStatus::NoSpace("injected");
    if (write_fails()) return rocksdb::IOStatus::IOError("injected");
    return written(data.size(), FSWritableFileOwnerWrapper::Append(data, options, info, debug));
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override {
    if (fails()) return rocksdb::IOStatus::IOError("injected");
    return synced(FSWritableFileOwnerWrapper::Sync(options, debug));
  }
  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& options, rocksdb::IODebugContext* debug) override {
    if (fails()) return rocksdb::IOStatus::IOError("injected");
    return synced(FSWritableFileOwnerWrapper::Fsync(options, debug));
  }

 private:
  bool fails() {
    if (!is_log_) return false;
    while (faults_.hold_syncs) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    ++faults_.syncs;
    return faults_.syncs_until_failure >= 0 && faults_.syncs_until_failure-- == 0;
  }
  bool write_fails() {
    if (!is_log_) return false;
    ++faults_.writes;
    return faults_.writes_until_failure >= 0 && faults_.writes_until_failure-- == 0;
  }
  rocksdb::IOStatus written(std::uint64_t bytes, rocksdb::IOStatus status) {
    std::lock_guard lock(faults_.mutex);
    if (status.ok()) faults_.lengths[name_].written += bytes;
    return status;
  }
  rocksdb::IOStatus synced(rocksdb::IOStatus status) {
    std::lock_guard lock(faults_.mutex);
    auto& length = faults_.lengths[name_];
    if (status.ok()) length.synced = length.written;
    return status;
  }
  FileFaults& faults_;
  const std::string name_;
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
    if (status.ok()) *out = std::make_unique<FaultyFile>(std::move(file), faults_, name);
    return status;
  }

 private:
  FileFaults& faults_;
};

}  // namespace mailstead::store
