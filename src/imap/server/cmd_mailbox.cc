// CREATE, DELETE, RENAME, SUBSCRIBE, UNSUBSCRIBE (RFC 9051 §6.3.4–§6.3.8, RFC 6154 §3, RFC 8474 §4.1).
#include "base/ascii.h"
#include "imap/server/names.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {

namespace {

namespace right = model::right;

// RFC 4314 §4 CREATE, RENAME: whether a mailbox may be made of this name, at another's: below one that is there, and
// that the user may know of.
bool may_create(const Session& s, std::string_view name) {
  if (s.account == s.mine) return true;
  for (auto parent = model::parent_of(name); !parent.empty(); parent = model::parent_of(parent))
    if (s.account->find(parent) != nullptr) return s.find(parent, right::create).has_value();
  return false;
}

}  // namespace

Task<Reply> run(Session& s, Create command) {
  if (command.unknown_use) co_return Reply::refuse("USEATTR", "No such use");
  if (command.uses.size() > 1) co_return Reply::refuse("USEATTR", "One use a mailbox");  // RFC 6154 §3
  auto go = s.go_to(std::move(command.mailbox));
  auto name = co_await std::move(go);
  // No such user, or no right: the same.
  if (!name) co_return reply_of(name.error().code == Errc::not_found ? Error(Errc::no_permission) : name.error());
  const auto fresh = co_await s.account->refresh();
  if (!fresh) co_return reply_of(fresh.error());
  if (!may_create(s, *name)) co_return reply_of(Errc::no_permission);
  std::optional<model::SpecialUse> use;
  if (!command.uses.empty()) {
    if (s.account != s.mine) co_return Reply::refuse("USEATTR", "Not of another user's mailbox");
    use = command.uses.front();
    for (const auto* m : s.account->mailboxes())
      if (m->use == use) co_return Reply::refuse("USEATTR", cat(m->name, " has that use"));
  }
  auto create = s.account->create(*std::move(name), use, s.actor());
  const auto made = co_await std::move(create);
  if (!made && made.error().code == Errc::too_big && s.account->mailboxes().size() >= limits::k_mailboxes)
    co_return Reply::refuse("OVERQUOTA", "Too many mailboxes");  // RFC 9208 §5.3
  if (!made) co_return reply_of(made.error());
  s.note_own_names();
  const auto* m = s.account->find(*made);
  co_return Reply::done("Created", m == nullptr ? "" : cat("MAILBOXID (", mailbox_id(s, *m), ")"));
}

Task<Reply> run(Session& s, Delete command) {
  auto reach = s.reach(std::move(command.mailbox), right::remove_mailbox);
  const auto m = co_await std::move(reach);
  if (!m) co_return reply_of(m.error());
  auto name = (*m)->name;
  const bool own = s.selected && s.selected->account == s.account && s.selected->id() == (*m)->id;
  auto remove = s.account->remove(std::move(name), s.actor());
  const auto removed = co_await std::move(remove);
  if (!removed) co_return reply_of(removed.error());
  if (own) s.unselect();  // others that have it selected are told BYE
  s.note_own_names();
  co_return Reply::done("Deleted");
}

Task<Reply> run(Session& s, Rename command) {
  const bool across = model::owner_in(command.from) != model::owner_in(command.to);
  auto reach = s.reach(std::move(command.from), right::remove_mailbox);
  const auto m = co_await std::move(reach);
  if (!m) co_return reply_of(m.error());
  if (across) co_return Reply::refuse("CANNOT", "Not from one user to another");
  const auto id = (*m)->id;
  auto go = s.go_to(std::move(command.to));
  auto to = co_await std::move(go);
  if (!to) co_return reply_of(to.error());
  const auto* from = s.account->find(id);
  if (from == nullptr) co_return reply_of(Errc::not_found);
  if (!may_create(s, *to)) co_return reply_of(Errc::no_permission);
  auto rename = s.account->rename(from->name, *std::move(to), s.actor());
  const auto renamed = co_await std::move(rename);
  if (!renamed) co_return reply_of(renamed.error());
  s.note_own_names();
  co_return Reply::done("Renamed");
}

// Subscriptions are the user's, also those of others' mailboxes, and of what is not there.
Task<Reply> run(Session& s, Subscribe command) {
  co_await s.go_home();
  auto subscribe = s.account->subscribe(std::move(command.mailbox), command.on, s.actor());
  const auto done = co_await std::move(subscribe);
  if (!done) co_return reply_of(done.error());
  s.note_own_names();
  co_return Reply::done(command.on ? "Subscribed" : "Unsubscribed");
}

}  // namespace mailstead::imap
