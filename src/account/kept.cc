#include "account/kept.h"

#include <iterator>

namespace mailstead::account {
namespace {

constexpr std::size_t k_overhead = 512;  // of the objects around the rows

}  // namespace

void KeptMailboxes::note(const MailboxRef& mailbox) {
  const auto bytes = k_overhead + mailbox->rows->size() * sizeof(Row);
  if (const auto found = at_.find(mailbox.get()); found != at_.end()) {
    auto& entry = *found->second;
    bytes_ += bytes - entry.bytes;
    entry.bytes = bytes;
    entry.fresh = true;
    entries_.splice(entries_.begin(), entries_, found->second);
  } else {
    entries_.push_front({mailbox, bytes, true});
    at_.emplace(mailbox.get(), entries_.begin());
    bytes_ += bytes;
  }
  while (bytes_ > bytes_max_ && entries_.size() > 1) drop(std::prev(entries_.end()));
}

void KeptMailboxes::age() {
  for (auto at = entries_.begin(); at != entries_.end();) {
    const auto here = at++;
    if (here->fresh)
      here->fresh = false;
    else
      drop(here);
  }
}

void KeptMailboxes::drop(std::list<Entry>::iterator at) {
  bytes_ -= at->bytes;
  at_.erase(at->mailbox.get());
  entries_.erase(at);
}

}  // namespace mailstead::account
