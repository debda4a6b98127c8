// The directory's rows: reads through a cache, changes as conditional commits. The cache is brought up to date by the
// change records: a hint, an own commit, or k_recheck_ms passing makes the next read ask for them. Any home.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "runtime/task.h"
#include "store/store.h"

namespace mailstead::auth {

inline constexpr store::PartitionId k_system{store::PartitionId::system, 0};

class SystemRows {
 public:
  // A change being prepared: read with fresh(), add ops, commit. A conflict means: begin again.
  struct Change {
    std::uint64_t version = 0;
    std::vector<store::Op> ops;
    void put(std::string key, std::string value) { ops.push_back({store::Op::put, std::move(key), std::move(value)}); }
    void del(std::string key) { ops.push_back({store::Op::del, std::move(key), {}}); }
  };

  SystemRows(store::Store& store, const Clock& clock);

  Task<Result<std::optional<std::string>>> get(std::string key);
  Task<Result<std::optional<std::string>>> fresh(std::string key);
  // All rows whose keys begin with `prefix`, past the cache.
  Task<Result<std::vector<store::Row>>> scan(std::string prefix);
  Task<Result<bool>> any(std::string prefix);

  Task<Result<Change>> begin();
  // True: durable. False: somebody else was faster.
  Task<Result<bool>> commit(Change change);

 private:
  Task<Result<>> catch_up();
  void forget_all();

  store::Store& store_;
  const Clock& clock_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::optional<std::string>> rows_;
  std::uint64_t known_ = 0;   // rows_ holds nothing older than this version
  std::uint64_t target_ = 0;  // the newest version heard of
  std::uint64_t epoch_ = 0;   // grows when rows are dropped: a read that began before must not be kept
  std::int64_t checked_ms_ = 0;
  bool started_ = false;
  std::unique_ptr<store::Watch> watch_;  // last: ends first
};

}  // namespace mailstead::auth
