// SORT and THREAD (RFC 5256, RFC 5957; RETURN: RFC 5267 §3).
#include <algorithm>

#include "base/ascii.h"
#include "imap/server/filters.h"
#include "imap/server/message_limit.h"
#include "imap/server/search_reply.h"
#include "imap/server/sorter.h"
#include "model/thread.h"

namespace mailstead::imap {
namespace {

struct Ordered {
  Sorted messages;           // their values, if they were asked for
  std::uint64_t modseq = 0;  // the highest among them
  Scores scores;             // if `keys` or RETURN ask for them
};

struct Wanted {
  bool scores, values;
};

bool by_score(const model::SortKey& k) {
  return k.by == model::SortBy::relevancy;
}

// Searches, then puts what was found in order.
Task<Result<Ordered>> ordered(Session* s, const std::vector<model::SortKey>* keys, Wanted want, model::Query query) {
  const Scope scope(*s->selected);
  Searcher searcher(*s, scope, query);
  auto work = searcher.run();
  CO_TRY(auto found, co_await std::move(work));
  Ordered out;
  out.modseq = found.modseq;
  if (want.scores) {
    auto score = relevancy(*s, scope, std::move(query), found.uids);
    CO_TRY(out.scores, co_await std::move(score));
  }
  if (want.values) {
    auto values = sort_values(s, keys, std::move(found.uids), &out.scores);
    CO_TRY(const auto sorted, co_await std::move(values));
    auto job = [keys, &sorted] { return sorted.in_order(*keys); };
    out.messages = co_await offload(s->context.runtime.cpu(), job);
  } else {
    auto sort = sorted_uids(s, keys, std::move(found.uids), &out.scores);
    CO_TRY(out.messages.uids, co_await std::move(sort));
  }
  co_return out;
}

// What THREAD needs, apart from the digests, to which others add meanwhile.
struct Threadable {
  explicit Threadable(const Placed& messages) {
    const auto& d = *messages.digests;
    std::vector<std::size_t> end;
    for (std::size_t i = 0; i < messages.rows.size(); ++i) {
      const auto at = messages.places[i];
      uids.push_back(messages.rows[i].uid);
      items.push_back({messages.sent_at(i),
                       d.id(model::Column::message_id, at),
                       {},
                       d.id(model::Column::base_subject, at),
                       d.is_reply(at),
                       messages.rows[i].internal_date});
      const auto of = d.references(at);
      references.insert(references.end(), of.begin(), of.end());
      end.push_back(references.size());
    }
    std::size_t begin = 0;
    for (std::size_t i = 0; i < items.size(); begin = end[i++])
      items[i].references = std::span(references).subspan(begin, end[i] - begin);
  }

  std::vector<std::uint32_t> uids, references;
  std::vector<model::ThreadItem> items;
};

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
  auto work = ordered(&s, &command.keys, {scored, update}, std::move(command.query));
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
  auto ask = placed(&s, std::move(found->uids));
  const auto messages = co_await std::move(ask);
  if (!messages) co_return reply_of(messages.error());
  const Threadable gathered(*messages);
  const auto numbers = told_numbers(s, gathered.uids, command.uid);
  auto job = [&items = gathered.items, &numbers, by = command.by] {
    return model::to_string(model::thread(items, by), numbers);
  };
  const auto list = co_await offload(s.context.runtime.cpu(), job);
  append(s.connection.out(), "* THREAD", list.empty() ? "" : " ", list, "\r\n");
  co_return Reply::done();
}

}  // namespace mailstead::imap
