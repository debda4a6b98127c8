// The configuration: one TOML file, every key with a default that is sane without any file. Unknown keys are refused
// with their line. The table of keys in config.cc is the one place: parser, `mailstead config` and docs/config.md come
// from it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mailstead::config {

struct Config {
  std::string hostname;  // of this server: banners, Received
  std::string data_dir = "/var/lib/mailstead";
  std::string admin_socket;  // default: data_dir/admin.sock
  std::string log_level = "info";
  std::string compression = "fast";  // fast, small: store/frame.h
  std::int64_t homes = 0;            // 0: one per core
  std::int64_t message_size_max = 64 * 1024 * 1024;

  std::string tls_certificate, tls_key;  // empty: self-signed under data_dir
  bool allow_plain_without_tls = false;  // loopback only: checked against the listeners

  // "address:port" or "[address]:port", "unix:/path" for lmtp; empty list: not served.
  std::vector<std::string> imap, imaps, pop3, pop3s, smtp, submission, submissions, lmtp, metrics;

  std::int64_t quota_bytes = 0;      // of new accounts; 0: none
  std::string over_quota = "retry";  // retry, refuse
  std::int64_t removed_keep_days = 30;
  std::int64_t removed_max_bytes = 0;  // of one account; 0: no cap
  std::int64_t history_keep_days = 365;
  std::int64_t argon2_passes = 2, argon2_memory = 19 * 1024 * 1024;  // of passwords set from now on
  std::string pop3_policy = "auto";                                  // auto, device, everywhere, archive, keep
  std::int64_t pop3_login_delay_s = 0;
  bool pop3_pipelining = false;
  bool imap_relaxed_flags = false;
  bool search_index = true;
  std::vector<std::string> imap_without, imap_quirks;  // imap/server/profile.h checks both
  std::int64_t imap_message_limit = 0, imap_save_limit = 0;
};

// The whole text of a file. Errc::syntax or invalid, with the line in the detail.
Result<Config> parse(std::string_view toml);
Result<Config> load(const std::string& path);

// The defaults with a comment for each key, as a file to start from; also the source of docs/config.md.
std::string reference();

struct Address {
  std::string address;  // numeric, or "unix:/path"
  std::uint16_t port = 0;
};
Result<Address> parse_address(std::string_view text);
bool is_loopback(const Address& address);

}  // namespace mailstead::config
