// Secrets: Argon2id strings of account passwords, app passwords of devices. Blocking functions: call them in a pool.
#pragma once

#include <string>
#include <string_view>

#include "auth/directory.h"

namespace mailstead::auth {

// Errc::unavailable when there is no memory for it.
Result<std::string> hash_password(std::string_view password, const PasswordCost& cost);
bool password_matches(std::string_view hash, std::string_view password);

// 28 characters of base32 (140 bits) in groups of four: "abcd-efgh-…".
std::string make_app_password();
// As typed by people: case, hyphens and spaces do not matter. "" when it cannot be an app password.
std::string canonical_app_password(std::string_view typed);
// Their entropy is high, so a fast hash will do; it is bound to the installation, the account and the device.
std::string hash_app_password(std::string_view server_key, model::AccountId account, model::DeviceId device,
                              std::string_view canonical);
bool same_secret(std::string_view a, std::string_view b);  // constant time for equal lengths

// BLAKE2b-256 with a key.
std::string keyed_hash(std::string_view key, std::string_view bytes);

}  // namespace mailstead::auth
