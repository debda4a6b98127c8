// SELECT and EXAMINE with CONDSTORE and QRESYNC (RFC 7162 §3.1.8, §3.2.5).
#include "imap/wire/parsers.h"

namespace mailstead::imap {
namespace {

Result<QResync> qresync(Scanner& in) {
  QResync out;
  TRY_VOID(in.expect('('));
  TRY(out.uidvalidity, in.nz_number());
  TRY_VOID(in.space());
  TRY(out.modseq, in.modseq());
  if (in.accept(' ') && in.peek() != '(') {
    TRY(out.known_uids, in.uid_set());
    if (out.known_uids->has_star()) return fail(Errc::syntax, "* is not allowed in known UIDs");
    if (!in.accept(' ')) {
      TRY_VOID(in.expect(')'));
      return out;
    }
  }
  if (in.accept('(')) {
    std::pair<SeqSet, UidSet> match;
    TRY(match.first, in.seq_set());
    TRY_VOID(in.space());
    TRY(match.second, in.uid_set());
    TRY_VOID(in.expect(')'));
    if (match.first.has_star() || match.second.has_star() || match.first.size() != match.second.size())
      return fail(Errc::syntax, "sequence match data do not match");
    out.match = std::move(match);
  }
  TRY_VOID(in.expect(')'));
  return out;
}

Result<Command> select(Scanner& in, bool examine) {
  Select out;
  out.examine = examine;
  TRY_VOID(in.space());
  TRY(out.mailbox, in.mailbox());
  if (in.accept(' ')) {
    TRY_VOID(in.list([&]() -> Result<> {
      if (in.accept_word("CONDSTORE")) {
        out.condstore = true;
      } else if (in.accept_word("ANNOTATE")) {
        out.annotate = true;
      } else if (in.accept_word("QRESYNC") && !out.qresync) {
        TRY_VOID(in.space());
        TRY(out.qresync, qresync(in));
      } else {
        return fail(Errc::syntax, "unknown SELECT parameter");
      }
      return {};
    }));
  }
  return Command(std::move(out));
}

}  // namespace

Result<Command> parse_select(Scanner& in, bool) {
  return select(in, false);
}
Result<Command> parse_examine(Scanner& in, bool) {
  return select(in, true);
}

}  // namespace mailstead::imap
