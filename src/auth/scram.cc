#include "auth/scram.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <vector>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/check.h"
#include "base/utf8.h"

namespace mailstead::auth {
namespace {

constexpr std::size_t k_hash = 32;

const unsigned char* u(std::string_view s) {
  return reinterpret_cast<const unsigned char*>(s.data());
}

// RFC 5802 §7: printable = %x21-2B / %x2D-7E.
bool is_nonce(std::string_view s) {
  for (char c : s)
    if (c < 0x21 || c > 0x7E || c == ',') return false;
  return !s.empty() && s.size() <= 256;
}

// saslname: "=2C" is ',' and "=3D" is '='; any other '=' is an error.
Result<std::string> saslname(std::string_view s) {
  std::string out;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] != '=') {
      out += s[i];
    } else if (s.substr(i, 3) == "=2C") {
      out += ',', i += 2;
    } else if (s.substr(i, 3) == "=3D") {
      out += '=', i += 2;
    } else {
      return fail(Errc::syntax, "saslname");
    }
  }
  if (!is_utf8(out) || out.find('\0') != std::string::npos) return fail(Errc::syntax, "saslname");
  return out;
}

std::optional<std::string_view> attribute(std::string_view& rest, char name) {
  if (rest.size() < 2 || rest[0] != name || rest[1] != '=') return std::nullopt;
  const auto comma = rest.find(',');
  const auto value = rest.substr(2, comma == std::string_view::npos ? comma : comma - 2);
  rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
  return value;
}

}  // namespace

std::string sha256(std::string_view bytes) {
  std::string out(k_hash, '\0');
  CHECK(EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(out.data()), nullptr, EVP_sha256(),
                   nullptr) == 1);
  return out;
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  std::string out(k_hash, '\0');
  CHECK(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), u(bytes), bytes.size(),
             reinterpret_cast<unsigned char*>(out.data()), nullptr) != nullptr);
  return out;
}

ScramVerifier scram_verifier(std::string_view password, std::string salt, std::uint32_t iterations) {
  std::string salted(k_hash, '\0');  // Hi() is PBKDF2 with HMAC and one block
  CHECK(PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), u(salt), static_cast<int>(salt.size()),
                          static_cast<int>(iterations), EVP_sha256(), k_hash,
                          reinterpret_cast<unsigned char*>(salted.data())) == 1);
  ScramVerifier v{iterations, std::move(salt), sha256(hmac_sha256(salted, "Client Key")),
                  hmac_sha256(salted, "Server Key")};
  OPENSSL_cleanse(salted.data(), salted.size());
  return v;
}

Result<ScramClientFirst> parse_client_first(std::string_view message) {
  ScramClientFirst out;
  const auto first = message.find(',');
  const auto second = first == std::string_view::npos ? first : message.find(',', first + 1);
  if (second == std::string_view::npos) return fail(Errc::syntax, "gs2-header");
  const auto flag = message.substr(0, first);
  if (flag == "n" || flag == "y") {
    out.binding = flag[0];
  } else if (flag.starts_with("p=") && flag.size() > 2) {
    out.binding = 'p';
    out.cb_name = flag.substr(2);
  } else {
    return fail(Errc::syntax, "gs2-cbind-flag");
  }
  auto authzid = message.substr(first + 1, second - first - 1);
  if (!authzid.empty()) {
    if (!authzid.starts_with("a=")) return fail(Errc::syntax, "authzid");
    TRY(out.authzid, saslname(authzid.substr(2)));
  }
  out.gs2_header = message.substr(0, second + 1);
  auto rest = message.substr(second + 1);
  out.bare = rest;
  if (rest.starts_with("m=")) return fail(Errc::unsupported, "mandatory extension");  // RFC 5802 §5.1
  const auto user = attribute(rest, 'n');
  if (!user || user->empty()) return fail(Errc::syntax, "username");
  TRY(out.user, saslname(*user));
  const auto nonce = attribute(rest, 'r');
  if (!nonce || !is_nonce(*nonce)) return fail(Errc::syntax, "nonce");
  out.nonce = *nonce;
  return out;
}

Result<ScramClientFinal> parse_client_final(std::string_view message) {
  ScramClientFinal out;
  const auto proof_at = message.rfind(",p=");
  if (proof_at == std::string_view::npos) return fail(Errc::syntax, "proof");
  out.without_proof = message.substr(0, proof_at);
  auto proof = base64_decode(message.substr(proof_at + 3));
  if (!proof || proof->size() != k_hash) return fail(Errc::syntax, "proof");
  out.proof = *std::move(proof);
  std::string_view rest = out.without_proof;
  const auto binding = attribute(rest, 'c');
  if (!binding) return fail(Errc::syntax, "channel-binding");
  auto decoded = base64_decode(*binding);
  if (!decoded) return fail(Errc::syntax, "channel-binding");
  out.channel_binding = *std::move(decoded);
  const auto nonce = attribute(rest, 'r');
  if (!nonce) return fail(Errc::syntax, "nonce");
  out.nonce = *nonce;
  return out;
}

std::string scram_server_first(std::string_view nonce, const ScramVerifier& verifier) {
  return cat("r=", nonce, ",s=", base64_encode(verifier.salt), ",i=", verifier.iterations);
}

bool scram_proof_ok(const ScramVerifier& verifier, std::string_view auth_message, std::string_view proof) {
  if (proof.size() != k_hash || verifier.stored_key.size() != k_hash) return false;
  auto key = hmac_sha256(verifier.stored_key, auth_message);
  for (std::size_t i = 0; i < k_hash; ++i) key[i] = static_cast<char>(key[i] ^ proof[i]);
  return CRYPTO_memcmp(sha256(key).data(), verifier.stored_key.data(), k_hash) == 0;
}

std::string scram_server_final(const ScramVerifier& verifier, std::string_view auth_message) {
  return cat("v=", base64_encode(hmac_sha256(verifier.server_key, auth_message)));
}

}  // namespace mailstead::auth
