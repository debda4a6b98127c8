// STORE (RFC 9051 §6.4.6, RFC 7162 §3.1.3), COPY, MOVE, EXPUNGE, UIDBATCHES (RFC 10022).
#include "imap/wire/parsers.h"

namespace mailstead::imap {
namespace {

Result<Command> copy(Scanner& in, bool uid, bool move) {
  Copy out;
  out.uid = uid;
  out.move = move;
  TRY_VOID(in.space());
  TRY(out.set, in.message_set(uid));
  TRY_VOID(in.space());
  TRY(out.mailbox, in.mailbox());
  return Command(std::move(out));
}

Result<> store_modifiers(Scanner& in, Store& out) {
  return in.list([&]() -> Result<> {
    if (!in.accept_word("UNCHANGEDSINCE")) return fail(Errc::syntax, "unknown STORE modifier");
    TRY_VOID(in.space());
    TRY(out.unchanged_since, in.modseq());
    return {};
  });
}

}  // namespace

Result<Command> parse_copy(Scanner& in, bool uid) {
  return copy(in, uid, false);
}
Result<Command> parse_move(Scanner& in, bool uid) {
  return copy(in, uid, true);
}

Result<Command> parse_expunge(Scanner& in, bool uid) {
  Expunge out;
  if (uid) {
    TRY_VOID(in.space());
    TRY(out.uids, in.message_set(true));
  }
  return Command(std::move(out));
}

Result<Command> parse_uidbatches(Scanner& in, bool) {
  UidBatches out;
  TRY_VOID(in.space());
  TRY(out.size, in.nz_number());
  if (in.accept(' ')) {
    std::pair<std::uint32_t, std::uint32_t> wanted;
    TRY(wanted.first, in.nz_number());
    TRY_VOID(in.expect(':'));
    TRY(wanted.second, in.nz_number());
    out.wanted = wanted;
  }
  return Command(std::move(out));
}

Result<Command> parse_store(Scanner& in, bool uid) {
  Store out;
  out.uid = uid;
  TRY_VOID(in.space());
  TRY(out.set, in.message_set(uid));
  TRY_VOID(in.space());
  if (in.peek() == '(') {
    TRY_VOID(store_modifiers(in, out));
    TRY_VOID(in.space());
  }
  if (in.accept_word("ANNOTATION")) {  // RFC 5257 §4.5: never tells
    out.silent = true;
    TRY_VOID(annotation_changes(in, out.annotations));
    return Command(std::move(out));
  }
  out.change = in.accept('+') ? Store::Change::add : in.accept('-') ? Store::Change::remove : Store::Change::set;
  out.silent = in.accept_word("FLAGS.SILENT");
  if (!out.silent && !in.accept_word("FLAGS")) return fail(Errc::syntax, "FLAGS expected");
  TRY_VOID(in.space());
  if (in.peek() == '(') {
    TRY(out.flags, in.flag_list());
    out.modifier_last = !out.unchanged_since && in.accept(' ');
    if (out.modifier_last) TRY_VOID(store_modifiers(in, out));
  } else {
    TRY(out.flags, in.flags());
  }
  return Command(std::move(out));
}

}  // namespace mailstead::imap
