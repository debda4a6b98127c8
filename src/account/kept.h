// Mailboxes that stay in memory after their last session left: who comes back, or polls, finds them there. One a home.
#pragma once

#include <cstddef>
#include <list>
#include <unordered_map>

#include "account/mailbox.h"

namespace mailstead::account {

class KeptMailboxes {
 public:
  explicit KeptMailboxes(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // It was opened: it is the last to go. One alone may be larger than all that are kept together.
  void note(const MailboxRef& mailbox);
  // Lets go of what was not opened since the call before.
  void age();

  std::size_t bytes() const { return bytes_; }

 private:
  struct Entry {
    MailboxRef mailbox;
    std::size_t bytes;  // when it was last opened; deliveries since then are counted at the next time
    bool fresh;
  };
  void drop(std::list<Entry>::iterator at);

  const std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::list<Entry> entries_;  // last opened first
  std::unordered_map<const OpenMailbox*, std::list<Entry>::iterator> at_;
};

}  // namespace mailstead::account
