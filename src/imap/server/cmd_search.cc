// SEARCH and UID SEARCH (RFC 9051 §6.4.4, §7.3.4; RFC 4731 ESEARCH, 5182 SAVE, 5267, 7162 §3.1.5).
#include <algorithm>

#include "base/ascii.h"
#include "imap/server/filters.h"
#include "imap/server/message_limit.h"
#include "imap/server/search_reply.h"

namespace mailstead::imap {

Task<Reply> run(Session& s, CancelUpdate command) {
  std::erase_if(s.selected->contexts, [&](const SearchContext& c) {
    return std::find(command.tags.begin(), command.tags.end(), c.tag) != command.tags.end();
  });
  co_return Reply::done("No further updates");
}

Task<Reply> run(Session& s, Search command) {
  auto expand = expand_filters(&s, &command.query);
  auto refusal = co_await std::move(expand);
  if (refusal) {
    if (command.give && command.give->save) s.selected->saved = {};  // RFC 5182 §2.1
    co_return *std::move(refusal);
  }
  const bool modseq = model::needs_modseq(command.query);
  if (modseq) s.enable_condstore();  // RFC 7162 §3.1
  const bool update = command.give && command.give->update;
  if (update && has_context(s, s.tag)) co_return Reply::wrong("This tag is in use");  // RFC 5267 §4.3
  SearchContext context;
  if (update) context.query = keep_query(s, command.query);
  context.seen_modseq = s.account->version();
  const Scope scope(*s.selected);
  std::optional<std::vector<std::uint32_t>> among;
  std::string cut;
  if (message_limit(s) != 0) {
    among = looked_at(scope, command.query);
    cut = keep_highest(s, *among);
  }
  Searcher searcher(s, scope, command.query, std::move(among));
  auto work = searcher.run();
  auto found = co_await std::move(work);
  if (!found) {
    if (command.give && command.give->save) s.selected->saved = {};  // RFC 5182 §2.1
    co_return reply_of(found.error());
  }
  Results results{std::move(found->uids), found->modseq, modseq};
  if (command.give && command.give->relevancy) {
    auto score = relevancy(s, scope, std::move(command.query), results.uids);
    auto scores = co_await std::move(score);
    if (!scores) co_return reply_of(scores.error());
    results.scores = *std::move(scores);
  }
  auto reply = tell(s, "SEARCH", command.uid, command.give, results);
  if (update && !cut.empty()) {  // RFC 5267 §4.3.1
    s.untagged(cat("NO [NOUPDATE \"", s.tag, "\"] Not all messages were looked at"));
  } else if (update) {
    context.tag = s.tag;
    context.uid = command.uid;
    context.items = *command.give->update;
    context.results = results.uids;
    add_context(s, std::move(context));
  }
  co_return cut_short(s, std::move(reply), cut);
}

}  // namespace mailstead::imap
