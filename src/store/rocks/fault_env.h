// For tests: a file system below RocksDB whose k-th sync of a log or k-th write to one fails, or whose disk is full;
// and which can lose, as a power loss does, what was not synced: all, the end of it, or pieces here and there.
#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace mailstead::store {

struct FileFaults {
  std::atomic<int> syncs_until_failure = -1;   // 0: the next sync of a log fails, once; negative: none
  std::atomic<int> syncs = 0;                  // of logs
  std::atomic<int> writes_until_failure = -1;  // the same of writes to a log, of which the first half is done
  std::atomic<int> writes = 0;                 // to logs; without those of zeros
  std::atomic<int> zeros = 0;                  // such writes, tried
  std::atomic<bool> zeros_fail = false;        // they find the disk full when half is done
  std::atomic<bool> disk_full = false;         // every append is refused
  std::atomic<bool> hold_syncs = false;        // a sync of a log does not end while this is set

  struct File {
    std::uint64_t size = 0, synced_size = 0;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> unsynced;  // [from, to)
    void write(std::uint64_t at, std::uint64_t bytes) {
      unsynced.emplace_back(at, at + bytes);
      size = std::max(size, at + bytes);
    }
    void cut(std::uint64_t to) {
      size = to;
      synced_size = std::min(synced_size, to);
      for (auto& [from, end] : unsynced) end = std::min(end, to), from = std::min(from, to);
    }
  };
  std::mutex mutex;
  std::map<std::string, File> files;

  // Once the store is closed.
  void lose_what_was_not_synced() {
    std::lock_guard lock(mutex);
    for (const auto& [name, file] : files)
      if (std::filesystem::exists(name)) lose(name, file, 0, nullptr);
    files.clear();
  }
  // While it is open: what a power cut would leave of `from`, as the folder `to`. Of what a log's last sync did not
  // cover, `kept` says how much: 0 (none) to 1 (all). It is the oldest, or, with a seed, any sectors of it.
  void copy_after_a_power_cut(const std::filesystem::path& from, const std::filesystem::path& to, double kept = 0,
                              std::optional<std::uint64_t> seed = {}) {
    std::lock_guard lock(mutex);
    std::mt19937_64 random(seed.value_or(0));
    copy(from, to, [&](const std::filesystem::path& copied, const File& file) {
      lose(copied, file, kept, seed && copied.extension() == ".log" ? &random : nullptr);
    });
  }
  // While it is open: what kill -9 would leave. The copy's files are known, so that a power cut may follow.
  void copy_after_a_kill(const std::filesystem::path& from, const std::filesystem::path& to) {
    std::lock_guard lock(mutex);
    std::map<std::string, File> copies;
    copy(from, to, [&](const std::filesystem::path& copied, const File& file) { copies[copied.string()] = file; });
    for (const auto& [name, file] : copies) files[name] = file;
  }

 private:
  template <class F>
  void copy(const std::filesystem::path& from, const std::filesystem::path& to, F each) {
    std::filesystem::create_directories(to);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(from)) {
      const auto copied = to / entry.path().lexically_relative(from);
      if (entry.is_directory()) {
        std::filesystem::create_directory(copied);
        continue;
      }
      std::filesystem::copy_file(entry.path(), copied);
      // Renamed since: whole.
      if (const auto found = files.find(entry.path().string()); found != files.end()) each(copied, found->second);
    }
  }

  static void lose(const std::filesystem::path& name, const File& file, double kept, std::mt19937_64* random) {
    constexpr std::uint64_t k_sector = 512;
    const auto size = std::filesystem::file_size(name);
    std::uint64_t total = 0, until = file.synced_size;
    for (const auto& [from, to] : file.unsynced) total += to - from;
    auto left = static_cast<std::uint64_t>(kept * static_cast<double>(total));
    std::map<std::uint64_t, bool> sectors;  // whether the disk has them
    std::fstream out(name, std::ios::in | std::ios::out | std::ios::binary);
    for (const auto& [from, to] : file.unsynced) {
      for (auto at = from; at < to;) {
        const auto end = std::min(to, (at / k_sector + 1) * k_sector);
        auto stays = std::min(left, end - at);
        if (random) {
          const auto [it, fresh] = sectors.try_emplace(at / k_sector);
          if (fresh) it->second = std::generate_canonical<double, 32>(*random) < kept;
          stays = it->second ? end - at : 0;
        }
        left -= std::min(left, stays);
        if (stays > 0) until = std::max(until, at + stays);
        // What was there before: never anything but zeros.
        const std::string zeros(end - at - stays, '\0');
        out.seekp(static_cast<std::streamoff>(at + stays))
            .write(zeros.data(), static_cast<std::streamsize>(zeros.size()));
        at = end;
      }
    }
    out.close();
    if (random && (*random)() % 2 == 0) return;  // the size was written
    std::filesystem::resize_file(name, std::min(size, until));
  }
};

class FaultyFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultyFile(std::unique_ptr<rocksdb::FSWritableFile>&& file, FileFaults& faults, const std::string& name)
      : FSWritableFileOwnerWrapper(std::move(file)), faults_(faults), name_(name), is_log_(name.ends_with(".log")) {}

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
    if (faults_.disk_full) return rocksdb::IOStatus::NoSpace("injected");
    return written(size(), data.size(), FSWritableFileOwnerWrapper::Append(data, options, debug));
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo& /*info*/, rocksdb::IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  // Logs are written so.
  rocksdb::IOStatus PositionedAppend(const rocksdb::Slice& data, std::uint64_t at, const rocksdb::IOOptions& options,
                                     rocksdb::IODebugContext* debug) override {
    const auto write = [&](std::size_t size) {
      return written(at, size, FSWritableFileOwnerWrapper::PositionedAppend({data.data(), size}, at, options, debug));
    };
    if (faults_.disk_full) return rocksdb::IOStatus::NoSpace("injected");
    if (const auto bytes = data.ToStringView(); std::ranges::all_of(bytes, [](char c) { return c == '\0'; })) {
      ++faults_.zeros;
      if (faults_.zeros_fail) return (void)write(data.size() / 2), rocksdb::IOStatus::NoSpace("injected");
    } else if (write_fails()) {
      return (void)write(data.size() / 2), rocksdb::IOStatus::IOError("injected");
    }
    return write(data.size());
  }
  rocksdb::IOStatus PositionedAppend(const rocksdb::Slice& data, std::uint64_t at, const rocksdb::IOOptions& options,
                                     const rocksdb::DataVerificationInfo& /*info*/,
                                     rocksdb::IODebugContext* debug) override {
    return PositionedAppend(data, at, options, debug);
  }
  rocksdb::IOStatus Truncate(std::uint64_t size, const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* debug) override {
    std::lock_guard lock(faults_.mutex);
    faults_.files[name_].cut(size);
    return FSWritableFileOwnerWrapper::Truncate(size, options, debug);
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
  std::uint64_t size() {
    std::lock_guard lock(faults_.mutex);
    return faults_.files[name_].size;
  }
  rocksdb::IOStatus written(std::uint64_t at, std::uint64_t bytes, rocksdb::IOStatus status) {
    std::lock_guard lock(faults_.mutex);
    if (status.ok()) faults_.files[name_].write(at, bytes);
    return status;
  }
  rocksdb::IOStatus synced(rocksdb::IOStatus status) {
    std::lock_guard lock(faults_.mutex);
    auto& file = faults_.files[name_];
    if (!status.ok()) return status;
    file.synced_size = file.size;
    file.unsynced.clear();
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
    if (!status.ok()) return status;
    std::lock_guard lock(faults_.mutex);
    faults_.files[name] = {};
    *out = std::make_unique<FaultyFile>(std::move(file), faults_, name);
    return status;
  }
  // Its content is synced when nobody has said otherwise.
  rocksdb::IOStatus ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* out,
                                       rocksdb::IODebugContext* debug) override {
    std::unique_ptr<rocksdb::FSWritableFile> file;
    auto status = FileSystemWrapper::ReopenWritableFile(name, options, &file, debug);
    if (!status.ok()) return status;
    const auto size = std::filesystem::file_size(name);
    std::lock_guard lock(faults_.mutex);
    faults_.files.try_emplace(name, FileFaults::File{size, size, {}});
    *out = std::make_unique<FaultyFile>(std::move(file), faults_, name);
    return status;
  }

 private:
  FileFaults& faults_;
};

}  // namespace mailstead::store
