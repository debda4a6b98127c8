#include "store/rocks/database.h"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/transaction_log.h>
#include <rocksdb/utilities/table_properties_collectors.h>
#include <rocksdb/write_batch.h>

#include "base/ascii.h"
#include "store/frame.h"
#include "store/rocks/crc32c.h"
#include "store/rocks/log_files.h"
#include "store/validate.h"

namespace mailstead::store::rocks {

Error to_error(const rocksdb::Status& status) {
  if (status.IsIncomplete()) return {Errc::in_use, "not in the cache"};
  if (status.IsCorruption()) return {Errc::corrupt, status.ToString()};
  if (status.IsNoSpace()) return {Errc::full, status.ToString()};
  return {Errc::unavailable, status.ToString()};
}

namespace {

// Without a use of it, the linker would leave it out of a program, and take RocksDB's.
[[gnu::used]] constexpr auto* k_crc32c = &rocksdb::crc32c::Extend;
constexpr std::size_t k_worth_iterating = 16;  // below, making the iterator costs more than searching each

rocksdb::ColumnFamilyOptions family_options(Family f, const rocksdb::BlockBasedTableOptions& table) {
  rocksdb::ColumnFamilyOptions o;
  o.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  o.compression = rocksdb::kLZ4Compression;
  o.bottommost_compression = rocksdb::kZSTD;
  o.level_compaction_dynamic_level_bytes = true;
  o.write_buffer_size = 32 * 1024 * 1024;
  if (f == f_keys || f == f_records) {
    // A table with a stretch that is mostly deletions is compacted soon: scans step over them until then.
    o.table_properties_collector_factories.push_back(rocksdb::NewCompactOnDeletionCollectorFactory(1024, 512));
    o.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(k_prefix));
    o.memtable_prefix_bloom_size_ratio = 0.05;
  }
  if (f == f_refs) {
    // Each delivery asks whether its blob is there already; as a rule it is not.
    o.memtable_prefix_bloom_size_ratio = 0.05;
    o.memtable_whole_key_filtering = true;
  }
  if (f == f_blobs) {
    // Content is compressed by us. Collecting, a compaction moves all content that it meets, and this family's tables
    // are so small that it meets all: only where enough of it is garbage (collect_blobs()). RocksDB's own measure, the
    // age of the files, keeps three times what lives.
    o.compression = o.bottommost_compression = rocksdb::kNoCompression;
    o.write_buffer_size = 64 * 1024 * 1024;
    o.enable_blob_files = true;
    o.min_blob_size = 1024;
    o.blob_file_size = 128 * 1024 * 1024;
    o.enable_blob_garbage_collection = false;
    o.blob_garbage_collection_age_cutoff = 1.0;
    o.blob_garbage_collection_force_threshold = 0.5;
  }
  return o;
}

rocksdb::DBOptions db_options() {
  rocksdb::DBOptions o;
  o.create_if_missing = true;
  o.create_missing_column_families = true;
  o.enable_pipelined_write = true;
  o.avoid_flush_during_recovery = true;      // a start waits for no write
  o.max_total_wal_size = 160 * 1024 * 1024;  // an idle family must not pin old logs; a start reads them all
  o.max_background_jobs = 2;
  o.max_bgerror_resume_count = 0;  // after an error we decide, not a background retry
  o.info_log_level = rocksdb::WARN_LEVEL;
  o.max_log_file_size = 1024 * 1024;
  o.keep_log_file_num = 3;
  o.stats_dump_period_sec = 0;
  return o;
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const std::string& path, const RocksOptions& options, bool read_only) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.cache_bytes);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.block_size = 16 * 1024;
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  for (int f = 0; f < f_count; ++f)
    descriptors.emplace_back(std::string(k_family_names[f]), family_options(static_cast<Family>(f), table));

  std::unique_ptr<Database> out(new Database);
  out->packing_ = options.packing;
  rocksdb::DB* db = nullptr;
  auto o = db_options();
  auto* below = options.env ? options.env : rocksdb::Env::Default();
  out->env_ = rocksdb::NewCompositeEnv(std::make_shared<LogFileSystem>(below->GetFileSystem()));
  o.env = out->env_.get();
  if (!read_only)
    if (const auto synced = sync_logs(*o.env->GetFileSystem(), path); !synced.ok())
      return std::unexpected(to_error(synced));
  const auto status = read_only ? rocksdb::DB::OpenForReadOnly(o, path, descriptors, &out->families_, &db)
                                : rocksdb::DB::Open(o, path, descriptors, &out->families_, &db);
  if (status.IsIOError() && status.ToString().contains("/LOCK"))
    return fail(Errc::in_use, cat("another process has ", path, " open; stop that server first"));
  if (!status.ok()) return std::unexpected(to_error(status));
  out->db_.reset(db);
  TRY_VOID(out->check_format(read_only));
  out->large_ = std::make_unique<LargeFiles>(o.env->GetFileSystem(), path + "/large");
  if (!read_only) TRY_VOID(out->large_->make_folder());
  return out;
}

Database::~Database() {
  if (!db_) return;
  for (auto* f : families_) db_->DestroyColumnFamilyHandle(f);
}

Result<> Database::check_format(bool read_only) {
  std::string value;
  auto status = db_->Get({}, slice(k_format_key), &value);
  if (status.ok()) {
    const auto format = Reader(value).varint();
    if (format != k_format) return fail(Errc::unsupported, cat("store has format ", format, ", not ", k_format));
    return {};
  }
  if (!status.IsNotFound()) return std::unexpected(to_error(status));
  // A database without a format must be a new one.
  std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator({}));
  it->SeekToFirst();
  if (it->Valid() || read_only) return fail(Errc::unsupported, "not a store: it has no format");
  rocksdb::WriteOptions write;
  write.sync = true;
  status = db_->Put(write, slice(k_format_key), Writer().varint(k_format).take());
  if (!status.ok()) return std::unexpected(to_error(status));
  return {};
}

rocksdb::ReadOptions Database::reading(bool cached_only, const rocksdb::Snapshot* snapshot) {
  rocksdb::ReadOptions o;
  o.snapshot = snapshot;
  if (cached_only) o.read_tier = rocksdb::kBlockCacheTier;
  return o;
}

Result<std::optional<std::string>> Database::row(Family f, const std::string& key, bool cached_only,
                                                 const rocksdb::Snapshot* snapshot) {
  rocksdb::PinnableSlice value;
  const auto status = db_->Get(reading(cached_only, snapshot), families_[f], key, &value);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) return std::unexpected(to_error(status));
  TRY(const auto bytes, store::open(key, view(value)));
  return std::string(bytes);
}

Result<Head> Database::head(PartitionId p, bool cached_only, const rocksdb::Snapshot* snapshot) {
  TRY(const auto bytes, row(f_default, head_key(p), cached_only, snapshot));
  if (!bytes) return Head{};
  auto head = decode_head(*bytes);
  if (!head) return fail(Errc::corrupt, "head");
  return *std::move(head);
}

Result<std::vector<std::optional<std::string>>> Database::rows(PartitionId p, const std::vector<std::string>& keys,
                                                               bool cached_only) {
  std::vector<std::string> full;
  full.reserve(keys.size());
  for (const auto& key : keys) full.push_back(row_key(p, key));
  if (keys.size() >= k_worth_iterating) return neighbours(full, cached_only);
  if (cached_only) {
    // Not MultiGet: RocksDB 7.8's reads the disk whatever the tier, and answers OK, with nothing, where only the second
    // of the blocks that a key may be in is not in the cache.
    std::vector<std::optional<std::string>> out;
    for (const auto& key : full) {
      TRY(auto value, row(f_keys, key, true));
      out.push_back(std::move(value));
    }
    return out;
  }
  const std::vector<rocksdb::Slice> slices(full.begin(), full.end());
  std::vector<rocksdb::PinnableSlice> values(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  db_->MultiGet(reading(false), families_[f_keys], keys.size(), slices.data(), values.data(), statuses.data());
  std::vector<std::optional<std::string>> out(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].IsNotFound()) continue;
    if (!statuses[i].ok()) return std::unexpected(to_error(statuses[i]));
    TRY(const auto bytes, store::open(full[i], view(values[i])));
    out[i] = bytes;
  }
  return out;
}

constexpr std::size_t k_bulk_rows = 4096;  // of one page

// Rows that are asked for together mostly lie side by side (the contents of a mailbox): a step costs a tenth of a
// search.
Result<std::vector<std::optional<std::string>>> Database::neighbours(const std::vector<std::string>& full,
                                                                     bool cached_only) {
  constexpr int k_steps = 2;  // further ones are searched for
  std::vector<std::optional<std::string>> out(full.size());
  auto o = reading(cached_only);
  o.prefix_same_as_start = true;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(o, families_[f_keys]));
  for (std::size_t i = 0; i < full.size(); ++i) {
    const rocksdb::Slice wanted(full[i]);
    bool near = it->Valid() && it->key().compare(wanted) <= 0;
    for (int n = 0; near && n < k_steps && it->key().compare(wanted) < 0; ++n) {
      it->Next();
      near = it->Valid();
    }
    if (!near || it->key().compare(wanted) < 0) it->Seek(wanted);
    if (!it->status().ok()) return std::unexpected(to_error(it->status()));
    if (!it->Valid() || it->key() != wanted) continue;
    TRY(const auto bytes, store::open(full[i], view(it->value())));
    out[i] = bytes;
  }
  return out;
}

Result<Page> Database::scan(PartitionId p, std::string_view from, std::string_view to, std::size_t limit, bool reverse,
                            bool cached_only) {
  Page page;
  if (!to.empty() && from >= to) return page;
  const auto lower = row_key(p, from);
  const auto upper = to.empty() ? after_prefix(partition_prefix(p)) : row_key(p, to);
  const rocksdb::Slice lower_bound(lower), upper_bound(upper);
  auto o = reading(cached_only);
  o.iterate_lower_bound = &lower_bound;
  if (!upper.empty()) o.iterate_upper_bound = &upper_bound;
  // The upper bound may lie in the next partition, whose prefix filters would then be asked.
  o.total_order_seek = reverse;
  o.prefix_same_as_start = !reverse;
  // Who reads thousands keeps what they mean, and does not ask for them again: others' blocks stay in the cache.
  o.fill_cache = limit < k_bulk_rows;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(o, families_[f_keys]));
  limit = std::max<std::size_t>(limit, 1);
  std::size_t bytes = 0;
  for (reverse ? it->SeekToLast() : it->Seek(lower); it->Valid(); reverse ? it->Prev() : it->Next()) {
    if (page.rows.size() == limit || bytes >= k_page_bytes) {
      page.more = true;
      break;
    }
    const auto key = view(it->key());
    TRY(const auto value, store::open(key, view(it->value())));
    page.rows.push_back({std::string(key.substr(k_prefix)), std::string(value)});
    bytes += key.size() + value.size();
  }
  if (!it->status().ok()) return std::unexpected(to_error(it->status()));
  return page;
}

Result<std::vector<Record>> Database::records(PartitionId p, std::uint64_t after, std::size_t limit, bool cached_only) {
  // One snapshot: a commit between head and records must not look like a gap.
  rocksdb::ManagedSnapshot snapshot(db_.get());
  TRY(const auto now, head(p, cached_only, snapshot.snapshot()));
  std::vector<Record> out;
  if (now.version <= after) return out;
  const auto first = record_key(p, after + 1);
  const auto upper = after_prefix(partition_prefix(p));
  const rocksdb::Slice upper_bound(upper);
  auto o = reading(cached_only, snapshot.snapshot());
  if (!upper.empty()) o.iterate_upper_bound = &upper_bound;
  o.prefix_same_as_start = true;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(o, families_[f_records]));
  std::size_t bytes = 0;
  for (it->Seek(first); it->Valid() && out.size() < limit && bytes < k_page_bytes; it->Next()) {
    const auto key = view(it->key());
    TRY(const auto value, store::open(key, view(it->value())));
    Record record{Reader(key.substr(k_prefix)).u64be(), {}, {}};
    if (value.size() < record.token.size()) return fail(Errc::corrupt, "record");
    std::copy_n(value.begin(), record.token.size(), reinterpret_cast<char*>(record.token.data()));
    record.bytes = value.substr(record.token.size());
    if (record.version != after + 1 + out.size()) {
      if (out.empty()) return fail(Errc::expired, "records were trimmed");
      return fail(Errc::corrupt, "gap in the records");
    }
    bytes += record.bytes.size();
    out.push_back(std::move(record));
  }
  if (!it->status().ok()) return std::unexpected(to_error(it->status()));
  if (out.empty() && limit > 0) return fail(Errc::expired, "records were trimmed");
  return out;
}

Result<std::vector<std::uint64_t>> Database::partitions(std::uint8_t kind, std::uint64_t after, std::size_t limit) {
  std::vector<std::uint64_t> out;
  if (after == UINT64_MAX) return out;
  const auto upper = after_prefix(Writer().raw("H").u8(kind).take());
  const rocksdb::Slice upper_bound(upper);
  auto o = reading(false);
  o.iterate_upper_bound = &upper_bound;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(o, families_[f_default]));
  for (it->Seek(head_key({kind, after + 1})); it->Valid() && out.size() < limit; it->Next())
    out.push_back(read_partition(view(it->key()).substr(1)).id);
  if (!it->status().ok()) return std::unexpected(to_error(it->status()));
  return out;
}

Result<std::vector<PartitionId>> Database::being_erased() {
  std::vector<PartitionId> out;
  const auto upper = after_prefix("E");
  const rocksdb::Slice upper_bound(upper);
  auto o = reading(false);
  o.iterate_upper_bound = &upper_bound;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(o, families_[f_default]));
  for (it->Seek("E"); it->Valid(); it->Next()) out.push_back(read_partition(view(it->key()).substr(1)));
  if (!it->status().ok()) return std::unexpected(to_error(it->status()));
  return out;
}

Result<std::vector<Link>> Database::links_of(PartitionId p, std::size_t limit, std::string* cursor) {
  std::vector<Link> out;
  const auto prefix = holder_prefix(p);
  const auto upper = after_prefix(prefix);
  const rocksdb::Slice upper_bound(upper);
  auto o = reading(false);
  o.iterate_upper_bound = &upper_bound;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(o, families_[f_refs]));
  for (it->Seek(cursor->empty() ? prefix : *cursor); it->Valid(); it->Next()) {
    if (out.size() == limit) {
      *cursor = it->key().ToString();
      return out;
    }
    const auto rest = view(it->key()).substr(prefix.size());
    const auto id = BlobId::from(rest.substr(0, k_blob_id));
    if (!id) return fail(Errc::corrupt, "link");
    out.push_back({*id, std::string(rest.substr(k_blob_id))});
  }
  if (!it->status().ok()) return std::unexpected(to_error(it->status()));
  cursor->clear();
  return out;
}

Result<> Database::trim(PartitionId p, std::uint64_t up_to) {
  const auto prefix = partition_prefix(p);
  const auto upper = up_to == UINT64_MAX ? after_prefix(prefix) : record_key(p, up_to + 1);
  const rocksdb::Slice upper_bound(upper);
  auto o = reading(false);
  o.iterate_upper_bound = &upper_bound;
  o.prefix_same_as_start = true;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(o, families_[f_records]));
  rocksdb::WriteBatch batch;
  for (it->Seek(record_key(p, 0)); it->Valid(); it->Next()) {
    (void)batch.Delete(families_[f_records], it->key());
    if (batch.Count() < 1000) continue;
    if (const auto status = db_->Write({}, &batch); !status.ok()) return std::unexpected(to_error(status));
    batch.Clear();
  }
  if (!it->status().ok()) return std::unexpected(to_error(it->status()));
  if (const auto status = db_->Write({}, &batch); !status.ok()) return std::unexpected(to_error(status));
  return {};
}

std::uint64_t Database::log_bytes() {
  rocksdb::VectorLogPtr logs;
  std::uint64_t bytes = 0;
  if (db_->GetSortedWalFiles(logs).ok())
    for (const auto& log : logs) bytes += log->SizeFileBytes();
  return bytes;
}

Result<bool> Database::has_links(const BlobId& id) {
  const auto prefix = blob_key(id);
  const auto upper = after_prefix(prefix);
  const rocksdb::Slice upper_bound(upper);
  auto o = reading(false);
  o.iterate_upper_bound = &upper_bound;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(o, families_[f_refs]));
  it->Seek(prefix + '\0');  // past the blob's own row
  if (!it->status().ok()) return std::unexpected(to_error(it->status()));
  return it->Valid();
}

}  // namespace mailstead::store::rocks
