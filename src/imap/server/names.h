// Mailboxes as LIST, STATUS and SELECT show them.
#pragma once

#include <string>
#include <vector>

#include "account/mailbox.h"
#include "imap/wire/command.h"
#include "runtime/task.h"

namespace mailstead::imap {

class Session;

// RFC 8474 §4: stable over rename, never reused in the account.
std::string mailbox_id(const account::Mailbox& mailbox);

// "* STATUS name (…)"; nothing when the mailbox is gone.
Task<void> print_status(Session& session, model::MailboxId id, std::vector<StatusItem> items);

}  // namespace mailstead::imap
