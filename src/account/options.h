// What is set for one account beside its quota: how long things are kept, and what POP3 does. Stored as one value, in
// memory with the account, changed by Account::change_options().
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"

namespace mailstead::account {

// What DELE and QUIT do.
enum class Pop3Policy : std::uint8_t {
  automatic,   // as `device` while another device has used the account lately, else as `everywhere`
  device,      // the message leaves this device's view only
  everywhere,  // it leaves the mailbox, into Recently removed
  archive,     // it moves to the mailbox of special use \Archive
  keep,        // nothing: it stays for all, this device too
};
std::string_view to_string(Pop3Policy policy);
std::optional<Pop3Policy> parse_pop3_policy(std::string_view name);

// An unset field means: as set for the account; there: as the server's default.
struct Pop3Options {
  static constexpr std::uint32_t k_since_added = UINT32_MAX;
  std::optional<Pop3Policy> policy;
  std::optional<std::uint32_t> window_days;        // mail not older than that; 0: all; k_since_added
  std::optional<std::uint32_t> remove_after_days;  // after complete retrieval, by the server; 0: never
  std::optional<bool> hide_retrieved;              // what was retrieved completely is not shown again
  friend bool operator==(const Pop3Options&, const Pop3Options&) = default;
};

// A retention rule of a mailbox; 0: no limit of this kind.
struct Retention {
  std::uint32_t days = 0, messages = 0;
  friend bool operator==(const Retention&, const Retention&) = default;
};

struct Mailbox;
// Of a mailbox without a rule of its own.
Retention default_retention(const Mailbox& mailbox);

struct Options {
  // Unset: as the server's settings say.
  std::optional<std::int64_t> removed_keep_s;      // 0: freed at once
  std::optional<std::uint64_t> removed_max_bytes;  // 0: no cap; the oldest go first
  std::optional<std::int64_t> history_keep_s;
  Pop3Options pop3;
  std::map<std::uint32_t, Pop3Options> devices;   // by device id
  std::map<std::uint32_t, Retention> retention;   // by mailbox id; Trash and Junk have 30 days unless set otherwise
  std::map<std::uint32_t, std::string> url_keys;  // by mailbox id: RFC 4467's mailbox access keys; made when needed
  bool pop3_folders = false;                      // a login as "user/Folder" opens that mailbox
  bool show_removed = false;                      // Recently removed is a mailbox for IMAP clients
  bool show_past = false;                         // and so are past views
  std::set<std::string> imap_without;             // capabilities, in capitals, that IMAP sessions do not have
  std::map<std::string, bool> imap_quirks;        // by name: for every client, or for none; others: as the server's
  friend bool operator==(const Options&, const Options&) = default;

  Pop3Options of_device(std::uint32_t device) const;  // with the account's where the device's are unset
};

inline constexpr std::size_t k_url_keys = 500;          // of an account, for the same reason
inline constexpr std::size_t k_retention_rules = 1000;  // of an account: the value stays below the store's limit

std::string encode_options(const Options& options);
Result<Options> decode_options(std::string_view bytes);

}  // namespace mailstead::account
