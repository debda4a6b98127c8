#include "imap/server/notify.h"

#include <algorithm>

#include "imap/server/names.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {
namespace {

Notifier::Events events_of(const NotifyGroup& group) {
  const auto asks = [&](NotifyEvent e) {
    return std::find(group.events.begin(), group.events.end(), e) != group.events.end();
  };
  return {asks(NotifyEvent::message_new), asks(NotifyEvent::flag_change), asks(NotifyEvent::mailbox_name),
          asks(NotifyEvent::subscription_change), asks(NotifyEvent::mailbox_metadata_change)};
}

std::set<std::string> all_subscriptions(const account::Account& account) {
  const auto all = account.subscriptions();
  return {all.begin(), all.end()};
}

}  // namespace

Notifier::Notifier(const account::Account& account, Notify command) : subscriptions_(all_subscriptions(account)) {
  for (auto& group : command.groups) {
    if (group.of.kind != MailboxFilter::Kind::selected) {
      groups_.push_back(std::move(group));
      continue;
    }
    selected_ = events_of(group);
    delayed_ = group.delayed;
    items_ = std::move(group.items);
  }
  for (const auto* m : account.mailboxes()) known_[m->id.value] = known(*m);
}

Notifier::Known Notifier::known(const account::Mailbox& m) {
  return {m.name, m.selectable, m.subscribed, m.uidvalidity, m.uidnext, m.messages, m.unseen, m.highest_modseq};
}

Notifier::Events Notifier::of(std::string_view name, bool subscribed) const {
  Events all;
  for (const auto& group : groups_) {
    if (!covers(group.of, name, subscribed)) continue;
    const auto e = events_of(group);
    all.messages = all.messages || e.messages;
    all.flags = all.flags || e.flags;
    all.names = all.names || e.names;
    all.subscriptions = all.subscriptions || e.subscriptions;
    all.metadata = all.metadata || e.metadata;
  }
  return all;
}

bool Notifier::server_metadata() const {
  return std::any_of(groups_.begin(), groups_.end(), [](const NotifyGroup& g) {
    return std::find(g.events.begin(), g.events.end(), NotifyEvent::server_metadata_change) != g.events.end();
  });
}

void Notifier::note(std::optional<model::MailboxId> changed) {
  if (changed)
    ++changed_[changed->value];
  else
    ++names_changed_;
}

void Notifier::skip_arrivals(const account::Account& account, model::MailboxId mailbox, std::size_t n) {
  const auto changed = changed_.find(mailbox.value);
  const auto before = known_.find(mailbox.value);
  const auto* m = account.find(mailbox);
  if (changed == changed_.end() || changed->second != 1 || before == known_.end() || m == nullptr ||
      m->messages != before->second.messages + n)
    return;
  before->second = known(*m);
  changed_.erase(changed);
}

void Notifier::skip_names(const account::Account& account) {
  if (names_changed_ != 1) return;
  names_changed_ = 0;
  learn_names(account);
}

void Notifier::learn_names(const account::Account& account) {
  Mailboxes now;
  for (const auto* m : account.mailboxes()) {
    const auto found = known_.find(m->id.value);
    auto k = found == known_.end() ? Known() : found->second;
    if (found == known_.end()) k.uidvalidity = m->uidvalidity;
    k.name = m->name;
    k.selectable = m->selectable;
    k.subscribed = m->subscribed;
    // After the account was read anew nobody has said which mailboxes have changed.
    if (m->uidnext != k.uidnext || m->messages != k.messages || m->unseen != k.unseen)
      changed_.try_emplace(m->id.value, 1);
    now.emplace(m->id.value, std::move(k));
  }
  known_ = std::move(now);
  subscriptions_ = all_subscriptions(account);
}

Task<void> Notifier::tell(Session& s) {
  while (!changed_.empty() || names_changed_ != 0) {
    // Names first: STATUS of a mailbox that the client has not heard of says nothing.
    if (std::exchange(names_changed_, 0) != 0) {
      auto names = tell_names(s);
      co_await std::move(names);
    }
    for (const auto& [id, commits] : std::exchange(changed_, {})) {
      auto messages = tell_messages(s, id);
      co_await std::move(messages);
      co_await s.connection.flush_if_full();
    }
  }
}

// §5.1–5.3: in other mailboxes by STATUS.
Task<void> Notifier::tell_messages(Session& s, std::uint32_t id) {
  const auto* m = s.account->find(model::MailboxId(id));
  if (m == nullptr || !m->selectable) co_return;
  const auto before = std::exchange(known_[id], known(*m));
  if (s.selected && s.selected->id() == m->id) co_return;
  const auto events = of(m->name, m->subscribed);
  const bool moved = events.messages && (m->uidnext != before.uidnext || m->messages != before.messages);
  const bool flags = events.flags && m->highest_modseq != before.modseq;
  std::vector<StatusItem> items;
  if (moved) items = {StatusItem::uidnext, StatusItem::messages};
  if (flags && m->unseen != before.unseen) items.push_back(StatusItem::unseen);
  if (events.flags && (m->uidvalidity != before.uidvalidity || (flags && s.condstore)))
    items.push_back(StatusItem::uidvalidity);
  if (s.condstore && (moved || flags)) items.push_back(StatusItem::highestmodseq);
  if (items.empty()) co_return;
  auto status = print_status(s, m->id, std::move(items));
  co_await std::move(status);
}

// §5.4, §5.5: new and old name, the latter "" if it is the same.
std::vector<std::pair<std::string, std::string>> Notifier::names_to_tell(
    const Mailboxes& before, const std::set<std::string>& subscribed_before) const {
  std::vector<std::pair<std::string, std::string>> out;
  std::set<std::string> seen;
  const auto tell = [&](const std::string& name, const std::string& old) {
    if (seen.insert(name).second) out.emplace_back(name, old);
  };
  // The parent of what came or went is affected, too: its children are others.
  const auto came_or_went = [&](const std::string& name, bool subscribed) {
    if (!of(name, subscribed).names) return;
    tell(name, "");
    if (const auto parent = std::string(model::parent_of(name)); !parent.empty()) tell(parent, "");
  };
  std::vector<std::pair<std::string, std::string>> renamed;
  for (const auto& [id, was] : before) {
    const auto found = known_.find(id);
    if (found == known_.end()) {
      came_or_went(was.name, was.subscribed);
      continue;
    }
    const auto& is = found->second;
    if (was.selectable != is.selectable) came_or_went(is.name, is.subscribed);
    if (was.name != is.name) renamed.emplace_back(was.name, is.name);
  }
  for (const auto& [id, is] : known_)
    if (!before.contains(id)) came_or_went(is.name, is.subscribed);
  for (const auto& [from, to] : renamed) {
    const bool follows = std::any_of(renamed.begin(), renamed.end(), [&](const auto& r) {
      return model::is_under(from, r.first) && to == r.second + from.substr(r.first.size());
    });
    const bool wanted = of(from, subscribed_before.contains(from)).names || of(to, subscriptions_.contains(to)).names;
    if (!follows && wanted) tell(to, from);
    seen.insert({from, to});  // that a subscription goes along is no other event
  }
  for (const auto* set : {&subscribed_before, &subscriptions_})
    for (const auto& name : *set)
      if (subscribed_before.contains(name) != subscriptions_.contains(name) &&
          (of(name, true).subscriptions || of(name, false).subscriptions))
        tell(name, "");
  return out;
}

Task<void> Notifier::tell_names(Session& s) {
  const auto before = known_;
  const auto subscribed_before = subscriptions_;
  learn_names(*s.account);
  std::vector<ListLine> lines;
  for (auto& [name, old] : names_to_tell(before, subscribed_before)) lines.push_back({std::move(name), std::move(old)});
  auto print = print_lists(s, std::move(lines));
  co_await std::move(print);
}

}  // namespace mailstead::imap
