#include "store/rocks/large_files.h"

#include <algorithm>
#include <utility>

#include "base/base64.h"
#include "base/codec.h"
#include "base/random.h"
#include "store/rocks/database.h"

namespace mailstead::store::rocks {
namespace {

constexpr std::uint8_t k_in_a_file = 3;  // beside the codecs of a chunk

std::optional<LargeRef> from_name(const std::string& name) {
  const auto bytes = hex_decode(name);
  if (!bytes) return std::nullopt;
  Reader in(*bytes);
  const auto blob = BlobId::from(in.raw(k_blob_id));
  LargeRef ref;
  ref.created = in.svarint();
  ref.number = in.u64be();
  if (!blob || !in.done()) return std::nullopt;
  ref.blob = *blob;
  return ref;
}

bool missing(const rocksdb::Status& status) {
  return status.IsNotFound() || status.IsPathNotFound();
}

}  // namespace

std::string file_name(const LargeRef& ref) {
  return hex_encode(Writer().raw(ref.blob.view()).svarint(ref.created).u64be(ref.number).view());
}

std::string encode(const LargeRef& ref) {
  Writer out;
  out.u8(k_in_a_file).varint(ref.total).svarint(ref.created).u64be(ref.number);
  for (const auto size : ref.sizes) out.varint(size);
  return out.take();
}

Result<std::optional<LargeRef>> decode_large(const BlobId& blob, std::string_view row) {
  Reader in(row);
  if (in.u8() != k_in_a_file) return std::nullopt;
  LargeRef ref;
  ref.blob = blob;
  ref.total = in.varint();
  ref.created = in.svarint();
  ref.number = in.u64be();
  while (!in.bad() && !in.done()) ref.sizes.push_back(in.varint());
  const bool sound = in.done() && ref.sizes.size() == chunk_count(ref.total) &&
                     std::ranges::all_of(ref.sizes, [](auto size) { return size <= 2 * k_blob_chunk; });
  if (!sound) return fail(Errc::corrupt, "reference to a file");
  return ref;
}

LargeFile::LargeFile(LargeRef ref, std::unique_ptr<rocksdb::FSRandomAccessFile> file)
    : ref_(std::move(ref)), begins_{0}, file_(std::move(file)) {
  for (const auto size : ref_.sizes) begins_.push_back(begins_.back() + size);
}

Result<Chunk> LargeFile::at(std::uint32_t index) const {
  if (index >= ref_.sizes.size()) return fail(Errc::corrupt, "missing chunk");
  const auto size = ref_.sizes[index];
  const auto room = std::make_unique_for_overwrite<char[]>(size);
  rocksdb::Slice read;
  const auto status = file_->Read(begins_[index], size, {}, &read, room.get(), nullptr);
  if (!status.ok()) return std::unexpected(to_error(status));
  TRY(const auto packed, store::open(chunk_key(ref_.blob, index), view(read)));
  TRY(auto chunk, unpack_chunk(packed));
  if (chunk.total != ref_.total) return fail(Errc::corrupt, "size of a file's content");
  return chunk;
}

LargeFiles::LargeFiles(std::shared_ptr<rocksdb::FileSystem> files, std::string folder)
    : files_(std::move(files)), folder_(std::move(folder)) {}

Result<> LargeFiles::sync_folder(const std::string& folder) const {
  std::unique_ptr<rocksdb::FSDirectory> opened;
  auto status = files_->NewDirectory(folder, {}, &opened, nullptr);
  if (status.ok()) status = opened->Fsync({}, nullptr);
  if (!status.ok()) return std::unexpected(to_error(status));
  return {};
}

Result<> LargeFiles::make_folder() const {
  const auto status = files_->CreateDirIfMissing(folder_, {}, nullptr);
  if (!status.ok()) return std::unexpected(to_error(status));
  return sync_folder(folder_.substr(0, folder_.rfind('/')));
}

Result<> LargeFiles::write_chunks(LargeRef& ref, std::string_view content, Packing packing) const {
  const auto checked = [](const rocksdb::Status& status) -> Result<> {
    if (!status.ok()) return std::unexpected(to_error(status));
    return {};
  };
  std::unique_ptr<rocksdb::FSWritableFile> file;
  TRY_VOID(checked(files_->NewWritableFile(path(ref), {}, &file, nullptr)));
  std::uint64_t written = 0;
  for (std::uint32_t i = 0; i < chunk_count(ref.total); ++i) {
    const auto bytes = content.substr(i * k_blob_chunk, k_blob_chunk);
    const auto chunk = seal_in_place(chunk_key(ref.blob, i), pack_chunk(ref.total, bytes, packing));
    TRY_VOID(checked(file->Append(chunk, {}, nullptr)));
    // The disk may begin: the next chunk is compressed meanwhile.
    TRY_VOID(checked(file->RangeSync(written, chunk.size(), {}, nullptr)));
    written += chunk.size();
    ref.sizes.push_back(chunk.size());
  }
  TRY_VOID(checked(file->Sync({}, nullptr)));
  TRY_VOID(checked(file->Close({}, nullptr)));
  return sync_folder(folder_);
}

Result<LargeRef> LargeFiles::write(const BlobId& blob, std::string_view content, Packing packing,
                                   std::int64_t now) const {
  LargeRef ref{blob, content.size(), now, random_u64(), {}};
  const auto written = write_chunks(ref, content, packing);
  if (written) return ref;
  remove(ref);
  return std::unexpected(written.error());
}

Result<LargeFile> LargeFiles::open(LargeRef ref) const {
  std::unique_ptr<rocksdb::FSRandomAccessFile> file;
  const auto status = files_->NewRandomAccessFile(path(ref), {}, &file, nullptr);
  if (missing(status)) return fail(Errc::not_found, "file of a blob");
  if (!status.ok()) return std::unexpected(to_error(status));
  return LargeFile(std::move(ref), std::move(file));
}

bool LargeFiles::exists(const LargeRef& ref) const {
  return files_->FileExists(path(ref), {}, nullptr).ok();
}

void LargeFiles::remove(const LargeRef& ref) const {
  (void)files_->DeleteFile(path(ref), {}, nullptr);
}

Result<std::vector<LargeRef>> LargeFiles::list(std::int64_t before) const {
  std::vector<std::string> names;
  const auto status = files_->GetChildren(folder_, {}, &names, nullptr);
  if (!status.ok() && !missing(status)) return std::unexpected(to_error(status));
  std::vector<LargeRef> out;
  for (const auto& name : names)
    if (auto ref = from_name(name); ref && ref->created < before) out.push_back(*std::move(ref));
  return out;
}

}  // namespace mailstead::store::rocks
