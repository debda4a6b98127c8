// Mailboxes that are only looked at (docs/decisions/0007), where the account's options show them: "Recently removed",
// and "Past/MOMENT/MAILBOX", an account's mailbox as it was. A real mailbox of such a name comes first. Selected, they
// are like any other that was opened by EXAMINE; COPY and MOVE out of Recently removed restore.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "account/mailbox.h"
#include "imap/wire/command.h"
#include "runtime/task.h"

namespace mailstead::imap {

class Session;

inline constexpr std::string_view k_past_prefix = "Past/";  // RFC 2342: a shared namespace

bool is_readonly(model::MailboxId id);
// A name of that kind, whether or not there is such a mailbox: nothing can be made or changed there. They are the
// user's own: false while the session is at another's account.
bool is_readonly(const Session& session, std::string_view name);
Task<bool> writes_to_readonly(Session* session, const Command* command);

// not_found, or what reading it met: expired where the history does not reach back so far.
Task<Result<account::MailboxRef>> open_readonly(Session* session, std::string name);

// What LIST can show for these patterns: Recently removed, Past, its last days, or the mailboxes of the one moment that
// a pattern begins with. "*" goes no deeper: each moment of the past has mailboxes.
Task<Result<std::vector<account::Mailbox>>> list_readonly(Session* session, std::vector<std::string> patterns);

// Recently removed is selected: what has left it or come since is the view's from here on. False: nothing has.
Task<bool> reread_removed(Session* session);

}  // namespace mailstead::imap
