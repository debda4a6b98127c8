// The one thread that writes. Jobs wait in a queue; the committer takes all that wait (up to a size), checks each
// against the present versions, and writes those that may go in one batch: synced, unless all of them are relaxed; then
// a sync is due a little later. Nothing else writes heads, links or blobs, so its checks hold until its write. Private
// to store/rocks.
#pragma once

#include <chrono>
#include <coroutine>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include <condition_variable>

#include "store/rocks/database.h"
#include "store/watchers.h"

namespace rocksdb {
class WriteBatch;
}

namespace mailstead::store::rocks {

// One step of a commit, encoded and sealed where the call was made.
struct Change {
  enum Kind : std::uint8_t { put, del, del_range } kind = put;
  Family family = f_keys;
  std::string key, value;  // del_range: [key, value)
};

struct BlobRows {
  BlobId id;
  std::string_view content;         // outlives the call
  std::vector<std::string> chunks;  // sealed; empty when the blob seemed to be there already
  std::optional<LargeRef> file;     // written for it; then the one chunk is the ref
  bool taken = false;               // the rows are in a batch; a file that is not taken goes
};
// Compresses and, where the content is large, writes: slow. full, unavailable.
Result<BlobRows> encode_blob(const Database& database, const BlobId& id, std::string_view content, std::int64_t now);

// Lives in the frame of the coroutine that waits for it.
struct Job {
  enum Kind : std::uint8_t { commit, blobs, erase, sweep } kind = commit;
  PartitionId partition;            // commit, erase
  std::uint64_t expected = 0;       // commit
  bool relaxed = false;             // commit
  std::vector<Change> changes;      // commit
  std::vector<BlobId> needs;        // commit: blobs linked, not brought along
  std::vector<BlobRows> blob_rows;  // commit, blobs
  std::size_t bytes = 0;
  std::vector<BlobId> sweep_ids;      // sweep: candidates
  std::vector<LargeRef> sweep_files;  // sweep: candidates, too; removed here, where no ref of one can be on its way
  std::vector<LargeRef> swept_files;  // sweep: whose refs are gone for good; for the caller to remove
  std::int64_t before = 0;            // sweep: erased when created earlier
  std::size_t erased = 0;
  Result<CommitOutcome> outcome = CommitOutcome::ok;
  Home* home = nullptr;
  std::coroutine_handle<> waiter;
};

class Committer {
 public:
  Committer(Database& database, const Clock& clock, const RocksOptions& options, std::string path, Watchers& watchers);
  ~Committer();  // finishes what is queued

  // `co_await committer.run(job)`: the job's outcome is set when it comes back, at the caller's home.
  struct Wait {
    Committer& committer;
    Job& job;
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> h) const {
      job.home = &Home::current();
      job.waiter = h;
      committer.push(&job);
    }
    void await_resume() const {}
  };
  Wait run(Job& job) { return Wait{*this, job}; }

  // From any thread:
  Result<> room(std::uint64_t bytes) const;  // full: the reserve would not remain
  void drop_files(const Job& job) const;     // that were written for it and are in no batch

 private:
  struct Batch;
  void push(Job* job);
  void loop();
  bool wait();  // for a job, or until something is due; false: stopped, and no job is left
  std::size_t next_bytes();
  void gather(Batch& batch);
  bool admit(Batch& batch, Job& job);  // false: the batch must be written first
  void run_alone(Job& job);
  Result<std::uint64_t> version(PartitionId p);
  Result<> add(Batch& batch, Job& job);
  Result<> add_blob(Batch& batch, BlobRows& blob);
  Result<> add_del_range(Batch& batch, const Job& job, std::size_t index);
  Result<> erase(PartitionId p);
  Result<> erase_rest(PartitionId p);
  Result<> erase_all(Family family, const std::string& prefix);
  void finish_erasing();  // what an earlier process has begun
  Result<> sweep(Job& job);
  Result<> free_is(std::uint64_t bytes) const;
  Result<> may_write(std::uint64_t reserve);
  Result<> write(rocksdb::WriteBatch& writes, bool sync = true);
  void sync();  // what relaxed commits have written
  void note_logged(std::uint64_t bytes);
  void flush();  // so that logs can go
  Result<> failed(const rocksdb::Status& status);
  void finish(Job& job, Result<CommitOutcome> outcome);

  Database& database_;
  const Clock& clock_;
  const RocksOptions options_;
  const std::string path_;
  Watchers& watchers_;

  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Job*> queue_;
  bool stop_ = false;

  // Of the committer's thread alone:
  std::map<PartitionId, std::uint64_t> versions_;  // a cache; cleared when large
  std::set<PartitionId> erasing_;                  // begun and not ended: a read of it failed
  bool failed_ = false;                            // a write failed: nothing is written any more
  using Due = std::optional<std::chrono::steady_clock::time_point>;
  Due sync_due_;                       // a relaxed commit waits for it
  Due flush_due_;                      // much has been written, and nothing more is
  std::uint64_t since_collected_ = 0;  // bytes written since the last look at the blobs' garbage
  std::uint64_t logged_ = 0;           // bytes written since the last flush

  std::thread thread_;  // last: starts when all else is there
};

}  // namespace mailstead::store::rocks
