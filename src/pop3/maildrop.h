// The messages of one session: a mailbox as one device sees it, a snapshot; what was retrieved of it, and what QUIT
// does with what was deleted. All of it on the account's home.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "account/registry.h"
#include "auth/authenticator.h"
#include "base/clock.h"
#include "pop3/session.h"

namespace mailstead::pop3 {

class Maildrop {
 public:
  struct Entry {
    std::uint32_t uid;
    std::uint32_t size;
    model::ContentId content;
    bool deleted = false;
  };

  // `folder` "": INBOX. no_permission: this account's devices may not choose a folder; not_found: there is none.
  static Task<Result<std::unique_ptr<Maildrop>>> open(Context* context, auth::Identity identity, std::string folder,
                                                      std::string address);

  account::Account& account() { return *account_; }
  std::vector<Entry>& entries() { return entries_; }
  std::uint32_t uidvalidity() const { return uidvalidity_; }
  // RFC 2449 §6.7: the argument of EXPIRE. "NEVER" only where nothing but the client removes mail.
  std::string expire() const;

  // A RETR is complete once the client has shown that it read the answer to the end: by the next command or, where
  // commands are sent ahead of the answers, by one after more than a client sends ahead. `waiting`: commands that are
  // in the input already; `awaited`: nothing was there, and all answers had been sent, when this one came.
  void command_arrived(std::size_t waiting);
  void quit_arrived(bool awaited);
  void retrieved(std::uint32_t uid) { sent_.emplace_back(uid, commands_); }

  // Whether the answer to this RETR should wait a moment. A client that sends commands ahead is not known as one while
  // the server keeps pace with it: none ever waits. Where messages leave by having been retrieved that would lose those
  // that were sent and never read, so the first answers wait for what a client that waits for them would not send.
  bool hold_back();
  // For a device whose retrieved messages are hidden: each is written down before the next command is answered.
  Task<void> keep_up();

  // Update state: all of it is durable on return, or an error says that some is not.
  Task<Result<>> commit();
  // The session ended without QUIT: what was retrieved is remembered, nothing is removed.
  Task<void> lost();

 private:
  Maildrop(Context* context, auth::Identity identity, std::string address)
      : context_(*context), identity_(std::move(identity)), actor_{identity_.device.name, "pop3", std::move(address)} {}
  Task<Result<>> load(std::string folder);
  void take_snapshot(const account::Rows& rows, const account::Pop3View& view);
  Task<Result<Policy>> policy();
  Task<Result<bool>> others_use_it();
  Task<Result<>> archive(account::UidSet uids);
  Task<void> note(account::UidSet retrieved, account::UidSet hidden);

  Context& context_;
  auth::Identity identity_;
  account::Actor actor_;
  account::AccountRef account_;
  model::MailboxId mailbox_{};
  std::uint32_t uidvalidity_ = 0;
  account::Pop3Options options_;
  std::vector<Entry> entries_;
  std::size_t commands_ = 0, ahead_ = 0;                    // commands so far; sent ahead, at most
  std::deque<std::pair<std::uint32_t, std::size_t>> sent_;  // RETRs not known to be complete: UID, command
  account::UidSet retrieved_;
  std::size_t held_ = 0;   // answers that waited
  std::size_t fresh_ = 0;  // of them, not written down yet
};

}  // namespace mailstead::pop3
