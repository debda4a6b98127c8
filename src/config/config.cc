#include "config/config.h"

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <arpa/inet.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <variant>

#include "base/ascii.h"

namespace mailstead::config {
namespace {

using Member =
    std::variant<std::string Config::*, std::int64_t Config::*, bool Config::*, std::vector<std::string> Config::*>;

struct Key {
  std::string_view section, name;
  Member member;
  std::string_view help;
};

const std::vector<Key>& keys() {
  static const std::vector<Key> table = {
      {"", "hostname", &Config::hostname,
       "This server's name, in greetings and Received lines. Default: the machine's name."},
      {"", "data_dir", &Config::data_dir, "Where mail is kept. One server process owns it."},
      {"", "admin_socket", &Config::admin_socket, "The socket of the admin commands. Default: admin.sock in data_dir."},
      {"", "log_level", &Config::log_level,
       "debug, info, warn or error. One logfmt line an event, on standard error. A reload takes a new value."},
      {"", "compression", &Config::compression,
       "How stored mail is compressed: fast (LZ4, and zstd for attachments), or small (all by zstd: about a "
       "quarter less on the disk, slower to read). Mail that is there stays as it is."},
      {"", "homes", &Config::homes, "Threads that serve accounts. 0: one a core."},
      {"", "message_size_max", &Config::message_size_max, "Largest message, in bytes, over every way in."},
      {"tls", "certificate", &Config::tls_certificate, "PEM chain. Default: a self-signed one made in data_dir."},
      {"tls", "key", &Config::tls_key, "PEM key. SIGHUP or `mailstead reload` loads both again without a restart."},
      {"tls", "allow_plain_without_tls", &Config::allow_plain_without_tls,
       "Passwords over unencrypted connections. Refused unless every listener is on loopback."},
      {"listen", "imap", &Config::imap, "IMAP with STARTTLS, as \"address:port\". An empty list: not served."},
      {"listen", "imaps", &Config::imaps, "IMAP over TLS (port 993)."},
      {"listen", "pop3", &Config::pop3, "POP3 with STLS (port 110)."},
      {"listen", "pop3s", &Config::pop3s, "POP3 over TLS (port 995)."},
      {"listen", "smtp", &Config::smtp, "SMTP from other servers (port 25)."},
      {"listen", "submission", &Config::submission, "Submission with STARTTLS (port 587)."},
      {"listen", "submissions", &Config::submissions, "Submission over TLS (port 465)."},
      {"listen", "lmtp", &Config::lmtp,
       "LMTP from your mail relay: \"address:port\" or \"unix:/path\". Trusted: no login."},
      {"listen", "metrics", &Config::metrics, "Prometheus metrics over HTTP at /metrics. Loopback only."},
      {"accounts", "quota_bytes", &Config::quota_bytes, "Quota of new accounts, in bytes. 0: none."},
      {"accounts", "over_quota", &Config::over_quota,
       "What a sender is told when the mailbox is full: retry (452: kept in the sender's queue), refuse (552: told at "
       "once)."},
      {"accounts", "removed_keep_days", &Config::removed_keep_days,
       "How long Recently removed keeps what was deleted. 0: not at all. An account can have its own time."},
      {"accounts", "removed_max_bytes", &Config::removed_max_bytes,
       "What Recently removed may hold of one account, in bytes; the oldest go first. 0: no cap."},
      {"accounts", "history_keep_days", &Config::history_keep_days,
       "How long the history of an account (who did what, when; no message text) is kept."},
      {"accounts", "argon2_passes", &Config::argon2_passes,
       "What hashing a new password costs (Argon2id): passes over the memory. Less is easier to guess from a stolen "
       "disk."},
      {"accounts", "argon2_memory", &Config::argon2_memory, "The same: bytes of memory."},
      {"imap", "relaxed_flags", &Config::imap_relaxed_flags,
       "Answer changes of flags (STORE, and \\Seen by FETCH) once they are written to the store's log, which is synced "
       "within 50 ms. A power cut may then lose the last 50 ms of changed flags, never anything else; kill -9 loses "
       "nothing. false: they are on the disk before the answer, as everything else is."},
      {"imap", "without", &Config::imap_without,
       "Capabilities that no session has, as [\"NOTIFY\", \"COMPRESS=DEFLATE\"]: neither announced nor obeyed. "
       "Accounts "
       "can have more of them."},
      {"imap", "quirks", &Config::imap_quirks,
       "What is done for clients with known bugs, which are told by what they say in ID (docs/imap.md lists them): "
       "\"delay-newmail=on\" does it for every client, \"delay-newmail=off\" for none; \"all=off\": no quirks, as RFC "
       "2971 asks. Accounts can have their own."},
      {"imap", "message_limit", &Config::imap_message_limit,
       "Messages that one command works on; clients are told by MESSAGELIMIT (RFC 9738), go on from there, and those "
       "that do not know it miss the rest. 0: no limit; else 1000 or more."},
      {"imap", "save_limit", &Config::imap_save_limit,
       "The same for COPY and APPEND alone (SAVELIMIT), which are refused above it. 0: no limit."},
      {"pop3", "policy", &Config::pop3_policy,
       "What DELE and QUIT do: auto (only this device's view while other devices use the account, else for all), "
       "device, everywhere, archive, keep. Accounts and devices can have their own."},
      {"pop3", "pipelining", &Config::pop3_pipelining,
       "Announce PIPELINING: downloads over long lines are quicker with the few programs that then send commands ahead "
       "(mpop), but after a broken connection up to 100 messages can come twice to a device whose retrieved messages "
       "are hidden. Commands sent ahead are answered either way."},
      {"pop3", "login_delay", &Config::pop3_login_delay_s, "Seconds between two logins of one device. 0: none."},
      {"search", "index", &Config::search_index,
       "Keep an index of the mail's words in data_dir/index, for SEARCH. Without one every search reads the messages."},
  };
  return table;
}

Error at(const toml::source_region& where, std::string_view what) {
  return {Errc::invalid, cat("line ", where.begin.line, ": ", what)};
}

Result<> assign(Config& config, const Key& key, const toml::node& node) {
  const auto wrong = [&](std::string_view type) {
    return std::unexpected(at(node.source(), cat(key.name, " must be ", type)));
  };
  if (const auto* s = std::get_if<std::string Config::*>(&key.member); s != nullptr) {
    if (!node.is_string()) return wrong("a string");
    config.*(*s) = node.as_string()->get();
  } else if (const auto* i = std::get_if<std::int64_t Config::*>(&key.member); i != nullptr) {
    if (!node.is_integer() || node.as_integer()->get() < 0) return wrong("a number, 0 or more");
    config.*(*i) = node.as_integer()->get();
  } else if (const auto* b = std::get_if<bool Config::*>(&key.member); b != nullptr) {
    if (!node.is_boolean()) return wrong("true or false");
    config.*(*b) = node.as_boolean()->get();
  } else if (const auto* l = std::get_if<std::vector<std::string> Config::*>(&key.member); l != nullptr) {
    if (!node.is_array()) return wrong("a list of strings");
    auto& list = config.*(*l);
    list.clear();
    for (const auto& item : *node.as_array()) {
      if (!item.is_string()) return wrong("a list of strings");
      if (const auto address = parse_address(item.as_string()->get()); key.section == "listen" && !address)
        return std::unexpected(at(item.source(), address.error().detail));
      list.push_back(item.as_string()->get());
    }
  }
  return {};
}

Result<> read_table(Config& config, std::string_view section, const toml::table& table) {
  for (const auto& [name, node] : table) {
    const auto found = std::find_if(keys().begin(), keys().end(),
                                    [&](const Key& k) { return k.section == section && k.name == name.str(); });
    if (found != keys().end()) {
      TRY_VOID(assign(config, *found, node));
    } else if (section.empty() && node.is_table() &&
               std::any_of(keys().begin(), keys().end(), [&](const Key& k) { return k.section == name.str(); })) {
      TRY_VOID(read_table(config, name.str(), *node.as_table()));
    } else {
      return std::unexpected(at(name.source(), cat("unknown key: ", section, section.empty() ? "" : ".", name.str())));
    }
  }
  return {};
}

Result<> finish(Config& c) {
  if (c.hostname.empty()) {
    char name[256] = "localhost";
    gethostname(name, sizeof name - 1);
    c.hostname = name;
  }
  if (c.admin_socket.empty()) c.admin_socket = c.data_dir + "/admin.sock";
  if (c.tls_certificate.empty() != c.tls_key.empty())
    return fail(Errc::invalid, "tls.certificate and tls.key go together");
  if (c.log_level != "debug" && c.log_level != "info" && c.log_level != "warn" && c.log_level != "error")
    return fail(Errc::invalid, "log_level must be debug, info, warn or error");
  if (c.compression != "fast" && c.compression != "small")
    return fail(Errc::invalid, "compression must be fast or small");
  if (c.over_quota != "retry" && c.over_quota != "refuse")
    return fail(Errc::invalid, "accounts.over_quota must be retry or refuse");
  // What libsodium accepts; the upper ends keep a login from taking the server's memory or minutes.
  if (c.argon2_passes < 1 || c.argon2_passes > 1000)
    return fail(Errc::invalid, "accounts.argon2_passes must be from 1 to 1000");
  if (c.argon2_memory < 8192 || c.argon2_memory > 1024 * 1024 * 1024)
    return fail(Errc::invalid, "accounts.argon2_memory must be from 8192 bytes to 1 GiB");
  constexpr std::string_view k_policies[] = {"auto", "device", "everywhere", "archive", "keep"};
  if (std::find(std::begin(k_policies), std::end(k_policies), c.pop3_policy) == std::end(k_policies))
    return fail(Errc::invalid, "pop3.policy must be auto, device, everywhere, archive or keep");
  for (const auto limit : {c.imap_message_limit, c.imap_save_limit})  // RFC 9738 §3
    if (limit != 0 && (limit < 1000 || limit > UINT32_MAX))
      return fail(Errc::invalid, "imap.message_limit and imap.save_limit are 0, or 1000 and more");
  if (c.imap_message_limit != 0 && c.imap_save_limit != 0)
    return fail(Errc::invalid, "imap.message_limit limits COPY and APPEND, too: leave imap.save_limit out");
  if (c.allow_plain_without_tls)
    for (const auto* list : {&c.imap, &c.pop3, &c.submission})
      for (const auto& text : *list)
        if (!is_loopback(*parse_address(text)))
          return fail(Errc::invalid, cat("tls.allow_plain_without_tls is for loopback listeners only, not ", text));
  for (const auto& text : c.metrics)
    if (!is_loopback(*parse_address(text))) return fail(Errc::invalid, "listen.metrics must be on loopback");
  return {};
}

}  // namespace

Result<Config> parse(std::string_view text) {
  const auto parsed = toml::parse(text);
  if (!parsed)
    return fail(Errc::syntax, cat("line ", parsed.error().source().begin.line, ": ", parsed.error().description()));
  Config config;
  TRY_VOID(read_table(config, "", parsed.table()));
  TRY_VOID(finish(config));
  return config;
}

Result<Config> load(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Errc::not_found, cat("cannot read ", path));
  std::stringstream text;
  text << file.rdbuf();
  auto config = parse(text.str());
  if (!config) return fail(config.error().code, cat(path, ": ", config.error().detail));
  return config;
}

std::string reference() {
  const Config defaults;
  std::string out = "# Mailstead's configuration. Every key with its default.\n";
  std::string_view section;
  for (const auto& key : keys()) {
    if (key.section != section) {
      section = key.section;
      append(out, "\n[", section, "]\n");
    }
    append(out, "\n# ", key.help, '\n', key.name, " = ");
    if (const auto* s = std::get_if<std::string Config::*>(&key.member)) append(out, '"', defaults.*(*s), '"');
    if (const auto* i = std::get_if<std::int64_t Config::*>(&key.member)) append(out, defaults.*(*i));
    if (const auto* b = std::get_if<bool Config::*>(&key.member)) append(out, defaults.*(*b) ? "true" : "false");
    if (std::holds_alternative<std::vector<std::string> Config::*>(key.member)) append(out, "[]");
    out += '\n';
  }
  return out;
}

Result<Address> parse_address(std::string_view text) {
  if (text.starts_with("unix:/")) return Address{std::string(text), 0};
  const auto colon = text.rfind(':');
  const auto bad = [&] { return fail(Errc::invalid, cat("not address:port or unix:/path: ", text)); };
  if (colon == std::string_view::npos) return bad();
  const auto port = parse_number<std::uint16_t>(text.substr(colon + 1));
  auto host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const std::string numeric(host == "localhost" ? "127.0.0.1" : host);
  in6_addr scratch{};
  if (!port ||
      (inet_pton(AF_INET, numeric.c_str(), &scratch) != 1 && inet_pton(AF_INET6, numeric.c_str(), &scratch) != 1))
    return bad();
  return Address{numeric, *port};
}

bool is_loopback(const Address& a) {
  return a.address.starts_with("unix:") || a.address.starts_with("127.") || a.address == "::1";
}

}  // namespace mailstead::config
