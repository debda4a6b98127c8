// Which mailboxes NOTIFY and ESEARCH mean (RFC 5465 §6, RFC 7377 §2.2).
#include <algorithm>

#include "imap/server/names.h"

namespace mailstead::imap {

// All mailboxes are personal ones; "inboxes": delivery may reach any of them, so these are the same (§6.3).
bool covers(const MailboxFilter& filter, std::string_view name, bool subscribed) {
  using Kind = MailboxFilter::Kind;
  const auto any = [&](auto&& fits) { return std::any_of(filter.names.begin(), filter.names.end(), fits); };
  switch (filter.kind) {
    case Kind::selected:
      return false;
    case Kind::inboxes:
    case Kind::personal:
      return true;
    case Kind::subscribed:
      return subscribed;
    case Kind::subtree:
      return any([&](const std::string& n) { return name == n || model::is_under(name, n); });
    case Kind::subtree_one:
      return any([&](const std::string& n) { return name == n || model::parent_of(name) == n; });
    case Kind::mailboxes:
      return any([&](const std::string& n) { return name == n; });
  }
  std::unreachable();
}

}  // namespace mailstead::imap
