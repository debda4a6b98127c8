// CREATE, DELETE, RENAME, SUBSCRIBE, UNSUBSCRIBE (RFC 9051 §6.3.4–§6.3.8, RFC 6154 §3, RFC 8474 §4.1).
#include "base/ascii.h"
#include "imap/server/names.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {

Task<Reply> run(Session& s, Create command) {
  if (command.uses.size() > 1) co_return Reply::refuse("USEATTR", "One use a mailbox");  // RFC 6154 §3
  std::optional<model::SpecialUse> use;
  if (!command.uses.empty()) {
    use = command.uses.front();
    for (const auto* m : s.account->mailboxes())
      if (m->use == use) co_return Reply::refuse("USEATTR", cat(m->name, " has that use"));
  }
  auto create = s.account->create(std::move(command.mailbox), use, s.actor());
  const auto made = co_await std::move(create);
  if (!made && made.error().code == Errc::too_big && s.account->mailboxes().size() >= limits::k_mailboxes)
    co_return Reply::refuse("OVERQUOTA", "Too many mailboxes");  // RFC 9208 §5.3
  if (!made) co_return reply_of(made.error());
  s.note_own_names();
  const auto* m = s.account->find(*made);
  co_return Reply::done("Created", m == nullptr ? "" : cat("MAILBOXID (", mailbox_id(*m), ")"));
}

Task<Reply> run(Session& s, Delete command) {
  const auto* m = s.account->find(command.mailbox);
  // One's own selected mailbox: left first, as others would be told BYE.
  if (m != nullptr && s.selected && s.selected->id() == m->id && !model::is_inbox(m->name)) s.unselect();
  auto remove = s.account->remove(std::move(command.mailbox), s.actor());
  const auto removed = co_await std::move(remove);
  if (!removed) co_return reply_of(removed.error());
  s.note_own_names();
  co_return Reply::done("Deleted");
}

Task<Reply> run(Session& s, Rename command) {
  auto rename = s.account->rename(std::move(command.from), std::move(command.to), s.actor());
  const auto renamed = co_await std::move(rename);
  if (!renamed) co_return reply_of(renamed.error());
  s.note_own_names();
  co_return Reply::done("Renamed");
}

Task<Reply> run(Session& s, Subscribe command) {
  auto subscribe = s.account->subscribe(std::move(command.mailbox), command.on, s.actor());
  const auto done = co_await std::move(subscribe);
  if (!done) co_return reply_of(done.error());
  s.note_own_names();
  co_return Reply::done(command.on ? "Subscribed" : "Unsubscribed");
}

}  // namespace mailstead::imap
