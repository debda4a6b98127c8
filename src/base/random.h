// Random bytes of the operating system: for keys, tokens and ids. Never fails: aborts when the system has none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace mailstead {

void random_bytes(void* to, std::size_t n);
std::string random_string(std::size_t n);  // raw bytes
std::uint64_t random_u64();

}  // namespace mailstead
