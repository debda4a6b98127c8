// The directory's rows, within auth/.
//
//   key                 value (each begins with the version of its format, 1)
//   "D" domain          catch-all account's name, "" without
//   "A" account name    id, enabled, password hash, devices (id, name, scopes, created, last used, address, secret
//   hash) "L" address         targets of an alias head summary        next account id, next device id, salt of app
//   passwords
#pragma once

#include <string>
#include <vector>

#include "auth/directory.h"

namespace mailstead::auth {

struct DeviceRow {
  Device device;
  std::string secret;  // keyed BLAKE2b of the app password: 128 random bits need no slow hash
};

struct AccountRow {
  model::AccountId id{};
  bool enabled = true;
  std::string password;  // Argon2id, as libsodium writes it; "" : no account password
  std::vector<DeviceRow> devices;
};

struct DirectoryState {
  std::uint64_t next_account = 1;
  std::uint32_t next_device = 1;
  std::string salt;
};

std::string encode_account(const AccountRow& row);
Result<AccountRow> decode_account(std::string_view bytes);

struct Directory::Impl {
  Impl(store::Store& s, const Clock& c) : store(s), clock(c) {}

  struct Base {
    std::uint64_t version = 0;
    DirectoryState state;
  };
  Task<Result<Base>> base();
  // One conditional commit; false: somebody was faster, decide again.
  Task<Result<bool>> commit(Base base, std::vector<store::Op> ops);
  Task<Result<AccountRow>> account(std::string name);  // not_found
  Task<Result<std::string>> get(std::string key);      // not_found

  store::Store& store;
  const Clock& clock;
};

std::string secret_hash(std::string_view salt, std::string_view app_password);
// Groups and case do not matter: "ABCD-efgh" is "abcdefgh".
std::string canonical_app_password(std::string_view text);

}  // namespace mailstead::auth
