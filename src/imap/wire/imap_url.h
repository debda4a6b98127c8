// URLs of messages and their parts within the session's account, as CATENATE takes them (RFC 4469 §3, RFC 5092):
// relative ones, without a server.
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

}  // namespace mailstead::imap
