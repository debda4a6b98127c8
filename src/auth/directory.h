// Who there is: domains, accounts, aliases, devices (app passwords). Stored in the system partition of the store;
// changed by the admin socket, read by every login and RCPT. All functions may be called from any home.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/ids.h"
#include "runtime/task.h"
#include "store/store.h"

namespace mailstead::auth {

// What a credential may be used for.
enum Scope : std::uint8_t { imap = 1, pop3 = 2, submission = 4, web = 8, all_scopes = 15 };

struct Device {
  model::DeviceId id{};
  std::string name;  // "laptop"; the account password is the device "default" with id 0
  std::uint8_t scopes = all_scopes;
  std::int64_t created = 0, last_used = 0;  // Unix seconds; last_used is written at most once an hour
  std::string last_address;
};

struct AccountInfo {
  model::AccountId id{};
  std::string name;  // full address, lower case: "ann@example.org"
  bool enabled = true;
  std::vector<Device> devices;  // without secrets
};

// Where an envelope recipient goes.
struct Destination {
  model::AccountId account{};
  std::string account_name;
  std::string detail;  // RFC 5233: the part after '+', "" without
};

class Directory {
 public:
  Directory(store::Store& store, const Clock& clock);
  ~Directory();

  Task<Result<>> add_domain(std::string domain);
  Task<Result<>> remove_domain(std::string domain);  // in_use while it has accounts
  Task<Result<std::vector<std::string>>> domains();
  // Catch-all is off by default: an address at `domain` that is nobody's goes to `account` ("" = off).
  Task<Result<>> set_catch_all(std::string domain, std::string account);

  Task<Result<model::AccountId>> add_account(std::string name, std::string password);
  Task<Result<>> remove_account(std::string name);
  Task<Result<>> set_enabled(std::string name, bool enabled);
  Task<Result<>> set_password(std::string name, std::string password);
  Task<Result<AccountInfo>> account(std::string name);
  Task<Result<std::vector<std::string>>> accounts(std::string domain);  // "" = all

  // A device's app password: 128 random bits, shown once, in groups ("abcd-efgh-…").
  Task<Result<std::string>> add_device(std::string account, std::string device, std::uint8_t scopes);
  Task<Result<>> remove_device(std::string account, std::string device);

  Task<Result<>> add_alias(std::string address, std::vector<std::string> targets);  // local targets only for now
  Task<Result<>> remove_alias(std::string address);
  Task<Result<std::vector<std::pair<std::string, std::vector<std::string>>>>> aliases();

  // Is the domain ours?
  Task<Result<bool>> is_local(std::string domain);
  // An address of ours → accounts (aliases followed, loops cut, duplicates removed, "+detail" split off, catch-all
  // last). not_found: no such user. postmaster@ is always somebody where an account or alias of that name exists.
  Task<Result<std::vector<Destination>>> resolve(std::string address);

  struct Impl;
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

// Lower-cases and IDNA-normalises nothing beyond ASCII case: "Ann@Example.ORG" → "ann@example.org".
// invalid: no '@', control bytes, over 254 bytes, empty parts.
Result<std::string> normalise_address(std::string_view address);

}  // namespace mailstead::auth
