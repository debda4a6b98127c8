// Who there is: domains, accounts, aliases, devices (app passwords). Stored in the system partition of the store;
// changed by the admin socket, read by every login and RCPT. All functions may be called from any home.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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

// What hashing a password costs. Tests make it cheap.
struct PasswordCost {
  std::uint64_t argon2_passes = 2;
  std::size_t argon2_bytes = 19 * 1024 * 1024;
  std::uint32_t scram_iterations = 4096;  // RFC 7677 §4: at least 4096
};

struct Credentials;  // auth/records.h: an account with its secrets, for the authenticator

class Directory {
 public:
  Directory(store::Store& store, const Clock& clock, PasswordCost cost = {});
  ~Directory();

  Task<Result<>> add_domain(std::string domain);
  Task<Result<>> remove_domain(std::string domain);  // in_use while it has accounts
  Task<Result<std::vector<std::string>>> domains();
  // Catch-all is off by default: an address at `domain` that is nobody's goes to `account` ("" = off).
  Task<Result<>> set_catch_all(std::string domain, std::string account);

  // The domain must be ours (not_found), the name free (exists), without '+' and '%' (invalid). Passwords: 1 to
  // k_password_bytes bytes of UTF-8 without control characters. `scram`: also keep a SCRAM-SHA-256 verifier of it,
  // which is far cheaper to guess against than Argon2id should the store leak.
  Task<Result<model::AccountId>> add_account(std::string name, std::string password, bool scram = false);
  Task<Result<>> remove_account(std::string name);
  Task<Result<>> set_enabled(std::string name, bool enabled);
  Task<Result<>> set_password(std::string name, std::string password, bool scram = false);
  Task<Result<AccountInfo>> account(std::string name);
  Task<Result<std::vector<std::string>>> accounts(std::string domain);  // "" = all

  // A device's app password: 128 random bits, shown once, in groups ("abcd-efgh-…").
  Task<Result<std::string>> add_device(std::string account, std::string device, std::uint8_t scopes);
  Task<Result<>> remove_device(std::string account, std::string device);

  Task<Result<>> add_alias(std::string address, std::vector<std::string> targets);  // local targets only for now
  Task<Result<>> remove_alias(std::string address);
  Task<Result<std::vector<std::pair<std::string, std::vector<std::string>>>>> aliases();

  // Whose mailboxes `identifier`, normalised and without "-", may have been given rights to, by address: where to look
  // for them. What rights there are the owners' accounts know. too_big: more than k_share_owners.
  Task<Result<>> note_share(std::string identifier, std::string owner);
  Task<Result<std::vector<std::string>>> share_owners(std::string identifier);

  // For the authenticator. `user`: an address, or a bare name when there is exactly one domain. nullptr: nobody.
  Task<Result<std::shared_ptr<const Credentials>>> credentials(std::string user);
  // Remembers that a device was used; writes at most once an hour a device.
  Task<void> note_use(model::AccountId account, model::DeviceId device, std::string address);
  // A secret of this installation, for stable decoys (32 bytes).
  Task<Result<std::string>> server_key();
  const PasswordCost& cost() const;

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

inline constexpr std::size_t k_password_bytes = 1024;  // hashing work of one attempt
inline constexpr std::size_t k_devices = 64;           // of one account: the row stays far below a value's limit
inline constexpr std::size_t k_share_owners = 1000;    // of one user
inline constexpr std::size_t k_alias_targets = 100;    // of one alias, and of one resolved address

// Of an access control list (RFC 4314 §2): a normalised address, or "anyone", either perhaps with "-" in front, for
// what is taken away. Errc::invalid: neither.
Result<std::string> normalise_identifier(std::string_view identifier);

// Lower-cases and IDNA-normalises nothing beyond ASCII case: "Ann@Example.ORG" → "ann@example.org".
// invalid: no '@', control bytes, over 254 bytes, empty parts.
Result<std::string> normalise_address(std::string_view address);

}  // namespace mailstead::auth
