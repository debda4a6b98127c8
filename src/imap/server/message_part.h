// What a URL names within a mailbox (RFC 5092 §7), for CATENATE and URLAUTH.
#pragma once

#include <string>

#include "account/registry.h"
#include "imap/wire/imap_url.h"

namespace mailstead::imap {

// What FETCH BODY.PEEK[…] would give, at most `room` octets of it. not_found: there is no such mailbox, UIDVALIDITY,
// message or section. At the account's home.
Task<Result<std::string>> message_part(account::AccountRef account, model::MailboxId mailbox, MessageUrl url,
                                       std::uint64_t room);

}  // namespace mailstead::imap
