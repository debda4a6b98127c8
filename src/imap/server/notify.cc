#include "imap/server/notify.h"

#include <algorithm>

#include "base/planted.h"
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
  return {m.name, m.selectable, m.subscribed, false, m.uidvalidity, m.uidnext, m.messages, m.unseen, m.highest_modseq};
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
  if (planted(Planted::notify_misses_mailbox) && changed && changed->value % 3 == 0) return;
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
  std::set<std::string_view> gone;  // names of mailboxes that are not there any more
  for (const auto& [id, k] : known_)
    if (account.find(model::MailboxId(id)) == nullptr) gone.insert(k.name);
  for (const auto* m : account.mailboxes()) {
    const auto found = known_.find(m->id.value);
    const bool is_new = found == known_.end();
    auto k = is_new ? Known() : found->second;
    if (is_new) k.uidvalidity = m->uidvalidity;
    // What the client knows of that name is about another mailbox.
    k.replaced = k.replaced || (is_new ? gone.contains(m->name) : m->selectable && !k.selectable);
    k.name = m->name;
    k.selectable = m->selectable;
    k.subscribed = m->subscribed;
    // After the account was read anew nobody has said which mailboxes have changed.
    if (k.replaced || m->uidnext != k.uidnext || m->messages != k.messages || m->unseen != k.unseen)
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
  if (s.selected && s.selected->account == s.mine && s.selected->id() == m->id) co_return;
  const auto events = of(m->name, m->subscribed);
  const bool all = before.replaced;
  const bool moved = events.messages && (all || m->uidnext != before.uidnext || m->messages != before.messages);
  const bool flags = events.flags && (all || m->highest_modseq != before.modseq);
  const bool other = (events.messages || events.flags) && (all || m->uidvalidity != before.uidvalidity);
  std::vector<StatusItem> items;
  if (moved) items = {StatusItem::uidnext, StatusItem::messages};
  if (flags && (all || m->unseen != before.unseen)) items.push_back(StatusItem::unseen);
  if (other || (flags && s.condstore)) items.push_back(StatusItem::uidvalidity);
  if (s.condstore && (moved || flags)) items.push_back(StatusItem::highestmodseq);
  if (items.empty()) co_return;
  auto status = print_status(s, m->id, std::move(items));
  co_await std::move(status);
}

namespace {

// What a client makes of the names as it is told of them, one line after the other: a rename takes along what is below.
class ClientNames {
 public:
  void add(std::uint32_t id, std::string name) { names_[id] = std::move(name); }
  const std::string& of(std::uint32_t id) const { return names_.at(id); }
  // Whether nothing is in the way of a rename; what is below goes along.
  bool can_rename(std::uint32_t id, std::string_view to) const {
    const auto& from = names_.at(id);
    return std::none_of(names_.begin(), names_.end(),
                        [&](const auto& n) { return n.second == to && !model::is_under(n.second, from); });
  }
  void rename(std::uint32_t id, const std::string& to) {
    const auto from = names_.at(id);
    for (auto& [other, name] : names_)
      if (other != id && model::is_under(name, from)) name = to + name.substr(from.size());
    names_[id] = to;
  }

 private:
  std::map<std::uint32_t, std::string> names_;
};

}  // namespace

// §5.4, §5.5: in the order in which a client can follow. What has changed several times is told once.
std::vector<ListLine> Notifier::names_to_tell(const Mailboxes& before,
                                              const std::set<std::string>& subscribed_before) const {
  std::vector<ListLine> out;
  std::set<std::string> seen, names, moved;
  for (const auto& [id, is] : known_) names.insert(is.name);
  const auto tell = [&](const std::string& name, const std::string& old) {
    if (seen.insert(name).second) out.push_back({name, old});
  };
  const auto tell_again = [&](const std::string& name, const std::string& old) {
    seen.insert(name);
    out.push_back({name, old});
  };
  ClientNames client;
  std::vector<std::pair<std::string, std::uint32_t>> stayed;  // by the name before: parents before children
  bool moved_any = false;
  std::vector<const Known*> went, came;
  for (const auto& [id, was] : before) {
    const auto found = known_.find(id);
    if (found == known_.end()) {
      went.push_back(&was);
      continue;
    }
    client.add(id, was.name);
    stayed.emplace_back(was.name, id);
    if (was.selectable != found->second.selectable) came.push_back(&found->second);
    if (was.name == found->second.name) continue;
    moved_any = true;
    moved.insert({was.name, found->second.name});  // that a subscription goes along is no other event
  }
  for (const auto& [id, is] : known_)
    if (!before.contains(id)) came.push_back(&is);
  const auto wanted = [&](const Known* m) { return of(m->name, m->subscribed).names; };

  for (const auto* m : went)
    if (!names.contains(m->name) && wanted(m)) tell(m->name, "");
  // Children of what was renamed follow without a word. Nothing goes where something else still is, and nothing before
  // what it is below, or is to be below, unless they wait for each other.
  std::sort(stayed.begin(), stayed.end());
  const auto at_place = [&](std::uint32_t id) { return client.of(id) == known_.at(id).name; };
  const auto waits = [&](std::uint32_t id) {
    return std::any_of(stayed.begin(), stayed.end(), [&](const auto& s) {
      const auto other = s.second;
      return other != id && !at_place(other) &&
             (model::is_under(client.of(id), client.of(other)) ||
              model::is_under(known_.at(id).name, client.of(other)));
    });
  };
  const auto next = [&](bool patient) {
    return std::find_if(stayed.begin(), stayed.end(), [&](const auto& s) {
      const auto id = s.second;
      return !at_place(id) && client.can_rename(id, known_.at(id).name) && !(patient && waits(id));
    });
  };
  for (auto steps = 2 * stayed.size(); steps > 0 && moved_any; --steps) {
    auto i = next(true);
    if (i == stayed.end()) i = next(false);
    if (i == stayed.end()) break;
    const auto& is = known_.at(i->second);
    const auto from = client.of(i->second);
    if (of(from, subscribed_before.contains(from)).names || wanted(&is)) tell_again(is.name, from);
    client.rename(i->second, is.name);
  }
  for (const auto& [from, id] : stayed)  // what goes round in a circle
    if (!at_place(id) && wanted(&known_.at(id))) tell(known_.at(id).name, "");
  for (const auto* m : came)
    if (wanted(m)) tell(m->name, "");
  // The parent of what came or went is affected, too: its children are others.
  for (const auto* list : {&went, &came})
    for (const auto* m : *list)
      if (const auto parent = std::string(model::parent_of(m->name)); wanted(m) && !parent.empty()) tell(parent, "");
  for (const auto* set : {&subscribed_before, &subscriptions_})
    for (const auto& name : *set)
      if (subscribed_before.contains(name) != subscriptions_.contains(name) && !moved.contains(name) &&
          (of(name, true).subscriptions || of(name, false).subscriptions))
        tell(name, "");
  return out;
}

Task<void> Notifier::tell_names(Session& s) {
  const auto before = known_;
  const auto subscribed_before = subscriptions_;
  learn_names(*s.account);
  auto print = print_lists(s, names_to_tell(before, subscribed_before));
  co_await std::move(print);
}

}  // namespace mailstead::imap
