// Wraps any driver and makes its calls fail, wait or lie in the ways the contract allows: what the layers above must
// live with. Any thread; the plan may be changed while calls run.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>

#include "store/store.h"

namespace mailstead::store {

class FaultStore : public Store {
 public:
  struct Plan {
    std::uint64_t fail_call = 0;       // the k-th call from now on fails, counted from 1; 0: none
    bool fail_later_too = false;       // and so does every later one
    std::uint64_t fail_every = 0;      // every n-th call fails; 0: none
    bool commits_only = false;         // only commits are counted and failed
    Errc code = Errc::unavailable;     // what a failed call answers
    bool applied = false;              // the failed call takes effect all the same; usual with code = unknown
    std::uint64_t conflict_every = 0;  // every n-th commit is refused as a conflict; 0: none
    std::int64_t delay_ms = 0;         // before every delay_every-th call
    std::uint64_t delay_every = 1;
    bool drop_hints = false;
  };

  explicit FaultStore(Store& under) : under_(under) {}  // `under` outlives this
  void set(Plan plan);                                  // starts the counts anew
  std::uint64_t calls() const { return calls_; }        // counted since set()

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
  struct Verdict {
    bool fails = false, applied = false, conflict = false;
    Errc code = Errc::unavailable;
    std::int64_t delay_ms = 0;
  };
  Verdict judge(bool is_commit);
  template <class T>
  Task<Result<T>> guard(Task<Result<T>> call);

  Store& under_;
  std::mutex mutex_;
  Plan plan_;
  std::uint64_t commits_ = 0, delays_ = 0;
  std::atomic<std::uint64_t> calls_ = 0;
};

}  // namespace mailstead::store
