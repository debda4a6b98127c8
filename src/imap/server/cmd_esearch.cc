// ESEARCH in several mailboxes (RFC 7377), one after the other.
#include <algorithm>

#include "imap/server/filters.h"
#include "imap/server/names.h"
#include "imap/server/search_reply.h"

namespace mailstead::imap {
namespace {

using Kind = MailboxFilter::Kind;

bool includes(const Session& s, const MailboxFilter& filter, const account::Mailbox& m) {
  if (filter.kind == Kind::selected) return s.selected && s.selected->id() == m.id;
  return covers(filter, m.name, m.subscribed);
}

bool is_selected(const MailboxFilter& f) {
  return f.kind == Kind::selected;
}

// Each once, whatever the filters say twice.
std::vector<model::MailboxId> targets(const Session& s, const std::vector<MailboxFilter>& filters) {
  std::vector<model::MailboxId> out;
  for (const auto* m : s.account->mailboxes())
    if (m->selectable &&
        std::any_of(filters.begin(), filters.end(), [&](const MailboxFilter& f) { return includes(s, f, *m); }))
      out.push_back(m->id);
  return out;
}

}  // namespace

Task<Reply> run(Session& s, Esearch command) {
  if (command.in.empty()) command.in.push_back({Kind::selected, {}});
  const bool selected = std::any_of(command.in.begin(), command.in.end(), is_selected);
  const bool only_selected = std::all_of(command.in.begin(), command.in.end(), is_selected);
  if (selected && !s.selected) co_return Reply::wrong("Select a mailbox first");  // §2.2
  const auto give = command.give.value_or(SearchReturn{.all = true});
  if (give.save && !only_selected) co_return Reply::wrong("SAVE is for the selected mailbox alone");  // §2.2
  if (give.update) co_return Reply::wrong("UPDATE is for SEARCH and SORT");
  auto expand = expand_filters(&s, &command.query);
  auto refusal = co_await std::move(expand);
  if (refusal) co_return *std::move(refusal);
  const bool modseq = model::needs_modseq(command.query);
  if (modseq) s.enable_condstore();  // RFC 7162 §3.1
  const auto fresh = co_await s.account->refresh();
  if (!fresh) co_return reply_of(fresh.error());
  for (const auto id : targets(s, command.in)) {
    auto open = s.account->open(id);
    const auto mailbox = co_await std::move(open);
    if (!mailbox && mailbox.error().code == Errc::not_found) continue;  // gone since
    if (!mailbox) co_return reply_of(mailbox.error());
    const bool here = s.selected && s.selected->id() == id;
    const auto scope = here ? Scope(*s.selected) : Scope(*mailbox);
    Searcher searcher(s, scope, command.query);
    auto work = searcher.run();
    auto found = co_await std::move(work);
    if (give.save && !found) s.selected->saved = {};  // RFC 5182 §2.1
    if (!found) co_return reply_of(found.error());
    Results results{std::move(found->uids), found->modseq, modseq};
    if (give.relevancy) {
      auto score = relevancy(s, scope, command.query, results.uids);
      auto scores = co_await std::move(score);
      if (!scores) co_return reply_of(scores.error());
      results.scores = *std::move(scores);
    }
    if (give.save) s.selected->saved = saved_of(give, results.uids);
    tell_of(s, **mailbox, give, results);
    co_await s.connection.flush_if_full();
  }
  co_return Reply::done();
}

}  // namespace mailstead::imap
