// Frames: what a driver writes for a value, so that damage is found before anything is served.
//   sealed = bytes, checksum: 8 bytes, big-endian XXH3-64 of the bytes, seeded with XXH3-64 of the row's key,
//            so that a row put under another's key is found too
//   chunk  = codec: u8 (0 plain, 1 zstd, 2 LZ4; 3: not a chunk, store/rocks/large_files.h), total: varint (size of the
//   whole blob), size: varint (of this chunk), body
// A blob up to 1 MiB is one chunk; a larger one is chunks of 256 KiB, so that a range is read without the whole.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mailstead::store {

inline constexpr std::size_t k_blob_whole = 1024 * 1024;
inline constexpr std::size_t k_blob_chunk = 256 * 1024;

std::string seal(std::string_view key, std::string_view bytes);
std::string seal_in_place(std::string_view key, std::string bytes);  // without a copy where there is room
// A view into `sealed`; corrupt.
Result<std::string_view> open(std::string_view key, std::string_view sealed);

// What is written; what is read may be of either. Why, and what both cost: docs/decisions/0014-lz4-first.md.
enum class Packing : std::uint8_t {
  fast,   // LZ4; zstd where LZ4 gains little (base64)
  small,  // zstd
};

// One chunk of a blob that has `total` bytes.
std::string pack_chunk(std::uint64_t total, std::string_view bytes, Packing packing);
// Never empty: an empty blob is one empty chunk.
std::vector<std::string> pack_blob(std::string_view content, Packing packing = Packing::fast);

struct Chunk {
  std::uint64_t total = 0;
  std::string bytes;
};
Result<Chunk> unpack_chunk(std::string_view packed);

// Into how many chunks a blob of this size is cut, and how large each but the last is.
constexpr std::size_t chunk_size(std::uint64_t total) {
  return total <= k_blob_whole ? k_blob_whole : k_blob_chunk;
}
constexpr std::uint32_t chunk_count(std::uint64_t total) {
  return total == 0 ? 1 : static_cast<std::uint32_t>((total + chunk_size(total) - 1) / chunk_size(total));
}

}  // namespace mailstead::store
