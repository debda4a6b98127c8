#include "auth/password.h"

#include <sodium.h>

#include "base/check.h"

namespace mailstead::auth {
namespace {

constexpr unsigned long long k_passes = 2;
constexpr std::size_t k_memory_bytes = 19UL * 1024 * 1024;

}  // namespace

std::string hash_password(std::string_view password) {
  char out[crypto_pwhash_STRBYTES];
  CHECK(sodium_init() >= 0);
  CHECK(crypto_pwhash_str_alg(out, password.data(), password.size(), k_passes, k_memory_bytes,
                              crypto_pwhash_ALG_ARGON2ID13) == 0);
  return out;
}

bool verify_password(std::string_view hash, std::string_view password) {
  const std::string text(hash);
  return crypto_pwhash_str_verify(text.c_str(), password.data(), password.size()) == 0;
}

}  // namespace mailstead::auth
