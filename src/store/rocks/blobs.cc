// Reading and looking through blobs.
#include "store/rocks/database.h"

namespace mailstead::store::rocks {

Result<std::optional<BlobInfo>> Database::blob_info(const BlobId& id, bool cached_only) {
  TRY(const auto bytes, row(f_refs, blob_key(id), cached_only));
  if (!bytes) return std::nullopt;
  const auto info = decode_blob_info(*bytes);
  if (!info) return fail(Errc::corrupt, "blob's row");
  return info;
}

Result<std::optional<LargeRef>> Database::large_ref(const BlobId& id) {
  TRY(const auto first, row(f_blobs, chunk_key(id, 0), false));
  if (!first) return std::nullopt;
  return decode_large(id, *first);
}

Result<Chunk> Database::chunk(const BlobId& id, std::uint32_t index, std::optional<LargeFile>& file) {
  if (file) return file->at(index);
  const auto key = chunk_key(id, index);
  rocksdb::PinnableSlice value;
  const auto status = db_->Get(reading(false), families_[f_blobs], key, &value);
  std::optional<LargeRef> ref;
  if (status.IsNotFound()) {
    if (index == 0) return fail(Errc::not_found, "blob");
    TRY(ref, large_ref(id));
    if (!ref) return fail(Errc::corrupt, "missing chunk");
  } else {
    if (!status.ok()) return std::unexpected(to_error(status));
    TRY(const auto packed, store::open(key, view(value)));
    TRY(ref, decode_large(id, packed));
    if (!ref) return unpack_chunk(packed);
  }
  TRY(file, open_large(*std::move(ref)));
  return file->at(index);
}

// A ref may be older than a sweep and another file of the same content. A file that its ref still names is not gone,
// but lost.
Result<LargeFile> Database::open_large(LargeRef ref) {
  auto opened = large_->open(ref);
  if (opened || opened.error().code != Errc::not_found) return opened;
  TRY(auto now, large_ref(ref.blob));
  if (!now) return fail(Errc::not_found, "blob");
  if (now->number != ref.number) opened = large_->open(*std::move(now));
  if (!opened && opened.error().code == Errc::not_found)
    return fail(Errc::corrupt, "the file of its content is missing");
  return opened;
}

Result<std::string> Database::blob(const BlobId& id, std::uint64_t offset, std::uint64_t length) {
  // Most reads lie in the first chunk, which tells the blob's size; only a far offset asks the blob's row first.
  std::string out;
  std::uint64_t total = 0;
  std::uint32_t index = 0;
  std::optional<LargeFile> file;
  if (offset >= k_blob_chunk) {
    TRY(const auto info, blob_info(id, false));
    if (!info) return fail(Errc::not_found, "blob");
    total = info->size;
    if (offset >= total) return out;
    index = static_cast<std::uint32_t>(offset / chunk_size(total));
  }
  for (bool first = true;; first = false, ++index) {
    TRY(auto chunk, this->chunk(id, index, file));
    total = chunk.total;
    const auto at = index * std::uint64_t{chunk_size(total)};  // where the chunk begins
    if (offset >= total || length == 0) return out;
    const auto end = length > total - offset ? total : offset + length;
    const auto skip = offset > at ? offset - at : 0;
    if (skip > chunk.bytes.size() || at + chunk.bytes.size() > total) return fail(Errc::corrupt, "chunk");
    const auto take = std::min<std::uint64_t>(chunk.bytes.size() - skip, end - at - skip);
    const auto chunk_bytes = chunk.bytes.size();
    if (first && skip == 0 && take == chunk.bytes.size()) {
      out = std::move(chunk.bytes);
    } else {
      out.append(chunk.bytes, skip, take);
    }
    if (at + skip + take == end) return out;
    if (chunk_bytes != chunk_size(total)) return fail(Errc::corrupt, "short chunk");
  }
}

std::vector<Result<std::string>> Database::blobs(const std::vector<BlobId>& ids) {
  std::vector<std::string> keys;
  keys.reserve(ids.size());
  for (const auto& id : ids) keys.push_back(chunk_key(id, 0));
  const std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
  std::vector<rocksdb::PinnableSlice> values(ids.size());
  std::vector<rocksdb::Status> statuses(ids.size());
  db_->MultiGet(reading(false), families_[f_blobs], ids.size(), slices.data(), values.data(), statuses.data());
  std::vector<Result<std::string>> out;
  out.reserve(ids.size());
  const auto whole = [&](std::size_t i) -> Result<std::string> {
    if (statuses[i].IsNotFound()) return fail(Errc::not_found, "blob");
    if (!statuses[i].ok()) return std::unexpected(to_error(statuses[i]));
    TRY(const auto packed, store::open(keys[i], view(values[i])));
    TRY(const auto in_a_file, decode_large(ids[i], packed));
    if (in_a_file) return blob(ids[i], 0, UINT64_MAX);
    TRY(auto chunk, unpack_chunk(packed));
    if (chunk.total > k_blob_whole) return blob(ids[i], 0, UINT64_MAX);
    if (chunk.bytes.size() != chunk.total) return fail(Errc::corrupt, "short chunk");
    return std::move(chunk.bytes);
  };
  for (std::size_t i = 0; i < ids.size(); ++i) out.push_back(whole(i));
  return out;
}

void Database::collect_blobs() {
  std::uint64_t size = 0, garbage = 0;
  auto* family = families_[f_blobs];
  if (!db_->GetIntProperty(family, rocksdb::DB::Properties::kLiveBlobFileSize, &size) ||
      !db_->GetIntProperty(family, rocksdb::DB::Properties::kLiveBlobFileGarbageSize, &garbage))
    return;
  const bool wanted = garbage > (collecting_ ? size / 16 : size / 4);
  if (wanted == collecting_) return;
  const auto done = db_->SetOptions(family, {{"enable_blob_garbage_collection", wanted ? "true" : "false"}});
  if (done.ok()) collecting_ = wanted;  // else it is tried again
}

Result<std::vector<BlobId>> Database::orphans(std::int64_t before, std::size_t limit, std::string* cursor) {
  std::vector<BlobId> out;
  const std::string upper = after_prefix("B");
  const rocksdb::Slice upper_bound(upper);
  auto o = reading(false);
  o.iterate_upper_bound = &upper_bound;
  const std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(o, families_[f_refs]));
  const auto last = BlobId::from(*cursor);
  std::string seek = last ? after_prefix(blob_key(*last)) : "B";
  for (it->Seek(seek); it->Valid(); it->Seek(seek)) {
    const auto key = it->key().ToString();
    const auto id = BlobId::from(std::string_view(key).substr(1, k_blob_id));
    if (!id) return fail(Errc::corrupt, "key of a blob");
    if (limit-- == 0) return out;
    *cursor = id->view();
    seek = after_prefix(blob_key(*id));
    if (key.size() != 1 + k_blob_id) continue;  // links without a blob: for `check` to tell
    TRY(const auto bytes, store::open(key, view(it->value())));
    const auto info = decode_blob_info(bytes);
    if (!info) return fail(Errc::corrupt, "blob's row");
    it->Next();
    const bool linked = it->Valid() && it->key().starts_with(key);
    if (!linked && info->created < before) out.push_back(*id);
  }
  if (!it->status().ok()) return std::unexpected(to_error(it->status()));
  cursor->clear();
  return out;
}

Result<bool> Database::names(const LargeRef& file) {
  TRY(const auto ref, large_ref(file.blob));
  return ref && ref->number == file.number;
}

Result<std::vector<LargeRef>> Database::unnamed_files(std::int64_t before) {
  TRY(auto files, large_->list(before));
  std::vector<LargeRef> out;
  for (auto& file : files) {
    // What cannot be read may name it.
    if (const auto named = names(file); named && !*named) out.push_back(std::move(file));
  }
  return out;
}

}  // namespace mailstead::store::rocks
