// Mailboxes as LIST, STATUS and SELECT show them.
#pragma once

#include <string>
#include <vector>

#include "account/mailbox.h"
#include "imap/wire/command.h"
#include "mime/summary.h"
#include "runtime/task.h"

namespace mailstead::imap {

class Session;

// RFC 8474 §4: stable over rename, never reused; another one where UIDVALIDITY is another, as of a mailbox that was
// deleted, stayed as a level above others, and was made again. Of a mailbox of the account where the session is.
std::string mailbox_id(const Session& session, const account::Mailbox& mailbox);

// RFC 8474 §5.2: said by the message alone, so that it never changes: by the first id of its References, else of its
// In-Reply-To, else its own. Without any of them a message is a thread of its own.
std::string thread_id(const mime::Summary& summary);

// "* STATUS name (…)"; nothing when the mailbox is gone.
Task<void> print_status(Session& session, model::MailboxId id, std::vector<StatusItem> items);
// RFC 7162 §3.1: a client that asks for HIGHESTMODSEQ enables CONDSTORE.
bool asks_modseq(const std::vector<StatusItem>& items);

// "* LIST (…) name" unasked (RFC 5465 §5.4): with \Subscribed, and \NonExistent if it is gone.
struct ListLine {
  std::string name;
  std::string old;  // the name it had; "" if that is the same
};
Task<void> print_lists(Session& session, std::vector<ListLine> lines);
// Of the mailbox that is being selected: with all its attributes (RFC 9051 §6.3.2).
void print_selected(Session& session, const account::Mailbox& mailbox);

// "* METADATA name (entry value …)" (RFC 5464 §4.4.1, RFC 9590): of the account with no mailbox. Entries without a
// value are NIL. What is longer than the command wants is left out; returns the size of the longest of these.
Task<Result<std::optional<std::size_t>>> print_metadata(Session* session, std::optional<model::MailboxId> of,
                                                        GetMetadata command);

// "* MYRIGHTS name rights" (RFC 4314 §3.8).
void print_my_rights(Session& session, const account::Mailbox& mailbox);

// Whether a filter of other mailboxes than the selected one (RFC 5465 §6) covers this name.
bool covers(const MailboxFilter& filter, std::string_view name, bool subscribed);

}  // namespace mailstead::imap
