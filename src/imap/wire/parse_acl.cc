// SETACL, DELETEACL, GETACL, LISTRIGHTS, MYRIGHTS (RFC 4314 §3).
#include "imap/wire/parsers.h"

namespace mailstead::imap {
namespace {

template <class C>
Result<Command> of_mailbox(Scanner& in) {
  C out;
  TRY_VOID(in.space());
  TRY(out.mailbox, in.mailbox());
  return Command(std::move(out));
}

template <class C>
Result<Command> of_identifier(Scanner& in) {
  C out;
  TRY_VOID(in.space());
  TRY(out.mailbox, in.mailbox());
  TRY_VOID(in.space());
  TRY(out.identifier, in.astring());
  return Command(std::move(out));
}

}  // namespace

Result<Command> parse_setacl(Scanner& in, bool) {
  SetAcl out;
  TRY_VOID(in.space());
  TRY(out.mailbox, in.mailbox());
  TRY_VOID(in.space());
  TRY(out.identifier, in.astring());
  TRY_VOID(in.space());
  TRY(const auto text, in.astring());
  const auto change = model::parse_rights_change(text);
  if (!change) return fail(Errc::syntax, "unknown right");  // §3.1: BAD
  out.change = *change;
  return Command(std::move(out));
}

Result<Command> parse_deleteacl(Scanner& in, bool) {
  return of_identifier<DeleteAcl>(in);
}
Result<Command> parse_listrights(Scanner& in, bool) {
  return of_identifier<ListRights>(in);
}
Result<Command> parse_getacl(Scanner& in, bool) {
  return of_mailbox<GetAcl>(in);
}
Result<Command> parse_myrights(Scanner& in, bool) {
  return of_mailbox<MyRights>(in);
}

}  // namespace mailstead::imap
