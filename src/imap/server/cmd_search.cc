// SEARCH and UID SEARCH (RFC 9051 §6.4.4, §7.3.4; RFC 4731 ESEARCH, 5182 SAVE, 7162 §3.1.5).
#include "imap/server/search_reply.h"

namespace mailstead::imap {

Task<Reply> run(Session& s, Search command) {
  const bool modseq = model::needs_modseq(command.query);
  if (modseq) s.enable_condstore();  // RFC 7162 §3.1
  Searcher searcher(s, Scope(*s.selected), std::move(command.query));
  auto work = searcher.run();
  auto found = co_await std::move(work);
  if (!found) {
    if (command.give && command.give->save) s.selected->saved = {};  // RFC 5182 §2.1
    co_return reply_of(found.error());
  }
  const Results results{std::move(found->uids), found->modseq, modseq};
  co_return tell(s, "SEARCH", command.uid, command.give, results);
}

}  // namespace mailstead::imap
