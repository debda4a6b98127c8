// SORT and THREAD (RFC 5256, RFC 5957; RETURN: RFC 5267 §3).
#include <algorithm>

#include "base/ascii.h"
#include "imap/server/filters.h"
#include "imap/server/message_limit.h"
#include "imap/server/search_reply.h"
#include "imap/server/sorter.h"
#include "mime/casemap.h"

namespace mailstead::imap {
namespace {

struct Ordered {
  Sorted messages;
  std::uint64_t modseq = 0;  // the highest among them
  Scores scores;             // if `keys` or RETURN ask for them
};

bool by_score(const model::SortKey& k) {
  return k.by == model::SortBy::relevancy;
}

// Searches, then puts what was found in order.
Task<Result<Ordered>> ordered(Session* s, const std::vector<model::SortKey>* keys, bool scored, model::Query query) {
  const Scope scope(*s->selected);
  Searcher searcher(*s, scope, query);
  auto work = searcher.run();
  CO_TRY(auto found, co_await std::move(work));
  Ordered out;
  if (scored) {
    auto score = relevancy(*s, scope, std::move(query), found.uids);
    CO_TRY(out.scores, co_await std::move(score));
  }
  auto values = sort_values(s, keys, std::move(found.uids), &out.scores);
  CO_TRY(const auto sorted, co_await std::move(values));
  auto job = [keys, &sorted] { return sorted.in_order(*keys); };
  out.messages = co_await offload(s->context.runtime.cpu(), job);
  out.modseq = found.modseq;
  co_return out;
}

}  // namespace

Task<Reply> run(Session& s, Sort command) {
  auto expand = expand_filters(&s, &command.query);
  auto refusal = co_await std::move(expand);
  if (refusal) {
    if (command.give && command.give->save) s.selected->saved = {};  // RFC 5182 §2.1
    co_return *std::move(refusal);
  }
  const bool modseq = model::needs_modseq(command.query);
  if (modseq) s.enable_condstore();  // RFC 7162 §3.1
  const auto give = command.give;
  const bool update = give && give->update;
  if (update && has_context(s, s.tag)) co_return Reply::wrong("This tag is in use");  // RFC 5267 §4.3
  SearchContext context;
  if (update) context.query = keep_query(s, command.query);
  context.seen_modseq = s.account->version();
  if (message_limit(s) != 0)
    if (auto above = refuse_above(message_limit(s), looked_at(Scope(*s.selected), command.query).size())) {
      if (give && give->save) s.selected->saved = {};  // RFC 5182 §2.1
      co_return *std::move(above);
    }
  const bool scored = (give && give->relevancy) || std::any_of(command.keys.begin(), command.keys.end(), by_score);
  auto work = ordered(&s, &command.keys, scored, std::move(command.query));
  auto found = co_await std::move(work);
  if (!found) {
    if (give && give->save) s.selected->saved = {};  // RFC 5182 §2.1
    co_return reply_of(found.error());
  }
  const Results results{found->messages.uids, found->modseq, modseq, std::move(found->scores)};  // RFC 7162 §3.1.6
  auto reply = tell(s, "SORT", command.uid, give, results);
  if (update) {
    context.tag = s.tag;
    context.uid = command.uid;
    context.items = *give->update;
    context.results = std::move(found->messages.uids);
    context.values = std::move(found->messages.values);
    context.keys = std::move(command.keys);
    add_context(s, std::move(context));
  }
  co_return reply;
}

Task<Reply> run(Session& s, Thread command) {
  auto expand = expand_filters(&s, &command.query);
  auto refusal = co_await std::move(expand);
  if (refusal) co_return *std::move(refusal);
  if (model::needs_modseq(command.query)) s.enable_condstore();
  if (message_limit(s) != 0)
    if (auto above = refuse_above(message_limit(s), looked_at(Scope(*s.selected), command.query).size()))
      co_return *std::move(above);
  Searcher searcher(s, Scope(*s.selected), std::move(command.query));
  auto work = searcher.run();
  auto found = co_await std::move(work);
  if (!found) co_return reply_of(found.error());
  std::vector<std::uint32_t> uids;
  std::vector<model::ThreadItem> items;
  const UseSummary use = [&](const account::Row& row, const mime::Summary& m) {
    uids.push_back(row.uid);
    items.push_back(
        {sent_at(row, m), m.message_id, m.references, mime::fold(m.base_subject), m.is_reply, row.internal_date});
  };
  auto load = each_summary(s, std::move(found->uids), use);
  const auto loaded = co_await std::move(load);
  if (!loaded) co_return reply_of(loaded.error());
  const auto numbers = told_numbers(s, uids, command.uid);
  auto job = [&items, &numbers, by = command.by] { return model::to_string(model::thread(items, by), numbers); };
  const auto list = co_await offload(s.context.runtime.cpu(), job);
  append(s.connection.out(), "* THREAD", list.empty() ? "" : " ", list, "\r\n");
  co_return Reply::done();
}

}  // namespace mailstead::imap
