#include "store/frame.h"

#include <xxhash.h>
#include <zstd.h>

#include <memory>

#include "base/codec.h"

namespace mailstead::store {
namespace {

constexpr std::size_t k_checksum_bytes = 8;
constexpr std::size_t k_compress_min = 128;  // below, a zstd frame gains nothing

enum Codec : std::uint8_t { plain = 0, zstd = 1 };

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

std::string pack_chunk(std::uint64_t total, std::string_view bytes) {
  Writer head;
  if (bytes.size() >= k_compress_min) {
    std::string body(ZSTD_compressBound(bytes.size()), '\0');
    const auto n = ZSTD_compressCCtx(compressor(), body.data(), body.size(), bytes.data(), bytes.size(), 1);
    if (!ZSTD_isError(n) && n < bytes.size() - bytes.size() / 16) {
      body.resize(n);
      return head.u8(zstd).varint(total).varint(bytes.size()).raw(body).take();
    }
  }
  return head.u8(plain).varint(total).varint(bytes.size()).raw(bytes).take();
}

}  // namespace

std::string seal(std::string_view key, std::string_view bytes) {
  Writer out;
  out.raw(bytes).u64be(checksum(key, bytes));
  return out.take();
}

Result<std::string_view> open(std::string_view key, std::string_view sealed) {
  if (sealed.size() < k_checksum_bytes) return fail(Errc::corrupt, "row too short");
  const auto bytes = sealed.substr(0, sealed.size() - k_checksum_bytes);
  if (Reader(sealed.substr(bytes.size())).u64be() != checksum(key, bytes)) return fail(Errc::corrupt, "checksum");
  return bytes;
}

std::vector<std::string> pack_blob(std::string_view content) {
  std::vector<std::string> out;
  const auto total = content.size();
  do {
    const auto bytes = content.substr(0, chunk_size(total));
    out.push_back(pack_chunk(total, bytes));
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
  if (codec == plain) {
    if (body.size() != size) return fail(Errc::corrupt, "size of a chunk");
    chunk.bytes = body;
    return chunk;
  }
  if (codec != zstd) return fail(Errc::corrupt, "codec of a chunk");
  chunk.bytes.resize(size);
  if (ZSTD_decompress(chunk.bytes.data(), size, body.data(), body.size()) != size)
    return fail(Errc::corrupt, "compression of a chunk");
  return chunk;
}

}  // namespace mailstead::store
