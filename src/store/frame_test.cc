#include "store/frame.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <zstd.h>

#include "base/ascii.h"
#include "base/codec.h"
#include "store/store.h"

namespace mailstead::store {
namespace {

TEST(Frame, FindsEveryFlippedBitAndASwappedKey) {
  const auto sealed = seal("key", "some bytes");
  EXPECT_EQ(open("key", sealed), "some bytes");
  EXPECT_EQ(open("kez", sealed).error().code, Errc::corrupt);
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    auto bad = sealed;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(open("key", bad)) << bit;
  }
  for (std::size_t n = 0; n < sealed.size(); ++n) EXPECT_FALSE(open("key", sealed.substr(0, n))) << n;
  EXPECT_EQ(open("k", seal("k", "")), "");
}

TEST(Frame, PacksBlobsAndCompressesWhereItHelps) {
  std::string text;
  while (text.size() < k_blob_whole) append(text, "line ", text.size(), "\r\n");
  for (std::size_t size : {0UL, 1UL, 127UL, 4096UL, k_blob_whole - 1, k_blob_whole}) {
    const auto content = text.substr(0, size);
    const auto packed = pack_blob(content);
    ASSERT_EQ(packed.size(), 1u) << size;
    EXPECT_TRUE(unpack_chunk(packed[0])->bytes == content);
    EXPECT_EQ(unpack_chunk(packed[0])->total, size);
    if (size > 4000) {
      EXPECT_LT(packed[0].size(), size / 2);
    }
  }
  text += "one more";
  text.resize(k_blob_whole + 1);
  const auto packed = pack_blob(text);
  ASSERT_EQ(packed.size(), chunk_count(text.size()));
  ASSERT_EQ(packed.size(), 5u);
  EXPECT_EQ(unpack_chunk(packed[4])->bytes.size(), 1u);
}

// Each letter as likely as any other, as in base64: an entropy coder gets a quarter, a search for repetitions nothing.
std::string without_repetitions(std::size_t size) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::uint32_t x = 1; out.size() < size; x = x * 1664525 + 1013904223) out += alphabet[x >> 26];
  return out;
}

TEST(Frame, ChoosesTheCodecByTheContent) {
  std::string text;
  while (text.size() < 8192) append(text, "line ", text.size(), "\r\n");
  EXPECT_EQ(pack_blob(text)[0][0], 2);

  const auto base64 = without_repetitions(8192);
  const auto packed = pack_blob(base64)[0];
  EXPECT_EQ(packed[0], 1);
  EXPECT_LT(packed.size(), base64.size() * 4 / 5);
  EXPECT_TRUE(unpack_chunk(packed)->bytes == base64);

  EXPECT_EQ(pack_blob(text, Packing::small)[0][0], 1);
  std::string mixed = text;
  while (mixed.size() <= k_blob_whole) mixed += mixed;
  mixed += without_repetitions(k_blob_chunk + 1);
  const auto chunks = pack_blob(mixed);
  EXPECT_EQ(chunks.front()[0], 2);
  EXPECT_EQ(chunks.back()[0], 1);

  std::string noise;
  for (std::uint32_t x = 1; noise.size() < 8192; x = x * 1664525 + 1013904223) noise += static_cast<char>(x >> 24);
  EXPECT_EQ(pack_blob(noise)[0][0], 0);
}

// Stores of before LZ4 came have it for all content.
TEST(Frame, ReadsZstdOfText) {
  std::string text;
  while (text.size() < 4096) append(text, "line ", text.size(), "\r\n");
  std::string frame(ZSTD_compressBound(text.size()), '\0');
  frame.resize(ZSTD_compress(frame.data(), frame.size(), text.data(), text.size(), 1));
  const auto chunk = unpack_chunk(Writer().u8(1).varint(text.size()).varint(text.size()).raw(frame).take());
  ASSERT_TRUE(chunk);
  EXPECT_TRUE(chunk->bytes == text);
}

TEST(Frame, NeverTrustsAChunk) {
  rc::check("hostile chunks are refused or harmless", [](const std::string& bytes) {
    const auto chunk = unpack_chunk(bytes);
    const bool harmless = !chunk || chunk->bytes.size() <= k_blob_whole;
    RC_ASSERT(harmless);
  });
  for (const auto& content : {std::string(1000, 'x'), without_repetitions(1000)}) {
    auto lies = pack_blob(content)[0];
    lies[3] = static_cast<char>(lies[3] ^ 1);  // another size
    EXPECT_FALSE(unpack_chunk(lies));
    lies[3] = static_cast<char>(lies[3] ^ 1);
    for (std::size_t at = 5; at < lies.size(); ++at) {  // whatever comes of it, nothing but the chunk is touched
      auto damaged = lies;
      damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
      (void)unpack_chunk(damaged);
    }
  }
}

TEST(BlobId, IsBlake2b192) {
  const auto id = BlobId::of("");  // by another implementation: ab3b5331a7135ed5…
  EXPECT_EQ(id.view().substr(0, 8), std::string_view("\xab\x3b\x53\x31\xa7\x13\x5e\xd5"));
  EXPECT_NE(BlobId::of("a"), BlobId::of("b"));
  EXPECT_EQ(BlobId::from(id.view()), id);
  EXPECT_EQ(BlobId::from("short"), std::nullopt);
}

}  // namespace
}  // namespace mailstead::store
