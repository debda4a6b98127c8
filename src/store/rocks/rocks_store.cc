#include "store/rocks/rocks_store.h"

#include <rocksdb/write_batch.h>

#include <algorithm>
#include <atomic>
#include <span>

#include "store/frame.h"
#include "store/rocks/committer.h"
#include "store/rocks/database.h"
#include "store/validate.h"

namespace mailstead::store {

using namespace rocks;  // NOLINT(google-build-using-namespace): the driver's own parts

namespace {

constexpr std::size_t k_inline_bytes = 64 * 1024;  // of blobs packed on the caller's home; more goes to the pool
// Of writers of large content: others of the pool shall not wait for the disk, and the reserve is more than they bring.
constexpr unsigned k_large_at_once = 2;
constexpr std::size_t k_inline_rows = 512;  // of a page read on the caller's home, when cached
constexpr std::size_t k_inline_keys = 100;  // of single rows; who asks for more works for long, and the pool beside

void seal_put(Job& job, Family family, std::string key, std::string_view value) {
  auto sealed = seal(key, value);
  job.bytes += key.size() + sealed.size();
  job.changes.push_back({Change::put, family, std::move(key), std::move(sealed)});
}

void encode_op(Job& job, const Op& op) {
  const auto p = job.partition;
  switch (op.kind) {
    case Op::put:
      seal_put(job, f_keys, row_key(p, op.key), op.value);
      return;
    case Op::del:
      job.changes.push_back({Change::del, f_keys, row_key(p, op.key), {}});
      return;
    case Op::del_range:
      if (op.key < op.value)
        job.changes.push_back({Change::del_range, f_keys, row_key(p, op.key), row_key(p, op.value)});
      return;
    case Op::link:
    case Op::unlink: {
      const auto id = *BlobId::from(op.key);
      auto there = link_key(id, p, op.value), back = holder_key(p, id, op.value);
      if (op.kind == Op::link) {
        seal_put(job, f_refs, std::move(there), {});
        seal_put(job, f_refs, std::move(back), {});
      } else {
        job.changes.push_back({Change::del, f_refs, std::move(there), {}});
        job.changes.push_back({Change::del, f_refs, std::move(back), {}});
      }
    }
  }
}

void encode_commit(Job& job, const Commit& commit) {
  const auto p = job.partition = commit.partition;
  job.expected = commit.expected;
  job.relaxed = commit.relaxed;
  for (const auto& op : commit.ops) {
    encode_op(job, op);
    if (op.kind != Op::link) continue;
    const auto id = *BlobId::from(op.key);
    if (std::ranges::none_of(commit.blobs, [&](const BlobPut& b) { return b.id == id; })) job.needs.push_back(id);
  }
  seal_put(job, f_default, head_key(p), encode(Head{commit.expected + 1, commit.summary}));
  Writer record;
  record.raw({reinterpret_cast<const char*>(commit.token.data()), commit.token.size()}).raw(commit.record);
  seal_put(job, f_records, record_key(p, commit.expected + 1), record.view());
}

template <class T>
bool missed_cache(const Result<T>& r) {
  return !r && r.error().code == Errc::in_use;
}

}  // namespace

struct RocksStore::Impl {
  Impl(std::unique_ptr<Database> db, Pool& io_pool, const Clock& c, const RocksOptions& options,
       const std::string& path)
      : database(std::move(db)), io(io_pool), clock(c), committer(*database, c, options, path, watchers) {}
  // Packs what is not there. Looked up again by the committer, so a wrong guess costs only time.
  Result<> pack(Job& job, std::span<const BlobPut> blobs, bool cached_only);
  Result<BlobRows> pack(const BlobPut& blob, bool cached_only);
  // The pool for so much content.
  Pool& pool(std::size_t bytes) { return bytes > k_blob_whole ? large : io; }

  std::unique_ptr<Database> database;
  Pool& io;
  const Clock& clock;
  Watchers watchers;
  Committer committer;
  std::atomic<std::int64_t> files_swept = 0;  // those that no ref names: when, in seconds
  Pool large{k_large_at_once};                // last: its work uses the rest
};

Result<BlobRows> RocksStore::Impl::pack(const BlobPut& blob, bool cached_only) {
  const auto info = database->blob_info(blob.id, cached_only);
  if (info && *info) return BlobRows{blob.id, blob.content, {}, {}};
  if (blob.content.size() > k_blob_whole) TRY_VOID(committer.room(blob.content.size()));
  return encode_blob(*database, blob.id, blob.content, clock.now());
}

Result<> RocksStore::Impl::pack(Job& job, std::span<const BlobPut> blobs, bool cached_only) {
  for (const auto& blob : blobs) {
    if (std::ranges::find(job.blob_rows, blob.id, &BlobRows::id) != job.blob_rows.end()) continue;
    auto rows = pack(blob, cached_only);
    if (!rows) return committer.drop_files(job), std::unexpected(rows.error());
    for (const auto& chunk : rows->chunks) job.bytes += chunk.size();
    job.blob_rows.push_back(*std::move(rows));
  }
  return {};
}

RocksStore::RocksStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RocksStore::~RocksStore() = default;

Result<std::unique_ptr<RocksStore>> RocksStore::open(std::string path, Pool& io, const Clock& clock,
                                                     RocksOptions options) {
  TRY(auto database, Database::open(path, options));
  return std::unique_ptr<RocksStore>(
      new RocksStore(std::make_unique<Impl>(std::move(database), io, clock, options, path)));
}

Task<Result<CommitOutcome>> RocksStore::commit(Commit commit) {
  CO_TRY_VOID(validate(commit));
  std::size_t blob_bytes = 0;
  for (const auto& blob : commit.blobs) blob_bytes += blob.content.size();
  Job job;
  auto encode = [&job, &commit, impl = impl_.get()](bool cached_only) {
    encode_commit(job, commit);
    return impl->pack(job, commit.blobs, cached_only);
  };
  if (blob_bytes <= k_inline_bytes && commit.ops.size() <= 2 * k_inline_rows) {
    CO_TRY_VOID(encode(true));
  } else {
    auto work = [&encode] { return encode(false); };
    CO_TRY_VOID(co_await offload(impl_->pool(blob_bytes), std::move(work)));
  }
  co_await impl_->committer.run(job);
  co_return std::move(job.outcome);
}

Task<Result<>> RocksStore::put_blob(BlobId id, std::string_view content) {
  Job job;
  job.kind = Job::blobs;
  const BlobPut blob{id, content};
  if (content.size() <= k_inline_bytes) {
    CO_TRY_VOID(impl_->pack(job, {&blob, 1}, true));
  } else {
    auto work = [&job, &blob, impl = impl_.get()] { return impl->pack(job, {&blob, 1}, false); };
    CO_TRY_VOID(co_await offload(impl_->pool(content.size()), std::move(work)));
  }
  co_await impl_->committer.run(job);
  if (!job.outcome) co_return std::unexpected(job.outcome.error());
  co_return Result<>{};
}

Task<Result<>> RocksStore::erase(PartitionId partition) {
  Job job;
  job.kind = Job::erase;
  job.partition = partition;
  co_await impl_->committer.run(job);
  if (!job.outcome) co_return std::unexpected(job.outcome.error());
  co_return Result<>{};
}

Task<Result<Head>> RocksStore::head(PartitionId partition) {
  auto* database = impl_->database.get();
  auto cached = database->head(partition, true);
  if (!missed_cache(cached)) co_return cached;
  auto work = [database, partition] { return database->head(partition, false); };
  co_return co_await offload(impl_->io, std::move(work));
}

Task<Result<std::optional<std::string>>> RocksStore::get(PartitionId partition, std::string key) {
  auto* database = impl_->database.get();
  auto full = row_key(partition, key);
  auto cached = database->row(f_keys, full, true);
  if (!missed_cache(cached)) co_return cached;
  auto work = [database, full = std::move(full)] { return database->row(f_keys, full, false); };
  co_return co_await offload(impl_->io, std::move(work));
}

Task<Result<std::vector<std::optional<std::string>>>> RocksStore::get_many(PartitionId partition,
                                                                           std::vector<std::string> keys) {
  auto* database = impl_->database.get();
  if (keys.size() <= k_inline_keys) {
    auto cached = database->rows(partition, keys, true);
    if (!missed_cache(cached)) co_return cached;
  }
  auto work = [database, partition, keys = std::move(keys)] { return database->rows(partition, keys, false); };
  co_return co_await offload(impl_->io, std::move(work));
}

Task<Result<Page>> RocksStore::scan(PartitionId partition, std::string from, std::string to, std::size_t limit,
                                    bool reverse) {
  auto* database = impl_->database.get();
  if (limit <= k_inline_rows) {
    auto cached = database->scan(partition, from, to, limit, reverse, true);
    if (!missed_cache(cached)) co_return cached;
  }
  auto work = [database, partition, from = std::move(from), to = std::move(to), limit, reverse] {
    return database->scan(partition, from, to, limit, reverse, false);
  };
  co_return co_await offload(impl_->io, std::move(work));
}

Task<Result<std::vector<Record>>> RocksStore::records(PartitionId partition, std::uint64_t after, std::size_t limit) {
  auto* database = impl_->database.get();
  if (limit <= k_inline_rows) {
    auto cached = database->records(partition, after, limit, true);
    if (!missed_cache(cached)) co_return cached;
  }
  auto work = [database, partition, after, limit] { return database->records(partition, after, limit, false); };
  co_return co_await offload(impl_->io, std::move(work));
}

Task<Result<>> RocksStore::trim(PartitionId partition, std::uint64_t up_to) {
  auto* database = impl_->database.get();
  auto work = [database, partition, up_to] { return database->trim(partition, up_to); };
  co_return co_await offload(impl_->io, std::move(work));
}

std::unique_ptr<Watch> RocksStore::watch(Hint hint) {
  return impl_->watchers.add(std::move(hint));
}

Task<Result<std::vector<std::uint64_t>>> RocksStore::partitions(std::uint8_t kind, std::uint64_t after,
                                                                std::size_t limit) {
  auto* database = impl_->database.get();
  auto work = [database, kind, after, limit] { return database->partitions(kind, after, limit); };
  co_return co_await offload(impl_->io, std::move(work));
}

Task<Result<std::vector<Link>>> RocksStore::links(PartitionId partition, std::size_t limit, std::string* cursor) {
  auto* database = impl_->database.get();
  auto work = [database, partition, limit, cursor] {
    return database->links_of(partition, std::max<std::size_t>(limit, 1), cursor);
  };
  co_return co_await offload(impl_->io, std::move(work));
}

Task<Result<std::string>> RocksStore::get_blob(BlobId id, std::uint64_t offset, std::uint64_t length) {
  auto* database = impl_->database.get();
  auto work = [database, id, offset, length] { return database->blob(id, offset, length); };
  co_return co_await offload(impl_->io, std::move(work));
}

Task<Result<std::vector<Result<std::string>>>> RocksStore::get_blobs(std::vector<BlobId> ids) {
  auto* database = impl_->database.get();
  auto work = [database, ids = std::move(ids)] { return database->blobs(ids); };
  co_return co_await offload(impl_->io, std::move(work));
}

// Files that no ref names are few, left by the end of a process: looked for once an age.
Task<Result<std::size_t>> RocksStore::sweep(std::int64_t age_s, std::size_t limit, std::string* cursor) {
  auto& impl = *impl_;
  const auto now = impl.clock.now();
  const bool files_too = cursor->empty() && now >= impl.files_swept + age_s;
  Job job;
  job.kind = Job::sweep;
  job.before = now - age_s;
  auto look = [&impl, &job, files_too, limit, cursor]() -> Result<> {
    auto orphans = impl.database->orphans(job.before, std::max<std::size_t>(limit, 1), cursor);
    if (files_too) {
      TRY(job.sweep_files, impl.database->unnamed_files(job.before));
    }
    if (orphans) job.sweep_ids = *std::move(orphans);
    return orphans ? Result<>() : std::unexpected(orphans.error());  // the files are swept all the same
  };
  const auto looked = co_await offload(impl.io, std::move(look));
  if (!job.sweep_ids.empty() || !job.sweep_files.empty()) {
    co_await impl.committer.run(job);
    if (!job.outcome) co_return std::unexpected(job.outcome.error());
  }
  if (files_too) impl.files_swept = now;
  if (!job.swept_files.empty()) {
    auto remove = [&impl, &job] {
      for (const auto& file : job.swept_files) impl.database->large().remove(file);
      return true;
    };
    (void)co_await offload(impl.large, std::move(remove));
  }
  if (!looked) co_return std::unexpected(looked.error());
  co_return job.erased;
}

}  // namespace mailstead::store
