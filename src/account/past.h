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
    bool freed = false;  // purged since: its text is gone
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

}  // namespace mailstead::account
