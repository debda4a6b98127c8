#include "store/rocks/crc32c.h"

#include <isa-l/crc.h>

#include <algorithm>

namespace rocksdb::crc32c {

std::uint32_t Extend(std::uint32_t crc, const char* data, std::size_t n) {
  constexpr std::size_t k_piece = 1 << 30;  // ISA-L counts in int
  // It only reads them, and leaves both inversions to its caller.
  auto* at = reinterpret_cast<unsigned char*>(const_cast<char*>(data));
  for (crc = ~crc; n > 0;) {
    const auto piece = std::min(n, k_piece);
    crc = crc32_iscsi(at, static_cast<int>(piece), crc);
    at += piece;
    n -= piece;
  }
  return ~crc;
}

}  // namespace rocksdb::crc32c
