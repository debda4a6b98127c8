// Keys and rows of the directory in the system partition. Rows begin with a format version; one of another version is
// corrupt. Grammar (varint, str, svarint of base/codec.h):
//
//   "auth/k"                          installation key: 32 random bytes
//   "auth/n"                          varint: the last account id given; ids are never used again
//   "auth/d/" domain                  1 str(catch-all account or "")
//   "auth/a/" domain "/" local-part   1 varint(id) varint(changes) u8(enabled) varint(last device id)
//                                     str(Argon2id string) scram varint(n) n*device
//   "auth/l/" domain "/" local-part   1 varint(n) n*str(target)
//   "auth/s/" identifier              1 varint(n) n*str(owner): who has shared something with this user, or "anyone"
//   "auth/t/" u64be(id) u32be(device) 1 svarint(last used) str(address)
//   device = varint(id) str(name) u8(scopes) svarint(created) str(BLAKE2b-256) scram
//   scram  = varint(iterations; 0: none, and nothing follows) str(salt) str(StoredKey) str(ServerKey)
//
// A change record is the list of changed keys: varint(n) n*str(key). A domain holds no '/', so keys are unambiguous.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/directory.h"
#include "auth/scram.h"
#include "base/result.h"

namespace mailstead::auth {

inline constexpr std::string_view k_key_secret = "auth/k";
inline constexpr std::string_view k_key_last_id = "auth/n";
inline constexpr std::string_view k_domains = "auth/d/";
inline constexpr std::string_view k_accounts = "auth/a/";
inline constexpr std::string_view k_aliases = "auth/l/";
inline constexpr std::string_view k_shares = "auth/s/";

std::string domain_key(std::string_view domain);
// `prefix` k_accounts or k_aliases; `address` normalised.
std::string address_key(std::string_view prefix, std::string_view address);
std::string address_of_key(std::string_view prefix, std::string_view key);
std::string use_key(model::AccountId account, model::DeviceId device);
// The first key after all that begin with `prefix`.
std::string prefix_end(std::string prefix);

struct DeviceRow {
  model::DeviceId id{};
  std::string name;
  std::uint8_t scopes = all_scopes;
  std::int64_t created = 0;
  std::string hash;  // of the app password
  std::optional<ScramVerifier> scram;
};

// An account with its secrets.
struct Credentials {
  std::string name;
  model::AccountId id{};
  std::uint64_t changes = 0;  // grows with each change of this row: part of the verified cache's key
  bool enabled = true;
  std::uint32_t last_device = 0;
  std::string password;  // Argon2id string
  std::optional<ScramVerifier> scram;
  std::vector<DeviceRow> devices;

  const DeviceRow* device(std::string_view device_name) const;
};

struct UseRow {
  std::int64_t last_used = 0;
  std::string address;
};

std::string encode(const Credentials& row);
Result<Credentials> decode_account(std::string name, std::string_view bytes);
std::string encode_domain(std::string_view catch_all);
Result<std::string> decode_domain(std::string_view bytes);
std::string encode_alias(const std::vector<std::string>& targets);
Result<std::vector<std::string>> decode_alias(std::string_view bytes);
std::string encode(const UseRow& row);
Result<UseRow> decode_use(std::string_view bytes);

}  // namespace mailstead::auth
