// The search index of all accounts: one file each (index/file.h), made and kept up to date in the background by
// following the accounts' histories (account/tail.h). It only ever saves work: a question about what is not indexed
// yet, or cannot be, is answered with "look". Nobody waits for the indexer, and what it has written can be removed at
// any time while the server is down.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "account/registry.h"
#include "base/clock.h"
#include "index/file.h"
#include "runtime/home.h"
#include "runtime/task.h"

namespace mailstead::index {

struct Status {
  FileFacts file;
  std::uint64_t version = 0;  // the account's
  std::uint64_t waiting = 0;  // messages to be indexed; no more than k_waiting_counted are counted
};
inline constexpr std::size_t k_waiting_counted = 100'000;

class Index {
 public:
  // `directory` is made when something is written.
  Index(account::Registry& accounts, const Clock& clock, std::string directory);
  ~Index();  // after stop()

  // Begins to follow all accounts, first those that have changed since they were indexed.
  void start();
  // Ends that. Blocks; on a thread that is no home. Questions are answered until the homes end.
  void stop();

  // On the account's home. Null: nothing is known.
  Task<HitsRef> ask(model::AccountId account, std::vector<Question> questions);

  // On the account's home. One bounded step for this account, in its turn with others that ask for one. True: there is
  // more to do. Errc::not_found: there is no such account, and now no file of it.
  Task<Result<bool>> step(model::AccountId account);

  // On the account's home.
  Task<Result<Status>> status(model::AccountId account);
  Task<void> rebuild(model::AccountId account);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;  // shared with hints that may still be queued on a home when this goes
};

}  // namespace mailstead::index
