#include "store/rocks/committer.h"

#include <rocksdb/write_batch.h>
#include <sys/statvfs.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/planted.h"
#include "store/frame.h"
#include "store/validate.h"

namespace mailstead::store::rocks {
namespace {

constexpr std::size_t k_versions_max = 100'000;
constexpr std::size_t k_erase_piece = 10'000;
constexpr std::uint64_t k_flush_bytes = 8 * 1024 * 1024;  // less than that may stay in the log
// What a key that was deleted counts as: each scan steps over it until it was written out.
constexpr std::uint64_t k_deleted_bytes = 1024;
constexpr std::uint64_t k_collect_bytes = 64 * 1024 * 1024;  // a memtable of content: then garbage may be worth a look
// From the first relaxed commit to the beginning of its sync: the rest of k_relaxed_ms is for the sync itself.
constexpr std::chrono::milliseconds k_relaxed_wait{k_relaxed_ms * 4 / 5};

std::uint64_t free_bytes(const std::string& path) {
  struct statvfs s{};
  if (::statvfs(path.c_str(), &s) != 0) return UINT64_MAX;  // the write itself will tell
  return std::uint64_t{s.f_bavail} * s.f_frsize;
}

void count_sync() {
  static auto& syncs = metrics::counter("store_syncs_total");
  syncs.add();
}

}  // namespace

Result<BlobRows> encode_blob(const Database& database, const BlobId& id, std::string_view content, std::int64_t now) {
  BlobRows out{id, content, {}, {}};
  std::vector<std::string> packed;
  if (content.size() > k_blob_whole) {
    TRY(out.file, database.large().write(id, content, database.packing(), now));
    packed = {encode(*out.file)};
  } else {
    packed = pack_blob(content, database.packing());
  }
  std::uint32_t index = 0;
  for (auto& chunk : packed) out.chunks.push_back(seal_in_place(chunk_key(id, index++), std::move(chunk)));
  return out;
}

struct Committer::Batch {
  // Room for the next job, so that a large one is not copied as the batch grows.
  explicit Batch(std::size_t reserved) : writes(reserved) {}
  rocksdb::WriteBatch writes;
  std::vector<Job*> jobs;
  std::set<PartitionId> partitions;
  std::set<BlobId> blobs;  // brought by it
  std::size_t bytes = 0;
  std::size_t deleted = 0;  // keys of ranges
  bool sync = false;        // one of the jobs is not relaxed
};

Committer::Committer(Database& database, const Clock& clock, const RocksOptions& options, std::string path,
                     Watchers& watchers)
    : database_(database),
      clock_(clock),
      options_(options),
      path_(std::move(path)),
      watchers_(watchers),
      thread_([this] { loop(); }) {}

Committer::~Committer() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  ready_.notify_one();
  thread_.join();
}

void Committer::push(Job* job) {
  {
    std::lock_guard lock(mutex_);
    queue_.push_back(job);
  }
  ready_.notify_one();
}

void Committer::drop_files(const Job& job) const {
  for (const auto& blob : job.blob_rows)
    if (blob.file && !blob.taken) database_.large().remove(*blob.file);
}

// The job's frame may be gone as soon as it was posted.
void Committer::finish(Job& job, Result<CommitOutcome> outcome) {
  drop_files(job);
  job.outcome = std::move(outcome);
  job.home->post(job.waiter);
}

void Committer::loop() {
  static auto& commits = metrics::counter("store_commits_total");
  note_logged(database_.log_bytes());  // a start does not write it out
  finish_erasing();
  database_.collect_blobs();
  for (;;) {
    const bool more = wait();
    const auto now = std::chrono::steady_clock::now();
    if (sync_due_ && (!more || now >= *sync_due_)) sync();
    if (!more) return;
    if (flush_due_ && now >= *flush_due_) flush();
    Batch batch(next_bytes());
    gather(batch);
    if (batch.jobs.empty()) continue;
    if (since_collected_ >= k_collect_bytes) {
      since_collected_ = 0;
      database_.collect_blobs();
    }
    const auto written = batch.writes.Count() == 0 ? Result<>{} : write(batch.writes, batch.sync);
    note_logged(batch.deleted * k_deleted_bytes);
    if (!batch.sync && !sync_due_) sync_due_ = std::chrono::steady_clock::now() + k_relaxed_wait;
    for (auto* job : batch.jobs) {
      if (!written) {
        if (job->kind == Job::commit) versions_.erase(job->partition);
        finish(*job, std::unexpected(written.error()));
        continue;
      }
      if (job->kind == Job::commit) {
        commits.add();
        watchers_.tell(job->partition, job->expected + 1);
      }
      finish(*job, CommitOutcome::ok);
    }
    if (versions_.size() > k_versions_max) versions_.clear();
  }
}

bool Committer::wait() {
  std::unique_lock lock(mutex_);
  const auto woken = [&] { return stop_ || !queue_.empty(); };
  if (const auto due = sync_due_ ? sync_due_ : flush_due_)  // the sync is always sooner
    ready_.wait_until(lock, *due, woken);
  else
    ready_.wait(lock, woken);
  return !stop_ || !queue_.empty();
}

std::size_t Committer::next_bytes() {
  std::lock_guard lock(mutex_);
  const auto bytes = queue_.empty() ? 0 : queue_.front()->bytes;
  return bytes + bytes / 64;  // with its keys' frames
}

// Takes jobs off the queue until it is empty, the batch is full, or a job must wait for what is in the batch.
void Committer::gather(Batch& batch) {
  while (batch.bytes < options_.batch_bytes) {
    Job* job = nullptr;
    {
      std::lock_guard lock(mutex_);
      if (queue_.empty()) return;
      job = queue_.front();
      queue_.pop_front();
    }
    if (!admit(batch, *job)) {
      std::lock_guard lock(mutex_);
      queue_.push_front(job);
      return;
    }
  }
}

bool Committer::admit(Batch& batch, Job& job) {
  if (job.kind == Job::erase || job.kind == Job::sweep) {
    if (!batch.jobs.empty()) return false;
    run_alone(job);
    return true;
  }
  if (auto may = may_write(job.blob_rows.empty() ? options_.reserve_bytes / 4 : options_.reserve_bytes); !may) {
    finish(job, std::unexpected(may.error()));
    return true;
  }
  if (job.kind == Job::commit) {
    // It builds on a commit that is not yet durable, or lost to one: told only when the winner can be read, else the
    // loser would try again, and lose again, until then. Or it shall delete ranges of what is not yet visible.
    if (batch.partitions.contains(job.partition)) return false;
    if (job.expected == 0 && erasing_.contains(job.partition)) {
      if (!batch.jobs.empty()) return false;
      if (const auto done = erase_rest(job.partition); !done) {
        finish(job, std::unexpected(done.error()));
        return true;
      }
    }
    auto now = version(job.partition);
    if (!now || *now != job.expected) {
      finish(job, now ? Result<CommitOutcome>(CommitOutcome::conflict) : std::unexpected(now.error()));
      return true;
    }
  }
  batch.writes.SetSavePoint();
  if (auto added = add(batch, job); !added) {
    (void)batch.writes.RollbackToSavePoint();
    for (auto& blob : job.blob_rows) blob.taken = false;
    finish(job, std::unexpected(added.error()));
    return true;
  }
  (void)batch.writes.PopSavePoint();
  for (const auto& blob : job.blob_rows) batch.blobs.insert(blob.id);
  if (job.kind == Job::commit) {
    batch.partitions.insert(job.partition);
    versions_[job.partition] = job.expected + 1;
  }
  batch.bytes += job.bytes;
  batch.sync = batch.sync || !job.relaxed;
  batch.jobs.push_back(&job);
  return true;
}

Result<std::uint64_t> Committer::version(PartitionId p) {
  if (const auto it = versions_.find(p); it != versions_.end()) return it->second;
  TRY(const auto head, database_.head(p, false));
  return versions_[p] = head.version;
}

Result<> Committer::add(Batch& batch, Job& job) {
  for (const auto& id : job.needs) {
    if (batch.blobs.contains(id)) continue;
    TRY(const auto info, database_.blob_info(id, false));
    if (!info) return fail(Errc::not_found, "link to a missing blob");
  }
  for (auto& blob : job.blob_rows)
    if (!batch.blobs.contains(blob.id)) TRY_VOID(add_blob(batch, blob));
  for (std::size_t i = 0; i < job.changes.size(); ++i) {
    const auto& change = job.changes[i];
    auto* family = database_.family(change.family);
    switch (change.kind) {
      case Change::put:
        (void)batch.writes.Put(family, change.key, change.value);
        break;
      case Change::del:
        (void)batch.writes.Delete(family, change.key);
        break;
      case Change::del_range:
        TRY_VOID(add_del_range(batch, job, i));
        break;
    }
  }
  return {};
}

Result<> Committer::add_blob(Batch& batch, BlobRows& blob) {
  TRY(const auto info, database_.blob_info(blob.id, false));
  const auto now = clock_.now();
  if (info && info->created + k_blob_touch_s > now) return {};
  const auto key = blob_key(blob.id);
  const auto row = seal(key, encode(BlobInfo{blob.content.size(), now}));
  (void)batch.writes.Put(database_.family(f_refs), key, row);
  if (info) return {};
  // Swept since the call looked, or, where the clock was set, its new file: packed here after all.
  if (blob.chunks.empty() || (blob.file && !database_.large().exists(*blob.file))) {
    TRY(blob, encode_blob(database_, blob.id, blob.content, now));
  }
  for (std::uint32_t i = 0; i < blob.chunks.size(); ++i)
    (void)batch.writes.Put(database_.family(f_blobs), chunk_key(blob.id, i), blob.chunks[i]);
  blob.taken = true;
  return {};
}

// Key by key (docs/decisions/0012-no-range-tombstones.md).
Result<> Committer::add_del_range(Batch& batch, const Job& job, std::size_t index) {
  const auto& range = job.changes[index];
  auto* family = database_.family(range.family);
  const rocksdb::Slice upper(range.value);
  auto o = Database::reading(false);
  o.iterate_upper_bound = &upper;
  o.prefix_same_as_start = true;
  const std::unique_ptr<rocksdb::Iterator> it(database_.db().NewIterator(o, family));
  for (it->Seek(range.key); it->Valid(); it->Next(), ++batch.deleted) (void)batch.writes.Delete(family, it->key());
  if (!it->status().ok()) return std::unexpected(to_error(it->status()));
  for (std::size_t i = 0; i < index; ++i) {
    const auto& earlier = job.changes[i];
    if (earlier.kind == Change::put && earlier.family == range.family && earlier.key >= range.key &&
        earlier.key < range.value)
      (void)batch.writes.Delete(family, earlier.key);
  }
  return {};
}

void Committer::run_alone(Job& job) {
  auto done = may_write(0);
  if (done) done = job.kind == Job::erase ? erase(job.partition) : sweep(job);
  finish(job, done ? Result<CommitOutcome>(CommitOutcome::ok) : std::unexpected(done.error()));
}

// Marked, and without a head, it is gone for everybody, and the rest goes in pieces: a crash between them leaves the
// mark, so that the next start goes on.
Result<> Committer::erase(PartitionId p) {
  rocksdb::WriteBatch first;
  const auto mark = erasing_key(p);
  (void)first.Delete(database_.family(f_default), head_key(p));
  (void)first.Put(database_.family(f_default), mark, seal(mark, {}));
  versions_.erase(p);
  TRY_VOID(write(first));
  erasing_.insert(p);
  return erase_rest(p);
}

Result<> Committer::erase_rest(PartitionId p) {
  for (const auto f : {f_keys, f_records}) TRY_VOID(erase_all(f, partition_prefix(p)));
  std::string cursor;
  do {
    TRY(const auto links, database_.links_of(p, k_erase_piece, &cursor));
    rocksdb::WriteBatch piece;
    for (const auto& link : links) {
      (void)piece.Delete(database_.family(f_refs), link_key(link.blob, p, link.holder));
      (void)piece.Delete(database_.family(f_refs), holder_key(p, link.blob, link.holder));
    }
    if (!links.empty()) TRY_VOID(write(piece, false));
  } while (!cursor.empty());
  rocksdb::WriteBatch last;
  (void)last.Delete(database_.family(f_default), erasing_key(p));
  TRY_VOID(write(last));
  erasing_.erase(p);
  return {};
}

Result<> Committer::erase_all(Family family, const std::string& prefix) {
  const auto upper = after_prefix(prefix);
  const rocksdb::Slice upper_bound(upper);
  auto o = Database::reading(false);
  if (!upper.empty()) o.iterate_upper_bound = &upper_bound;
  o.prefix_same_as_start = true;
  const std::unique_ptr<rocksdb::Iterator> it(database_.db().NewIterator(o, database_.family(family)));
  rocksdb::WriteBatch piece;
  for (it->Seek(prefix); it->Valid(); it->Next()) {
    (void)piece.Delete(database_.family(family), it->key());
    if (piece.Count() < k_erase_piece) continue;
    TRY_VOID(write(piece, false));
    piece.Clear();
  }
  if (!it->status().ok()) return std::unexpected(to_error(it->status()));
  return piece.Count() == 0 ? Result<>{} : write(piece, false);
}

void Committer::finish_erasing() {
  const auto tell = [](const Error& e) { log::error("store.erase_failed", {{"error", to_string(e.code)}}); };
  const auto marked = database_.being_erased();
  if (!marked) return tell(marked.error());
  erasing_.insert(marked->begin(), marked->end());
  for (const auto p : *marked) {
    if (failed_) return;
    if (const auto done = erase_rest(p); !done) tell(done.error());
  }
}

Result<> Committer::sweep(Job& job) {
  rocksdb::WriteBatch writes;
  bool sync = false;  // not for rows alone: what a crash brings back is swept again
  for (const auto& id : job.sweep_ids) {
    TRY(const auto info, database_.blob_info(id, false));
    if (!info || info->created >= job.before) continue;
    TRY(const auto linked, database_.has_links(id));
    if (linked) continue;
    auto chunks = chunk_count(info->size);
    if (info->size > k_blob_whole) {
      sync = true;
      const auto ref = database_.large_ref(id);
      if (!ref && ref.error().code != Errc::corrupt) continue;  // another time; damaged, its file is met as nobody's
      if (ref && *ref) {
        job.swept_files.push_back(**ref);
        chunks = 1;
      }
    }
    (void)writes.Delete(database_.family(f_refs), blob_key(id));
    for (std::uint32_t i = 0; i < chunks; ++i) (void)writes.Delete(database_.family(f_blobs), chunk_key(id, i));
    ++job.erased;
  }
  if (job.erased > 0)
    if (auto written = write(writes, sync); !written) return job.swept_files.clear(), written;
  for (const auto& file : job.sweep_files)
    if (const auto named = database_.names(file); named && !*named) database_.large().remove(file);
  return {};
}

Result<> Committer::may_write(std::uint64_t reserve) {
  if (failed_) return fail(Errc::unavailable, "an earlier sync failed");
  return free_is(reserve);
}

Result<> Committer::room(std::uint64_t bytes) const {
  return free_is(options_.reserve_bytes + bytes);
}

Result<> Committer::free_is(std::uint64_t bytes) const {
  const auto free = options_.free_space ? options_.free_space() : free_bytes(path_);
  if (free < bytes) return fail(Errc::full, "free space is below the reserve");
  return {};
}

Result<> Committer::write(rocksdb::WriteBatch& writes, bool sync) {
  rocksdb::WriteOptions o;
  o.sync = sync;
  if (planted(Planted::ack_before_durable)) o.sync = false, o.disableWAL = true;
  if (const auto status = database_.db().Write(o, &writes); !status.ok()) return failed(status);
  note_logged(writes.GetDataSize());
  if (!sync) return {};
  count_sync();
  sync_due_.reset();  // the sync is of all that the log holds
  return {};
}

// A failure is nobody's answer: what was acknowledged may be lost with the power, as relaxed says, and no more will be.
void Committer::sync() {
  sync_due_.reset();
  if (failed_) return;
  if (const auto status = database_.db().SyncWAL(); !status.ok()) (void)failed(status);
  count_sync();
}

void Committer::note_logged(std::uint64_t bytes) {
  logged_ += bytes;
  since_collected_ += bytes;
  if (logged_ >= k_flush_bytes)
    flush_due_ = std::chrono::steady_clock::now() + std::chrono::milliseconds(options_.idle_ms);
}

// Mail lies in the log and, once its family's memtable is full, in a table or blob file as well; the log goes when all
// families have been written out. Where nothing follows, that would be never: disk taken twice, and a slow start.
void Committer::flush() {
  flush_due_.reset();
  logged_ = 0;
  if (failed_) return;
  rocksdb::FlushOptions o;
  o.wait = false;
  o.allow_write_stall = true;
  // Failing, it makes the next write fail, which tells.
  (void)database_.db().Flush(o, database_.families());
  database_.collect_blobs();
}

Result<> Committer::failed(const rocksdb::Status& status) {
  // A full disk met in spite of the reserve is no exception: RocksDB 7.8's Resume() may leave the log's writer refusing
  // for good, and the batch may be in the log. Opening the store anew recovers.
  if (!std::exchange(failed_, true)) {
    log::error("store.write_failed", {{"status", status.ToString()}});
    if (options_.on_failure) options_.on_failure();
  }
  return fail(Errc::unknown, status.ToString());
}

}  // namespace mailstead::store::rocks
