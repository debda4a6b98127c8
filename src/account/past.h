// An account as it was at a moment: what is there now, with the history undone back to then. As far back as the history
// is kept; texts as long as Recently removed keeps them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "account/account.h"

namespace mailstead::account {

inline constexpr std::size_t k_past_changes = 200'000;  // undone at once: memory of one question

struct Past {
  struct Message {
    std::uint64_t content = 0;
    std::vector<std::string> flags;
    bool freed = false;  // purged since: its text is gone, and so are size and dates
    std::uint32_t size = 0, save_date = 0;
    std::int64_t internal_date = 0;
    std::int16_t internal_zone = 0;
  };
  struct Folder {
    std::string name;                           // as it was called then
    std::map<std::uint32_t, Message> messages;  // by UID
  };
  std::int64_t time = 0;
  std::map<std::uint32_t, Folder> folders;  // by mailbox id
};

// expired: the history does not reach back so far. too_big: more has changed since than k_past_changes.
Task<Result<Past>> past(std::shared_ptr<Account> account, std::int64_t time);

// One of its mailboxes to be looked at, without what was purged. Constant: UIDVALIDITY is the mailbox's id,
// HIGHESTMODSEQ the moment. `name`: as it was called then; `shown`: as it is called now. null: there was none.
MailboxRef past_mailbox(const Past& past, std::string_view name, std::string shown);

}  // namespace mailstead::account
