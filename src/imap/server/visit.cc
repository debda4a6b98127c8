// Mailboxes of others (docs/decisions/0009): a session goes to the home of the account whose mailboxes a command names,
// and back to that of its selected mailbox, or to its own.
#include "base/ascii.h"
#include "imap/server/session_impl.h"
#include "model/mailbox_name.h"

namespace mailstead::imap {
void Session::arrive(account::AccountRef at) {
  account = std::move(at);
  account->observe(this);
  const auto found = absences_.find(account->id());
  if (found == absences_.end()) return;
  const auto absence = std::move(found->second.second);
  absences_.erase(found);
  account->unobserve(absence.get());
  absence->tell(*this);
}

// Where something is watched, what happens meanwhile is kept.
void Session::leave() {
  account->unobserve(this);
  const bool is_base = account == base(), is_own = account == mine;
  if (is_base || is_own) {
    auto absence = std::make_shared<Absence>(is_base && selected ? std::optional(selected->id()) : std::nullopt);
    account->observe(absence.get());
    absences_.emplace(account->id(), std::pair(account, std::move(absence)));
  }
  account.reset();
}

Task<Result<>> Session::visit(model::AccountId id) {
  if (account->id() == id) co_return Result<>();
  const auto back = account == mine ? mine : base();
  leave();
  co_await connection.stream().move_to(context.runtime.home_of(id.value));
  auto opened = co_await context.accounts.open(id);
  if (!opened) {
    co_await connection.stream().move_to(back->home());
    arrive(back);
    co_return std::unexpected(opened.error());
  }
  arrive(*std::move(opened));
  co_return Result<>();
}

Task<void> Session::settle() {
  const auto at = base();
  owner_ = selected ? selected->owner : std::string();
  if (account == at) co_return;
  leave();
  co_await connection.stream().move_to(at->home());
  arrive(at);
}

Task<void> Session::go_home() {
  if (account == mine) co_return;
  leave();
  co_await connection.stream().move_to(mine->home());
  arrive(mine);
}

// Observers are taken away at the account's home; until then both live.
void Session::forget_absence(model::AccountId id) {
  const auto found = absences_.find(id);
  if (found == absences_.end()) return;
  const auto [where, absence] = std::move(found->second);
  absences_.erase(found);
  where->home().post([where, absence] { where->unobserve(absence.get()); });
}

Task<Result<std::string>> Session::go_to(std::string name) {
  const auto other = model::others_name(name);
  if (!other) {
    co_await go_home();
    co_return name;
  }
  if (other->owner == identity.name) co_return fail(Errc::not_found);  // one's own have one name
  auto ask = context.directory.account(other->owner);
  const auto info = co_await std::move(ask);
  if (!info && info.error().code != Errc::unavailable) co_return fail(Errc::not_found);
  if (!info) co_return std::unexpected(info.error());
  CO_TRY_VOID(co_await visit(info->id));
  owner_ = other->owner;
  co_return other->mailbox;
}

model::Rights Session::rights(model::MailboxId mailbox) const {
  if (account == mine) return model::right::all;
  return model::rights_of(account->sharing(mailbox), identity.name);
}

Result<const account::Mailbox*> Session::find(std::string_view local, model::Rights need) const {
  const auto* m = account->find(local);
  if (m == nullptr) return fail(Errc::not_found);
  const auto have = rights(m->id);
  if (have.has(need) && !have.empty()) return m;
  // RFC 4314 §6: who may not know of it is not told that it is there.
  return fail(have.has(model::right::lookup) ? Errc::no_permission : Errc::not_found);
}

Task<Result<const account::Mailbox*>> Session::reach(std::string name, model::Rights need) {
  CO_TRY(const auto local, co_await go_to(std::move(name)));
  CO_TRY_VOID(co_await account->refresh());
  co_return find(local, need);
}

std::string Session::shown(std::string_view local) const {
  if (account == mine) return std::string(local);
  return cat(model::k_other_users, owner_, model::k_separator, local);
}

bool Session::may_stay() const {
  return !selected || account != selected->account || account == mine || rights(selected->id()).has(model::right::read);
}

}  // namespace mailstead::imap
