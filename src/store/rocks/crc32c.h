// RocksDB's CRC-32C, by the processor's instructions. Debian builds RocksDB for the oldest processors, and it chooses
// when it is built: there the checksum of what is read takes longer than decompressing it (decision 0014). What a
// program defines goes before what a library defines, so RocksDB calls this; one that has no such function has no use
// for it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace rocksdb::crc32c {

// The checksum of what has the checksum `crc` (of nothing: 0) with n octets behind it.
std::uint32_t Extend(std::uint32_t crc, const char* data, std::size_t n);

}  // namespace rocksdb::crc32c
