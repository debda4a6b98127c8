// SCRAM-SHA-256 (RFC 5802, RFC 7677) as pure functions: keys, the messages' grammar, the proof.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace mailstead::auth {

// What the server keeps in place of a password (RFC 5802 §3).
struct ScramVerifier {
  std::uint32_t iterations = 0;
  std::string salt, stored_key, server_key;
};

std::string sha256(std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view bytes);
ScramVerifier scram_verifier(std::string_view password, std::string salt, std::uint32_t iterations);

// RFC 5802 §7 client-first-message.
struct ScramClientFirst {
  char binding = 'n';   // gs2-cbind-flag: 'n', 'y' or 'p'
  std::string cb_name;  // with 'p'
  std::string authzid;
  std::string gs2_header;  // as sent: part of the channel binding data
  std::string bare;        // client-first-message-bare, as sent: part of AuthMessage
  std::string user;        // "=2C" and "=3D" undone
  std::string nonce;
};
Result<ScramClientFirst> parse_client_first(std::string_view message);

struct ScramClientFinal {
  std::string channel_binding;  // decoded "c="
  std::string nonce;
  std::string without_proof;  // as sent
  std::string proof;          // decoded
};
Result<ScramClientFinal> parse_client_final(std::string_view message);

std::string scram_server_first(std::string_view nonce, const ScramVerifier& verifier);
// Constant time in the secrets.
bool scram_proof_ok(const ScramVerifier& verifier, std::string_view auth_message, std::string_view proof);
// "v=…"
std::string scram_server_final(const ScramVerifier& verifier, std::string_view auth_message);

}  // namespace mailstead::auth
