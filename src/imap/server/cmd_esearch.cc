// ESEARCH in several mailboxes (RFC 7377), one after the other, each at its home.
#include <algorithm>
#include <set>

#include "base/ascii.h"
#include "imap/server/filters.h"
#include "imap/server/names.h"
#include "imap/server/search_reply.h"

namespace mailstead::imap {
namespace {

using Kind = MailboxFilter::Kind;
namespace right = model::right;

bool is_selected(const MailboxFilter& f) {
  return f.kind == Kind::selected;
}

struct Place {
  std::string name;  // as the client knows it
  model::MailboxId id;
};

// §2.2: with the right to read it, and, where it is not named, to look it up.
bool includes(const std::vector<MailboxFilter>& filters, std::string_view name, bool subscribed, model::Rights have) {
  return std::any_of(filters.begin(), filters.end(), [&](const MailboxFilter& f) {
    return have.has(f.kind == Kind::mailboxes ? right::read : right::lookup | right::read) &&
           covers(f, name, subscribed);
  });
}

// The others whose mailboxes a filter may cover: those that it names, and those of subscriptions.
std::set<std::string> owners(const std::vector<MailboxFilter>& filters, const std::set<std::string>& subscribed) {
  std::set<std::string> out;
  for (const auto& filter : filters) {
    if (filter.kind == Kind::subscribed)
      for (const auto& name : subscribed) out.insert(model::owner_in(name));
    for (const auto& name : filter.names) out.insert(model::owner_in(name));
  }
  out.erase("");
  return out;
}

// Each once, whatever the filters say twice; the user's own, then those of others.
Task<Result<std::vector<Place>>> places(Session* s, const std::vector<MailboxFilter>* filters) {
  std::vector<Place> out;
  co_await s->go_home();
  CO_TRY_VOID(co_await s->account->refresh());
  for (const auto* m : s->account->mailboxes())
    if (m->selectable && includes(*filters, m->name, m->subscribed, right::all)) out.push_back({m->name, m->id});
  const auto names = s->account->subscriptions();
  const std::set<std::string> subscribed(names.begin(), names.end());
  for (const auto& owner : owners(*filters, subscribed)) {
    auto go = s->go_to(cat(model::k_other_users, owner));
    if (!co_await std::move(go)) continue;
    if (!co_await s->account->refresh()) continue;
    for (const auto* m : s->account->mailboxes()) {
      const auto name = s->shown(m->name);
      if (m->selectable && includes(*filters, name, subscribed.contains(name), s->rights(m->id)))
        out.push_back({name, m->id});
    }
  }
  co_return out;
}

// In a mailbox of the account where the session is.
Task<Result<>> search_in(Session* s, Scope scope, const Esearch* command, SearchReturn give) {
  Searcher searcher(*s, scope, command->query);
  auto work = searcher.run();
  auto found = co_await std::move(work);
  if (give.save && !found) s->selected->saved = {};  // RFC 5182 §2.1
  if (!found) co_return std::unexpected(found.error());
  Results results{std::move(found->uids), found->modseq, model::needs_modseq(command->query)};
  if (give.relevancy) {
    auto score = relevancy(*s, scope, command->query, results.uids);
    CO_TRY(results.scores, co_await std::move(score));
  }
  if (give.save) s->selected->saved = saved_of(give, results.uids);
  tell_of(*s, *scope.mailbox, give, results);
  co_await s->connection.flush_if_full();
  co_return Result<>();
}

// RFC 5267 §4.3.1: SEARCH and SORT keep their results up to date.
Reply finished(Session& s, const SearchReturn& give) {
  if (give.update) s.untagged(cat("NO [NOUPDATE \"", s.tag, "\"] Ask by SEARCH"));
  return Reply::done();
}

}  // namespace

Task<Reply> run(Session& s, Esearch command) {
  if (command.in.empty()) command.in.push_back({Kind::selected, {}});
  const bool selected = std::any_of(command.in.begin(), command.in.end(), is_selected);
  const bool only_selected = std::all_of(command.in.begin(), command.in.end(), is_selected);
  if (selected && !s.selected) co_return Reply::wrong("Select a mailbox first");  // §2.2
  const auto give = command.give.value_or(SearchReturn{.all = true});
  if (give.save && !only_selected) co_return Reply::wrong("SAVE is for the selected mailbox alone");  // §2.2
  if (give.update && !s.selected) co_return Reply::wrong("Select a mailbox first");                   // §2.2
  auto expand = expand_filters(&s, &command.query);
  auto refusal = co_await std::move(expand);
  if (refusal) {
    if (give.save) s.selected->saved = {};  // RFC 5182 §2.1
    co_return *std::move(refusal);
  }
  if (model::needs_modseq(command.query)) s.enable_condstore();  // RFC 7162 §3.1
  if (only_selected) {
    auto search = search_in(&s, Scope(*s.selected), &command, give);
    const auto done = co_await std::move(search);
    co_return done ? finished(s, give) : reply_of(done.error());
  }
  if (selected) command.in.push_back({Kind::mailboxes, {s.shown(s.selected->mailbox->mailbox->name)}});
  auto look = places(&s, &command.in);
  const auto all = co_await std::move(look);
  if (!all) co_return reply_of(all.error());
  for (const auto& place : *all) {
    auto reach = s.reach(place.name, right::read);
    const auto m = co_await std::move(reach);
    if (!m || (*m)->id != place.id) continue;  // gone since
    auto open = s.account->open(place.id);
    const auto mailbox = co_await std::move(open);
    if (!mailbox && mailbox.error().code == Errc::not_found) continue;
    if (!mailbox) co_return reply_of(mailbox.error());
    const bool here = s.selected && s.selected->account == s.account && s.selected->id() == place.id;
    auto search = search_in(&s, here ? Scope(*s.selected) : Scope(*mailbox), &command, give);
    const auto done = co_await std::move(search);
    if (!done) co_return reply_of(done.error());
  }
  co_return finished(s, give);
}

}  // namespace mailstead::imap
