// What `mailstead check` verifies of the accounts, beyond what a driver checks of its own rows: that keys and values
// mean something and agree with each other. Reads every key of every account and the end of every message's blob, and
// changes nothing.
//
//   - head, mailboxes, rows, contents, summaries, Recently removed can be decoded; no other keys;
//   - counts of each mailbox (messages, unseen, deleted, bytes) and of the account (quota, Recently removed);
//   - ids given out are below the next ones: UIDs, mailboxes, contents, numbers, UIDVALIDITY; modification sequences
//   are
//     not above the account's version;
//   - a row's content is there and of its size; its blob too, and it is linked; nothing is kept that nothing refers to.
#pragma once

#include <cstddef>
#include <vector>

#include "base/result.h"
#include "runtime/task.h"
#include "store/store.h"

namespace mailstead::account {

// At most so many findings; then it ends.
inline constexpr std::size_t k_findings_max = 1000;

// On any home; no account should change meanwhile. Errors: the store cannot be read at all; a value that cannot be read
// is a finding.
Task<Result<std::vector<store::Finding>>> check_accounts(store::Store& store);

}  // namespace mailstead::account
