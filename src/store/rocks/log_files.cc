#include "store/rocks/log_files.h"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <utility>
#include <vector>

namespace mailstead::store::rocks {

struct LogFileSystem::Newest {
  std::mutex mutex;
  rocksdb::FSWritableFile* file = nullptr;  // as the file system below has it
};

namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

constexpr std::size_t k_header = 7;   // checksum: 4, length: u16le, type: 1
constexpr std::size_t k_page = 4096;  // of the file system

bool is_log(const std::string& name) {
  return name.ends_with(".log");
}

class LogWriter : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  LogWriter(std::unique_ptr<rocksdb::FSWritableFile> file, std::shared_ptr<LogFileSystem::Newest> newest)
      : LogWriter(file.get(), std::move(file), std::move(newest)) {}
  ~LogWriter() override { leave(); }

  IOStatus Append(const Slice& data, const IOOptions& options, IODebugContext* debug) override {
    const std::lock_guard lock(mutex_);
    return written(data, FSWritableFileOwnerWrapper::PositionedAppend(data, end_, options, debug));
  }
  IOStatus Append(const Slice& data, const IOOptions& options, const rocksdb::DataVerificationInfo& info,
                  IODebugContext* debug) override {
    const std::lock_guard lock(mutex_);
    return written(data, FSWritableFileOwnerWrapper::PositionedAppend(data, end_, options, info, debug));
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* debug) override {
    write_zeros(options, debug);
    return FSWritableFileOwnerWrapper::Sync(options, debug);
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* debug) override {
    write_zeros(options, debug);
    return FSWritableFileOwnerWrapper::Fsync(options, debug);
  }
  IOStatus Truncate(std::uint64_t size, const IOOptions& options, IODebugContext* debug) override {
    const std::lock_guard lock(mutex_);
    end_ = reserved_ = touched_ = size;
    return FSWritableFileOwnerWrapper::Truncate(size, options, debug);
  }
  IOStatus Close(const IOOptions& options, IODebugContext* debug) override {
    leave();
    {
      const std::lock_guard lock(mutex_);
      // Failing, it leaves zeros, which a reader knows.
      if (touched_ > end_) (void)FSWritableFileOwnerWrapper::Truncate(end_, options, debug);
      touched_ = end_;
    }
    return FSWritableFileOwnerWrapper::Close(options, debug);
  }
  std::uint64_t GetFileSize(const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
    const std::lock_guard lock(mutex_);
    return end_;
  }
  // Blocks that are the file's but not written make a sync no cheaper.
  void SetPreallocationBlockSize(std::size_t /*size*/) override {}
  void PrepareWrite(std::size_t /*at*/, std::size_t /*size*/, const IOOptions& /*options*/,
                    IODebugContext* /*debug*/) override {}

 private:
  LogWriter(rocksdb::FSWritableFile* below, std::unique_ptr<rocksdb::FSWritableFile> file,
            std::shared_ptr<LogFileSystem::Newest> newest)
      : FSWritableFileOwnerWrapper(std::move(file)), below_(below), newest_(std::move(newest)) {}

  void leave() {
    const std::lock_guard lock(newest_->mutex);
    if (newest_->file == below_) newest_->file = nullptr;
  }

  IOStatus written(const Slice& data, IOStatus status) {
    if (status.ok()) end_ += data.size();
    return status;
  }

  // Goes to the disk with the sync that follows. No room for it is no error: the log goes on without.
  void write_zeros(const IOOptions& options, IODebugContext* debug) {
    static const std::string zeros(k_log_ahead + k_page, '\0');
    const std::lock_guard lock(mutex_);  // a sync may run beside an Append, which would be written over
    const auto fresh = end_ - std::exchange(synced_, end_);
    if (fresh >= k_log_small) small_syncs_ = 0;
    if (fresh == 0 || fresh >= k_log_small || ++small_syncs_ < k_log_small_syncs || end_ < reserved_) return;
    const auto until = (end_ + k_log_ahead) / k_page * k_page + k_page;
    touched_ = until;
    if (FSWritableFileOwnerWrapper::PositionedAppend({zeros.data(), until - end_}, end_, options, debug).ok()) {
      reserved_ = until;
    } else {
      small_syncs_ = 0;
    }
  }

  rocksdb::FSWritableFile* const below_;
  const std::shared_ptr<LogFileSystem::Newest> newest_;
  std::mutex mutex_;
  std::uint64_t end_ = 0;       // where the next octet goes
  std::uint64_t synced_ = 0;    // the end at the last sync
  std::uint64_t reserved_ = 0;  // zeros were written up to here
  std::uint64_t touched_ = 0;   // the file may be as long as this
  int small_syncs_ = 0;         // in a row
};

class LogReader : public rocksdb::FSSequentialFileOwnerWrapper {
 public:
  using FSSequentialFileOwnerWrapper::FSSequentialFileOwnerWrapper;

  IOStatus Read(std::size_t size, const IOOptions& options, Slice* result, char* scratch,
                IODebugContext* debug) override {
    std::size_t got = 0;
    while (got < size) {
      if (block_.empty()) {
        if (ended_) break;
        if (auto status = next_block(options, debug); !status.ok()) return status;
        continue;
      }
      const auto piece = block_.substr(0, size - got);
      std::memcpy(scratch + got, piece.data(), piece.size());
      block_.remove_prefix(piece.size());
      got += piece.size();
    }
    *result = {scratch, got};
    return IOStatus::OK();
  }
  IOStatus Skip(std::uint64_t size) override {
    while (size > 0 && !(block_.empty() && ended_)) {
      if (block_.empty()) {
        if (auto status = next_block({}, nullptr); !status.ok()) return status;
      }
      const auto piece = std::min<std::uint64_t>(size, block_.size());
      block_.remove_prefix(piece);
      size -= piece;
    }
    return IOStatus::OK();
  }

 private:
  IOStatus next_block(const IOOptions& options, IODebugContext* debug) {
    Slice found;
    auto status = FSSequentialFileOwnerWrapper::Read(k_log_block, options, &found, buffer_.data(), debug);
    if (!status.ok()) return status;
    block_ = {found.data(), records_of_block({found.data(), found.size()})};
    ended_ = block_.size() < k_log_block;
    return status;
  }

  std::vector<char> buffer_ = std::vector<char>(k_log_block);
  std::string_view block_;  // what is left of it
  bool ended_ = false;
};

}  // namespace

std::size_t records_of_block(std::string_view block) {
  std::size_t at = 0;
  while (at + k_header <= block.size()) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(block[at + i]); };
    const auto length = byte(4) | std::size_t{byte(5)} << 8;
    // Whatever the checksum: RocksDB does not look at it then, and a header may be torn.
    if (length == 0 && byte(6) == 0) return at;
    at += k_header + length;
  }
  return block.size();
}

IOStatus sync_logs(rocksdb::FileSystem& files, const std::string& folder) {
  std::vector<std::string> names;
  if (!files.GetChildren(folder, {}, &names, nullptr).ok()) return IOStatus::OK();
  for (const auto& name : names) {
    if (!is_log(name)) continue;
    std::unique_ptr<rocksdb::FSWritableFile> log;
    auto status = files.ReopenWritableFile(folder + "/" + name, FileOptions(), &log, nullptr);
    if (status.ok()) status = log->Sync({}, nullptr);
    if (status.ok()) status = log->Close({}, nullptr);
    if (!status.ok()) return status;
  }
  return IOStatus::OK();
}

LogFileSystem::LogFileSystem(std::shared_ptr<rocksdb::FileSystem> below)
    : FileSystemWrapper(std::move(below)), newest_(std::make_shared<Newest>()) {}

IOStatus LogFileSystem::NewWritableFile(const std::string& name, const FileOptions& options,
                                        std::unique_ptr<rocksdb::FSWritableFile>* out, IODebugContext* debug) {
  if (!is_log(name)) return FileSystemWrapper::NewWritableFile(name, options, out, debug);
  std::unique_ptr<rocksdb::FSWritableFile> file;
  {
    const std::lock_guard lock(newest_->mutex);
    auto status = newest_->file != nullptr ? newest_->file->Sync(options.io_options, debug) : IOStatus::OK();
    if (status.ok()) status = FileSystemWrapper::NewWritableFile(name, options, &file, debug);
    if (!status.ok()) return status;
    newest_->file = file.get();
  }
  *out = std::make_unique<LogWriter>(std::move(file), newest_);
  return IOStatus::OK();
}

IOStatus LogFileSystem::NewSequentialFile(const std::string& name, const FileOptions& options,
                                          std::unique_ptr<rocksdb::FSSequentialFile>* out, IODebugContext* debug) {
  if (!is_log(name)) return FileSystemWrapper::NewSequentialFile(name, options, out, debug);
  std::unique_ptr<rocksdb::FSSequentialFile> file;
  auto status = FileSystemWrapper::NewSequentialFile(name, options, &file, debug);
  if (status.ok()) *out = std::make_unique<LogReader>(std::move(file));
  return status;
}

IOStatus LogFileSystem::GetFileSize(const std::string& name, const IOOptions& options, std::uint64_t* size,
                                    IODebugContext* debug) {
  if (!is_log(name)) return FileSystemWrapper::GetFileSize(name, options, size, debug);
  std::unique_ptr<rocksdb::FSSequentialFile> log;
  auto status = NewSequentialFile(name, FileOptions(), &log, debug);
  std::vector<char> buffer(k_log_block);
  Slice block;
  for (*size = 0; status.ok(); *size += block.size()) {
    status = log->Read(buffer.size(), options, &block, buffer.data(), debug);
    if (!status.ok() || block.empty()) break;
  }
  return status;
}

}  // namespace mailstead::store::rocks
