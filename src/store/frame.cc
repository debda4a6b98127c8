#include "store/frame.h"

#include <lz4.h>
#include <zstd.h>
#if defined(__x86_64__) && __has_include(<xxh_x86dispatch.h>)
#include <xxh_x86dispatch.h>  // the same hash by what the processor can; Debian's plain one is built for the oldest
#else
#include <xxhash.h>
#endif

#include <algorithm>
#include <memory>

#include "base/codec.h"

namespace mailstead::store {
namespace {

constexpr std::size_t k_checksum_bytes = 8;
constexpr std::size_t k_compress_min = 128;  // below, nothing is gained

enum Codec : std::uint8_t { plain = 0, zstd = 1, lz4 = 2 };

std::uint64_t checksum(std::string_view key, std::string_view bytes) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), XXH3_64bits(key.data(), key.size()));
}

// One compressor a thread: making one costs more than compressing a small message.
ZSTD_CCtx* compressor() {
  struct Free {
    void operator()(ZSTD_CCtx* c) const { ZSTD_freeCCtx(c); }
  };
  thread_local const std::unique_ptr<ZSTD_CCtx, Free> context(ZSTD_createCCtx());
  return context.get();
}

// The same for reading.
ZSTD_DCtx* decompressor() {
  struct Free {
    void operator()(ZSTD_DCtx* c) const { ZSTD_freeDCtx(c); }
  };
  thread_local const std::unique_ptr<ZSTD_DCtx, Free> context(ZSTD_createDCtx());
  return context.get();
}

std::size_t compress_lz4(std::string_view bytes, char* to, std::size_t room) {
  const int n = LZ4_compress_default(bytes.data(), to, static_cast<int>(bytes.size()), static_cast<int>(room));
  return n > 0 ? static_cast<std::size_t>(n) : SIZE_MAX;
}

std::size_t compress_zstd(std::string_view bytes, char* to, std::size_t room) {
  const auto n = ZSTD_compressCCtx(compressor(), to, room, bytes.data(), bytes.size(), 1);
  return ZSTD_isError(n) ? SIZE_MAX : n;
}

std::size_t decompress_lz4(std::string_view body, char* to, std::size_t room) {
  const int n = LZ4_decompress_safe(body.data(), to, static_cast<int>(body.size()), static_cast<int>(room));
  return n > 0 ? static_cast<std::size_t>(n) : 0;
}

std::size_t decompress_zstd(std::string_view body, char* to, std::size_t room) {
  const auto n = ZSTD_decompressDCtx(decompressor(), to, room, body.data(), body.size());
  return ZSTD_isError(n) ? 0 : n;
}

}  // namespace

std::string seal(std::string_view key, std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() + k_checksum_bytes);
  out += bytes;
  return seal_in_place(key, std::move(out));
}

std::string seal_in_place(std::string_view key, std::string bytes) {
  bytes += Writer().u64be(checksum(key, bytes)).view();
  return bytes;
}

Result<std::string_view> open(std::string_view key, std::string_view sealed) {
  if (sealed.size() < k_checksum_bytes) return fail(Errc::corrupt, "row too short");
  const auto bytes = sealed.substr(0, sealed.size() - k_checksum_bytes);
  if (Reader(sealed.substr(bytes.size())).u64be() != checksum(key, bytes)) return fail(Errc::corrupt, "checksum");
  return bytes;
}

// LZ4 finds nothing in what has no repetitions: base64 is left to zstd, whose entropy coder gets a quarter of it.
std::string pack_chunk(std::uint64_t total, std::string_view bytes, Packing packing) {
  if (bytes.size() >= k_compress_min) {
    auto out = Writer().u8(lz4).varint(total).varint(bytes.size()).take();
    const auto begin = out.size();
    const auto bound = std::max(ZSTD_compressBound(bytes.size()), std::size_t(LZ4_COMPRESSBOUND(bytes.size())));
    bool smaller = false;
    out.reserve(begin + bound + k_checksum_bytes);
    out.resize_and_overwrite(begin + bound, [&](char* to, std::size_t room) {
      auto n = packing == Packing::small ? SIZE_MAX : compress_lz4(bytes, to + begin, room - begin);
      if (n > bytes.size() - bytes.size() / 7) {
        to[0] = zstd;
        n = compress_zstd(bytes, to + begin, room - begin);
      }
      smaller = n < bytes.size() - bytes.size() / 16;
      return smaller ? begin + n : begin;
    });
    if (smaller) return out;
  }
  return Writer().u8(plain).varint(total).varint(bytes.size()).raw(bytes).take();
}

std::vector<std::string> pack_blob(std::string_view content, Packing packing) {
  std::vector<std::string> out;
  const auto total = content.size();
  do {
    const auto bytes = content.substr(0, chunk_size(total));
    out.push_back(pack_chunk(total, bytes, packing));
    content.remove_prefix(bytes.size());
  } while (!content.empty());
  return out;
}

Result<Chunk> unpack_chunk(std::string_view packed) {
  Reader in(packed);
  const auto codec = in.u8();
  Chunk chunk;
  chunk.total = in.varint();
  const auto size = in.varint();
  if (in.bad() || size > k_blob_whole) return fail(Errc::corrupt, "head of a chunk");
  const auto body = in.rest();
  if (body.size() > k_blob_whole) return fail(Errc::corrupt, "chunk larger than its content");
  if (codec == plain) {
    if (body.size() != size) return fail(Errc::corrupt, "size of a chunk");
    chunk.bytes = body;
    return chunk;
  }
  if (codec != zstd && codec != lz4) return fail(Errc::corrupt, "codec of a chunk");
  chunk.bytes.resize_and_overwrite(size, [&](char* to, std::size_t room) {
    return codec == lz4 ? decompress_lz4(body, to, room) : decompress_zstd(body, to, room);
  });
  if (chunk.bytes.size() != size) return fail(Errc::corrupt, "compression of a chunk");
  return chunk;
}

}  // namespace mailstead::store
