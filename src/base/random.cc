#include "base/random.h"

#include <sys/random.h>

#include "base/check.h"

namespace mailstead {

void random_bytes(void* to, std::size_t n) {
  auto* at = static_cast<char*>(to);
  while (n > 0) {
    const auto got = getrandom(at, n, 0);
    CHECK(got > 0);
    at += got;
    n -= static_cast<std::size_t>(got);
  }
}

std::string random_string(std::size_t n) {
  std::string out(n, '\0');
  random_bytes(out.data(), n);
  return out;
}

std::uint64_t random_u64() {
  std::uint64_t v{};
  random_bytes(&v, sizeof v);
  return v;
}

}  // namespace mailstead
