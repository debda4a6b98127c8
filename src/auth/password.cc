#include "auth/password.h"

#include <sodium.h>

#include "base/ascii.h"
#include "base/check.h"
#include "base/codec.h"
#include "base/random.h"

namespace mailstead::auth {
namespace {

constexpr std::string_view k_alphabet = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::size_t k_app_chars = 28;

void init() {
  static const bool ok = sodium_init() >= 0;
  CHECK(ok);
}

}  // namespace

Result<std::string> hash_password(std::string_view password, const PasswordCost& cost) {
  init();
  char out[crypto_pwhash_STRBYTES];
  if (crypto_pwhash_str_alg(out, password.data(), password.size(), cost.argon2_passes, cost.argon2_bytes,
                            crypto_pwhash_ALG_ARGON2ID13) != 0)
    return fail(Errc::unavailable, "no memory to hash a password");
  return std::string(out);
}

bool password_matches(std::string_view hash, std::string_view password) {
  init();
  const std::string terminated(hash);
  return crypto_pwhash_str_verify(terminated.c_str(), password.data(), password.size()) == 0;
}

std::string make_app_password() {
  std::string out;
  const auto bytes = random_string(k_app_chars);
  for (std::size_t i = 0; i < k_app_chars; ++i) {
    if (i > 0 && i % 4 == 0) out += '-';
    out += k_alphabet[static_cast<unsigned char>(bytes[i]) % 32];
  }
  return out;
}

std::string canonical_app_password(std::string_view typed) {
  std::string out;
  if (typed.size() > 64) return out;
  for (char c : typed) {
    if (c == '-' || c == ' ') continue;
    c = to_lower(c);
    if (k_alphabet.find(c) == std::string_view::npos) return {};
    out += c;
  }
  return out.size() == k_app_chars ? out : std::string();
}

std::string hash_app_password(std::string_view server_key, model::AccountId account, model::DeviceId device,
                              std::string_view canonical) {
  Writer w;
  w.raw("app password").u64be(account.value).u32be(device.value).str(canonical);
  return keyed_hash(server_key, w.view());
}

bool same_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string keyed_hash(std::string_view key, std::string_view bytes) {
  init();
  std::string out(32, '\0');
  CHECK(crypto_generichash(reinterpret_cast<unsigned char*>(out.data()), out.size(),
                           reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                           reinterpret_cast<const unsigned char*>(key.data()), key.size()) == 0);
  return out;
}

}  // namespace mailstead::auth
