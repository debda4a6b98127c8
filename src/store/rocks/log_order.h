// Replays the logs up to the first gap. RocksDB itself goes on behind one: when a power cut takes the unsynced tail of
// a log, cut between two of its records, and spares the next log, whose pages the kernel happened to write first, what
// is in the next one is applied without what came before it. Sequence numbers count every write, so a gap shows. What
// is behind it was never synced: a sync covers all logs.
#pragma once

#include <rocksdb/wal_filter.h>
#include <rocksdb/write_batch.h>

#include <optional>

#include "base/log.h"

namespace mailstead::store::rocks {

class LogOrder : public rocksdb::WalFilter {
 public:
  const char* Name() const override { return "LogOrder"; }
  WalProcessingOption LogRecordFound(unsigned long long log, const std::string& /*file*/,
                                     const rocksdb::WriteBatch& batch, rocksdb::WriteBatch* /*changed*/,
                                     bool* /*is_changed*/) override {
    // A batch is its first write's sequence number, 8 bytes with the lowest first; the number of its writes; these.
    const auto& bytes = batch.Data();
    std::uint64_t first = 0;
    for (std::size_t i = 8; i-- > 0;) first = first << 8 | static_cast<unsigned char>(bytes[i]);
    if (next_ && first != *next_) {
      log::warn("store.log_gap", {{"log", std::to_string(log)}, {"found", first}, {"expected", *next_}});
      return WalProcessingOption::kStopReplay;
    }
    next_ = first + batch.Count();
    return WalProcessingOption::kContinueProcessing;
  }

 private:
  std::optional<std::uint64_t> next_;
};

}  // namespace mailstead::store::rocks
