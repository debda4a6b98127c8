// URLs of messages and their parts: relative ones, without a server, as CATENATE takes them (RFC 4469 §3, RFC 5092),
// and those of URLAUTH (RFC 4467).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "imap/wire/command.h"

namespace mailstead::imap {

struct MessageUrl {
  std::optional<std::string> mailbox;  // UTF-8, canonical; none: the selected one
  std::optional<std::uint32_t> uidvalidity;
  Uid uid;
  Section section;                                                 // the whole message if the URL has none
  std::optional<std::pair<std::uint64_t, std::uint64_t>> partial;  // RFC 5550: offset and count
};

// "/Drafts;UIDVALIDITY=385759045/;UID=20/;SECTION=1.MIME/;PARTIAL=0.1024"
Result<MessageUrl> parse_message_url(std::string_view url);

// A URL with the right to read what it names (RFC 4467 §3), or one without the proof of it.
struct AuthUrl {
  enum class Access : std::uint8_t { submit, user, authuser, anonymous };
  std::string user;                    // whose mailbox it is; in small letters
  std::string host;                    // with the port
  MessageUrl message;                  // has a mailbox
  std::optional<std::int64_t> expire;  // Unix time
  Access access = Access::anonymous;
  std::string access_user;  // of submit and user; in small letters
  std::string rump;         // the URL without what is behind `access`: what is signed
  std::string mechanism;    // in capitals; "": there is nothing behind it
  std::string token;        // octets
};

// "imap://joe@example.com/INBOX/;UID=20/;SECTION=1.2;EXPIRE=2026-11-29T10:00:00Z;URLAUTH=submit+fred:internal:9135…"
Result<AuthUrl> parse_auth_url(std::string_view url);

}  // namespace mailstead::imap
