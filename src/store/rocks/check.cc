#include "store/rocks/check.h"

#include <map>
#include <set>

#include "base/ascii.h"
#include "base/base64.h"
#include "store/frame.h"
#include "store/rocks/database.h"

namespace mailstead::store {

using namespace rocks;  // NOLINT(google-build-using-namespace): the driver's own parts

namespace {

class Checker {
 public:
  Checker(Database& database, const CheckProgress& progress) : database_(database), progress_(progress) {}

  Result<std::vector<Finding>> run() {
    for (const auto f : {f_default, f_keys, f_records, f_refs, f_blobs}) {
      TRY_VOID(family(f));
      if (f == f_records) end_of_records();
      if (f == f_blobs) end_of_blob();
    }
    for (const auto& id : infos_) found(cat("blob ", hex_encode(id.view())), "its content is missing");
    return std::move(findings_);
  }

 private:
  Result<> family(Family f) {
    family_ = f;
    auto o = Database::reading(false);
    o.total_order_seek = true;
    o.fill_cache = false;
    const std::unique_ptr<rocksdb::Iterator> it(database_.db().NewIterator(o, database_.family(f)));
    std::uint64_t rows = 0;
    for (it->SeekToFirst(); it->Valid() && findings_.size() < k_findings_max; it->Next()) {
      if (progress_ && rows % 100'000 == 0) progress_(k_family_names[f], rows);
      ++rows;
      const auto key = view(it->key());
      if (f == f_default && key == k_format_key) continue;
      const auto value = open(key, view(it->value()));
      if (!value) {
        found(where(key), "checksum");
        if (f == f_records) follow_record(key);
        if (f == f_refs && key.size() == 1 + k_blob_id && key[0] == 'B') infos_.insert(*BlobId::from(key.substr(1)));
        if (f == f_blobs) damaged_chunk(key);
        continue;
      }
      row(f, key, *value);
    }
    if (progress_) progress_(k_family_names[f], rows);
    // A block of RocksDB's own that cannot be read hides an unknown number of rows.
    if (!it->status().ok()) found(cat("family ", k_family_names[f]), it->status().ToString());
    return {};
  }

  void row(Family f, std::string_view key, std::string_view value) {
    switch (f) {
      case f_default:
        head(key, value);
        break;
      case f_keys:
        if (key.size() <= k_prefix || !belongs(read_partition(key))) found(where(key), "key without a head");
        break;
      case f_records:
        if (value.size() < sizeof(Token)) found(where(key), "record too short");
        follow_record(key);
        break;
      case f_refs:
        ref(key, value);
        break;
      case f_blobs:
        chunk(key, value);
        break;
      default:
        break;
    }
  }

  void head(std::string_view key, std::string_view value) {
    if (key.starts_with('E') && key.size() == 1 + k_prefix) {
      erasing_.insert(read_partition(key.substr(1)));
      return;
    }
    const auto head = decode_head(value);
    if (key.size() != 1 + k_prefix || !head) return found(where(key), "not a head");
    heads_[read_partition(key.substr(1))] = head->version;
  }

  // The head was met before: family default comes first.
  bool belongs(PartitionId p) const { return heads_.contains(p) || erasing_.contains(p); }

  void follow_record(std::string_view key) {
    if (key.size() != k_prefix + 8) return found(where(key), "not a record's key");
    const auto p = read_partition(key);
    const auto version = Reader(key.substr(k_prefix)).u64be();
    if (!belongs(p)) return found(where(key), "record without a head");
    if (erasing_.contains(p)) return;
    auto& last = last_record_[p];
    if (last != 0 && version != last + 1) found(where(key), cat("gap: the record before is ", last));
    last = version;
  }

  void end_of_records() {
    for (const auto& [p, last] : last_record_)
      if (heads_[p] != last)
        found(where(partition_prefix(p)), cat("head is at ", heads_[p], ", the last record at ", last));
  }

  void ref(std::string_view key, std::string_view value) {
    const auto body = key.substr(1);
    if (key[0] == 'B' && body.size() == k_blob_id) {
      if (!decode_blob_info(value)) found(where(key), "not a blob's row");
      infos_.insert(*BlobId::from(body));
      return;
    }
    if (body.size() < k_blob_id + k_prefix) return found(where(key), "not a link");
    const bool by_blob = key[0] == 'B';
    const auto id = *BlobId::from(by_blob ? body.substr(0, k_blob_id) : body.substr(k_prefix, k_blob_id));
    const auto p = read_partition(by_blob ? body.substr(k_blob_id) : body);
    const auto holder = body.substr(k_blob_id + k_prefix);
    if (by_blob && !infos_.contains(id)) found(where(key), cat("link to the missing blob ", hex_encode(id.view())));
    if (!belongs(p)) found(where(key), "link of a partition that is not there");
    const auto other = database_.row(f_refs, by_blob ? holder_key(p, id, holder) : link_key(id, p, holder), false);
    if (other && !*other) found(where(key), "the other half of the link is missing");
  }

  void chunk(std::string_view key, std::string_view packed) {
    const auto id = BlobId::from(key.substr(0, k_blob_id));
    const auto ref = id ? decode_large(*id, packed) : Result<std::optional<LargeRef>>();
    if (ref && *ref) return large(key, **ref);
    chunk(key, ref ? unpack_chunk(packed) : std::unexpected(ref.error()));
  }

  void chunk(std::string_view key, const Result<Chunk>& chunk) {
    if (!chunk) {
      found(where(key), chunk.error().detail);
      return damaged_chunk(key);
    }
    begin_chunk(key);
    total_ = chunk->total;
    content_ += chunk->bytes;
  }

  void large(std::string_view key, const LargeRef& ref) {
    const auto file = database_.large().open(ref);
    if (!file) return chunk(key, fail(Errc::corrupt, "the file of its content is missing, or cannot be read"));
    for (std::uint32_t i = 0; i < ref.sizes.size(); ++i) chunk(chunk_key(ref.blob, i), file->at(i));
  }

  void damaged_chunk(std::string_view key) {
    begin_chunk(key);
    damaged_ = true;
  }

  void begin_chunk(std::string_view key) {
    const auto id = BlobId::from(key.substr(0, k_blob_id));
    if (!id) return found(where(key), "not a chunk's key");
    if (blob_ != id) {
      end_of_blob();
      blob_ = id;
      if (infos_.erase(*id) == 0) found(where(key), "content without a blob's row");
    }
    if (Reader(key.substr(k_blob_id)).u32be() != next_chunk_++) {
      found(where(key), "a chunk is missing");
      damaged_ = true;
    }
  }

  void end_of_blob() {
    if (blob_ && !damaged_ && (content_.size() != total_ || BlobId::of(content_) != *blob_))
      found(cat("blob ", hex_encode(blob_->view())), "the content is not what its id says");
    blob_.reset();
    content_.clear();
    next_chunk_ = 0;
    damaged_ = false;
  }

  void found(std::string where, std::string what) {
    if (findings_.size() < k_findings_max) findings_.push_back({std::move(where), std::move(what)});
  }

  std::string where(std::string_view key) const {
    if (family_ == f_blobs || (family_ == f_refs && key[0] == 'B'))
      return cat(k_family_names[family_], " ", hex_encode(key));
    const auto prefix = family_ == f_keys || family_ == f_records ? key : key.substr(1);
    const auto p = read_partition(prefix);
    return cat(k_family_names[family_], " of partition ", unsigned{p.kind}, "/", p.id, ", key ",
               hex_encode(prefix.size() > k_prefix ? prefix.substr(k_prefix) : std::string_view{}));
  }

  Database& database_;
  const CheckProgress& progress_;
  Family family_ = f_default;
  std::vector<Finding> findings_;
  std::map<PartitionId, std::uint64_t> heads_, last_record_;
  std::set<PartitionId> erasing_;
  std::set<BlobId> infos_;  // blobs with a row, whose content was not met yet
  std::optional<BlobId> blob_;
  std::string content_;
  std::uint64_t total_ = 0;
  std::uint32_t next_chunk_ = 0;
  bool damaged_ = false;
};

}  // namespace

Result<std::vector<Finding>> check_store(const std::string& path, const CheckProgress& progress) {
  TRY(const auto database, Database::open(path, {}, true));
  return Checker(*database, progress).run();
}

}  // namespace mailstead::store
