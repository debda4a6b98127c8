// The accounts of this node: opens them lazily at their home, gives the same object to every session, evicts idle ones.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "account/account.h"
#include "base/clock.h"
#include "base/limits.h"
#include "runtime/home.h"
#include "store/store.h"

namespace mailstead::account {

using AccountRef = std::shared_ptr<Account>;

struct AccountSettings {
  std::uint64_t quota_bytes = 0, quota_messages = 0;  // for new accounts; 0: no limit
  // Of accounts that do not say otherwise (account/options.h).
  std::int64_t removed_keep_s = 30 * 86'400;
  std::uint64_t removed_max_bytes = 0;  // 0: no cap
  std::int64_t history_keep_s = 365 * 86'400;
  std::size_t message_size_max = limits::k_message_bytes;
  std::size_t block_least = 8;  // so many changed rows of a block of rows (account/blocks.h) are written as a block
  bool relaxed_flags = false;   // commits that change flags alone are relaxed (store/store.h)
};

class Registry {
 public:
  Registry(Runtime& runtime, store::Store& store, const Clock& clock, AccountSettings settings);
  ~Registry();  // stop()
  // Ends what goes on without anybody waiting for it. Before the runtime stops, on no home.
  void stop();

  // Call on runtime.home_of(id) (see on()); opens or makes it, with INBOX and the special-use mailboxes Drafts, Sent,
  // Trash, Junk and Archive on first use. Errc::unavailable, corrupt.
  Task<Result<AccountRef>> open(model::AccountId id);

  // Deletes all of the account's mail. Sessions are told (on_deleted).
  Task<Result<>> erase(model::AccountId id);

  // Drops cached state nobody uses. Tends the accounts that are open, and some of the others in turn, each in bounded
  // steps: retention rules, Recently removed by age and size, the history by age. Called by a timer on each home.
  Task<void> tend();

  Runtime& runtime();
  store::Store& store();

 private:
  struct Impl;
  Task<Result<AccountRef>> open_or_make(model::AccountId id, bool make);
  std::unique_ptr<Impl> impl_;
};

// Ends all work of one home's accounts before the store goes away.
}  // namespace mailstead::account
