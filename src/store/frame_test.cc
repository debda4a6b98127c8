#include "store/frame.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/ascii.h"
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

TEST(Frame, NeverTrustsAChunk) {
  rc::check("hostile chunks are refused or harmless", [](const std::string& bytes) {
    const auto chunk = unpack_chunk(bytes);
    const bool harmless = !chunk || chunk->bytes.size() <= k_blob_whole;
    RC_ASSERT(harmless);
  });
  auto lies = pack_blob(std::string(1000, 'x'))[0];
  lies[3] = static_cast<char>(lies[3] ^ 1);  // another size
  EXPECT_FALSE(unpack_chunk(lies));
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
