// What one session is given otherwise than others: capabilities that are switched off, and quirks: what is done for
// clients whose bugs are known (RFC 2971 tells who they are; docs/decisions/0010).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "account/options.h"
#include "base/result.h"
#include "imap/wire/command.h"

namespace mailstead::imap {

struct Context;

enum class Quirk : std::uint8_t { delay_newmail, tb_extra_mailbox_sep, tb_lsub_flags, no_uidonly };
inline constexpr std::size_t k_quirks = 4;

// A client as it names itself in ID; below that version, where one is given.
struct KnownClient {
  std::string_view name, version_below = {};
};

struct QuirkRow {
  Quirk quirk{};
  std::string_view name, what, source;
  std::vector<KnownClient> clients;
  std::string_view hides = {};  // a capability
};
std::span<const QuirkRow> quirks();

class Profile {
 public:
  // From the server's settings, then the account's (null before login), then what the client says of itself: an open
  // session keeps what it was given until its next ID, login or UNAUTHENTICATE.
  void set(const Context& context, const account::Options* options, const Id& client);
  bool has(Quirk quirk) const { return ((quirks_ >> static_cast<unsigned>(quirk)) & 1U) != 0; }
  // Has it, and counts that this made a difference.
  bool applies(Quirk quirk) const;
  // Not switched off, and neither is what it needs (capability.cc).
  bool offers(std::string_view capability) const;
  std::string names() const;  // of its quirks, for the log

 private:
  std::uint32_t quirks_ = 0;
  std::vector<std::string> off_;
};

// The capability that came with this command, or this form of it; "" for what RFC 3501 has.
std::string_view capability_of(const Command& command);

// Errc::syntax: a capability or a quirk that does not exist, or a capability that cannot be switched off.
Result<> check_capability(std::string_view name);
Result<> check_quirk(std::string_view name);
// "NAME=on" or "NAME=off" each, "all" for all of them.
Result<std::map<std::string, bool>> parse_quirks(const std::vector<std::string>& words);

}  // namespace mailstead::imap
