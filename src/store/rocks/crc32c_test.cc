#include "store/rocks/crc32c.h"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <string>

namespace mailstead::store::rocks {
namespace {

constexpr const char* k_symbol = "_ZN7rocksdb6crc32c6ExtendEjPKcm";

TEST(Crc32c, IsCastagnolis) {
  EXPECT_EQ(rocksdb::crc32c::Extend(0, std::string(32, '\0').data(), 32), 0x8A9136AAU);  // RFC 3720 §B.4
  EXPECT_EQ(rocksdb::crc32c::Extend(0, "123456789", 9), 0xE3069283U);
  EXPECT_EQ(rocksdb::crc32c::Extend(rocksdb::crc32c::Extend(0, "1234", 4), "56789", 5), 0xE3069283U);
  EXPECT_EQ(rocksdb::crc32c::Extend(7, "", 0), 7U);
}

// What a library that is bound by the usual rules calls; /usr/lib's RocksDB is (readelf -r: a JUMP_SLOT).
TEST(Crc32c, IsWhatTheLinkerFindsFirst) {
  EXPECT_EQ(::dlsym(RTLD_DEFAULT, k_symbol), reinterpret_cast<void*>(&rocksdb::crc32c::Extend));
}

TEST(Crc32c, IsTheSameAsTheLibrarys) {
  const auto theirs = reinterpret_cast<decltype(&rocksdb::crc32c::Extend)>(::dlsym(RTLD_NEXT, k_symbol));
  ASSERT_NE(theirs, nullptr);
  ASSERT_NE(theirs, &rocksdb::crc32c::Extend);
  std::string octets;
  for (std::uint32_t x = 1; octets.size() < 3000; x = x * 1664525 + 1013904223) octets += static_cast<char>(x >> 24);
  for (std::size_t begin = 0; begin < 16; ++begin)
    for (std::size_t n = 0; begin + n <= octets.size(); ++n)
      ASSERT_EQ(rocksdb::crc32c::Extend(static_cast<std::uint32_t>(n * 77), octets.data() + begin, n),
                theirs(static_cast<std::uint32_t>(n * 77), octets.data() + begin, n))
          << begin << ' ' << n;
}

}  // namespace
}  // namespace mailstead::store::rocks
