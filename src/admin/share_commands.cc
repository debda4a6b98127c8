// `share`: the operator's view of access control lists (RFC 4314), which users change by SETACL.
#include <algorithm>

#include "admin/handlers.h"
#include "base/ascii.h"

namespace mailstead::admin {
namespace {

using Reply = Result<Output>;
using model::RightsChange;

Result<const account::Mailbox*> mailbox_of(const account::AccountRef& a, const std::string& name) {
  const auto* m = a->find(name);
  if (m == nullptr) return fail(Errc::not_found, cat("no such mailbox: ", name));
  return m;
}

Task<Reply> share_list(account::AccountRef a, Invocation c, auth::AccountInfo) {
  std::vector<const account::Mailbox*> mailboxes;
  for (std::size_t at = 1; at < c.arguments.size(); ++at) {
    CO_TRY(const auto* m, mailbox_of(a, c[at]));
    mailboxes.push_back(m);
  }
  if (mailboxes.empty()) mailboxes = a->mailboxes();
  Output out;
  out.columns = {"mailbox", "user", "rights"};
  for (const auto* m : mailboxes)
    for (const auto& [identifier, rights] : a->sharing(m->id))
      out.rows.push_back({m->name, identifier, model::to_string(rights)});
  co_return out;
}

Task<Reply> change_at_home(account::AccountRef a, Invocation c, RightsChange change) {
  CO_TRY(const auto* m, mailbox_of(a, c[1]));
  CO_TRY(auto identifier, auth::normalise_identifier(c[2]));
  CO_TRY_VOID(co_await a->share(
      m->id, std::move(identifier), [change](model::Rights old) { return change.of(old); }, k_operator));
  co_return Output();
}

Task<Reply> share_set_at_home(account::AccountRef a, Invocation c, auth::AccountInfo) {
  const auto change = model::parse_rights_change(c[3]);
  if (!change) co_return fail(Errc::syntax, cat("rights are of lrswipkxtean: ", c[3]));
  auto work = change_at_home(std::move(a), std::move(c), *change);
  co_return co_await std::move(work);
}

Task<Reply> share_remove_at_home(account::AccountRef a, Invocation c, auth::AccountInfo) {
  auto work = change_at_home(std::move(a), std::move(c), {RightsChange::remove, model::right::all});
  co_return co_await std::move(work);
}

Task<Reply> share_set(Context& c, Invocation i) {
  CO_TRY(const auto info, co_await c.directory.account(i[0]));
  const auto identifier = auth::normalise_identifier(i[2]);
  if (!identifier) co_return fail(Errc::syntax, cat("a user is an address, or anyone: ", i[2]));
  if (*identifier == info.name) co_return fail(Errc::invalid, "the owner has all rights");
  // First where the user's session looks for what is shared.
  if (!identifier->starts_with('-')) CO_TRY_VOID(co_await c.directory.note_share(*identifier, info.name));
  auto work = with_account(c, std::move(i), share_set_at_home);
  co_return co_await std::move(work);
}

constexpr Entry k_entries[] = {
    {"share list", about_account<share_list>},
    {"share set", share_set},
    {"share remove", about_account<share_remove_at_home>},
};

}  // namespace

std::span<const Entry> share_handlers() {
  return k_entries;
}

}  // namespace mailstead::admin
