// SETACL, DELETEACL, GETACL, LISTRIGHTS, MYRIGHTS (RFC 4314 §3). The owner of a mailbox has all rights, always.
#include "auth/directory.h"
#include "base/ascii.h"
#include "imap/server/names.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {
namespace {

namespace right = model::right;

// The one whose mailbox it is.
std::string owner(const Session& s) {
  return s.account == s.mine ? s.identity.name : s.owner();
}

Task<Reply> change_acl(Session* s, std::string mailbox, std::string identifier, model::RightsChange change) {
  auto reach = s->reach(std::move(mailbox), right::administer);
  const auto m = co_await std::move(reach);
  if (!m) co_return reply_of(m.error());
  const auto id = (*m)->id;
  auto canonical = auth::normalise_identifier(identifier);
  if (!canonical) co_return Reply::refuse("CANNOT", "An identifier is a user's address, or anyone");
  if (*canonical == owner(*s)) co_return Reply::refuse("CANNOT", "The owner has all rights");
  // First where it is found by those who list: there is more there than is shared, never less.
  if (!canonical->starts_with('-') && change.kind != model::RightsChange::remove) {
    auto note = s->context.directory.note_share(*canonical, owner(*s));
    const auto noted = co_await std::move(note);
    if (!noted) co_return reply_of(noted.error());
  }
  auto share =
      s->account->share(id, *std::move(canonical), [change](model::Rights old) { return change.of(old); }, s->actor());
  const auto done = co_await std::move(share);
  if (!done) co_return reply_of(done.error());
  co_return Reply::done();
}

}  // namespace

void print_my_rights(Session& s, const account::Mailbox& m) {
  s.printer().raw("* MYRIGHTS ").mailbox(s.shown(m.name)).space().raw(to_string(s.rights(m.id))).crlf();
}

Task<Reply> run(Session& s, SetAcl command) {
  auto work = change_acl(&s, std::move(command.mailbox), std::move(command.identifier), command.change);
  co_return co_await std::move(work);
}

Task<Reply> run(Session& s, DeleteAcl command) {
  auto work = change_acl(&s, std::move(command.mailbox), std::move(command.identifier),
                         {model::RightsChange::remove, right::all});
  co_return co_await std::move(work);
}

Task<Reply> run(Session& s, GetAcl command) {
  auto reach = s.reach(std::move(command.mailbox), right::administer);
  const auto m = co_await std::move(reach);
  if (!m) co_return reply_of(m.error());
  auto p = s.printer();
  p.raw("* ACL ").mailbox(s.shown((*m)->name)).space().astring(owner(s)).space().raw(to_string(right::all));
  for (const auto& [identifier, rights] : s.account->sharing((*m)->id))
    p.space().astring(identifier).space().raw(to_string(rights));
  p.crlf();
  co_return Reply::done();
}

// §3.7: what is always granted, then what can be granted, each by itself but for the old rights.
Task<Reply> run(Session& s, ListRights command) {
  auto reach = s.reach(std::move(command.mailbox), right::administer);
  const auto m = co_await std::move(reach);
  if (!m) co_return reply_of(m.error());
  const auto canonical = auth::normalise_identifier(command.identifier);
  if (!canonical) co_return Reply::refuse("CANNOT", "An identifier is a user's address, or anyone");
  auto p = s.printer();
  p.raw("* LISTRIGHTS ").mailbox(s.shown((*m)->name)).space().astring(command.identifier);
  p.raw(*canonical == owner(s) ? " lrswipkxteancd" : " \"\" l r s w i p k x t e a n c d").crlf();
  co_return Reply::done();
}

Task<Reply> run(Session& s, MyRights command) {
  auto reach = s.reach(std::move(command.mailbox), {});
  const auto m = co_await std::move(reach);
  if (!m) co_return reply_of(m.error());
  // §4: not of one who has nothing but, say, "s".
  constexpr auto any =
      right::lookup | right::read | right::insert | right::create | right::remove_mailbox | right::administer;
  if (!s.rights((*m)->id).any(any)) co_return reply_of(Errc::not_found);
  print_my_rights(s, **m);
  co_return Reply::done();
}

}  // namespace mailstead::imap
