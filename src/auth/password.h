// Password hashes: Argon2id by libsodium, at the cost OWASP names as its floor (19 MiB, 2 passes).
#pragma once

#include <string>
#include <string_view>

namespace mailstead::auth {

std::string hash_password(std::string_view password);
bool verify_password(std::string_view hash, std::string_view password);  // constant time in the secret

}  // namespace mailstead::auth
