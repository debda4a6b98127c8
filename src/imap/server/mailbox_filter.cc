// Which mailboxes NOTIFY and ESEARCH mean (RFC 5465 §6, RFC 7377 §2.2).
#include <algorithm>

#include "imap/server/names.h"
#include "model/mailbox_name.h"

namespace mailstead::imap {

// "inboxes": delivery may reach any mailbox of one's own, so these are the personal ones (§6.3).
bool covers(const MailboxFilter& filter, std::string_view name, bool subscribed) {
  using Kind = MailboxFilter::Kind;
  const auto any = [&](auto&& fits) {
    return std::any_of(filter.names.begin(), filter.names.end(),
                       [&](const std::string& n) { return fits(model::canonical_name(n)); });
  };
  switch (filter.kind) {
    case Kind::selected:
      return false;
    case Kind::inboxes:
    case Kind::personal:
      return model::owner_in(name).empty();
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
