// NOTIFY (RFC 5465 §3.1).
#include <algorithm>

#include "imap/server/names.h"
#include "imap/server/notify.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {
namespace {

// §3.1: what STATUS must tell of a mailbox before the OK.
std::vector<StatusItem> first_status(const Notifier::Events& events) {
  if (!events.messages) return {};
  std::vector<StatusItem> items{StatusItem::messages, StatusItem::uidnext, StatusItem::uidvalidity};
  if (events.flags) items.push_back(StatusItem::highestmodseq);
  return items;
}

}  // namespace

Task<Reply> run(Session& s, Notify command) {
  co_await s.go_home();
  const auto fresh = co_await s.account->refresh();
  if (!fresh) co_return reply_of(fresh.error());
  if (std::any_of(command.groups.begin(), command.groups.end(), [](const auto& g) { return !g.unsupported.empty(); }))
    co_return Reply::refuse(
        "BADEVENT (MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange "
        "MailboxMetadataChange ServerMetadataChange)",
        "This event is not supported");
  const bool status = command.status;
  s.set_notifier(std::make_unique<Notifier>(*s.account, std::move(command)));
  if (!status) co_return Reply::done();
  std::vector<std::pair<model::MailboxId, std::vector<StatusItem>>> first;
  for (const auto* m : s.account->mailboxes())
    if (m->selectable && !(s.selected && s.selected->account == s.mine && s.selected->id() == m->id))
      first.emplace_back(m->id, first_status(s.notifier->of(m->name, m->subscribed)));
  for (auto& [id, items] : first) {
    if (items.empty()) continue;
    auto print = print_status(s, id, std::move(items));
    co_await std::move(print);
    co_await s.connection.flush_if_full();
  }
  co_return Reply::done();
}

}  // namespace mailstead::imap
