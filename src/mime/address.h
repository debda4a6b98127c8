// Address lists of From, To, Cc … (RFC 5322 §3.4, with the obsolete forms of §4.4) as RFC 9051 §7.5.2 shows them.
// Never fails: what cannot be understood is kept as a mailbox without a host, so that the reader sees something.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"

namespace mailstead::mime {

struct Address {
  std::string display_name;  // quotes removed; encoded words as they are
  std::string route;         // obsolete source route, "@a,@b"
  std::string mailbox;       // local part, quotes removed
  std::string host;          // empty: a group marker

  bool group_start() const { return host.empty() && !mailbox.empty(); }
  bool group_end() const { return host.empty() && mailbox.empty(); }
  friend bool operator==(const Address&, const Address&) = default;
};

// An address without a domain gets this host: an empty one would be a group marker. No domain can start with a dot.
inline constexpr std::string_view k_missing_host = ".MISSING-HOST-NAME.";

// At most `max` entries, the rest is dropped; linear in the input.
std::vector<Address> parse_addresses(std::string_view raw, std::size_t max = limits::k_addresses);

// "mailbox@host", quoted where it must be; without a host the mailbox alone.
std::string address_spec(const Address&);

}  // namespace mailstead::mime
