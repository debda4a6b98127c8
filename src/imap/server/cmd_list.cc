// LIST and LSUB (RFC 9051 §6.3.9, §7.3.1; RFC 3348, 5258, 5819, 6154; RFC 3501 §6.3.9).
#include <algorithm>
#include <map>

#include "base/ascii.h"
#include "imap/server/names.h"
#include "imap/server/readonly.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {
namespace {

// A name as LIST sees it: a mailbox, a level above some, or only a subscription, or only above one (RFC 5258 §3.5).
struct Node {
  bool exists = false, selectable = false, subscribed = false;
  model::MailboxId id{};                 // of the account whose mailbox it is
  std::optional<model::SpecialUse> use;  // of the user's own
  bool has_children = false;
  bool subscribed_below = false;  // RFC 5258 §3.5: CHILDINFO
  bool special_below = false;
};
using Nodes = std::map<std::string, Node>;

Nodes own_names(const account::Account& account) {
  Nodes nodes;
  for (const auto* m : account.mailboxes()) {
    auto& node = nodes[m->name];
    node.exists = true;
    node.selectable = m->selectable;
    node.id = m->id;
    node.use = m->use;
  }
  for (const auto& name : account.subscriptions()) nodes[name].subscribed = true;
  return nodes;
}

void look_below(Nodes& nodes) {
  for (auto& [name, node] : nodes)
    for (auto above = model::parent_of(name); !above.empty(); above = model::parent_of(above)) {
      // Above a name that is only subscribed there may be nothing. What is put in here stands before `name`.
      const auto found = nodes.try_emplace(std::string(above)).first;
      found->second.has_children = found->second.has_children || node.exists;
      found->second.subscribed_below = found->second.subscribed_below || node.subscribed;
      found->second.special_below = found->second.special_below || node.use.has_value();
    }
}

// Behind look_below(): what is below them is not listed with them.
void add_readonly(const std::vector<account::Mailbox>& mailboxes, Nodes& nodes) {
  for (const auto& m : mailboxes) {
    auto& node = nodes[m.name];
    if (node.exists) continue;  // a real one of that name
    node.exists = true;
    node.selectable = m.selectable;
    node.id = m.id;
    node.has_children = !m.selectable;
  }
}

// Whether a name of another's may match: what stands before the first wildcard agrees with the prefix of them all.
bool may_match_others(std::string_view pattern) {
  const auto fixed = pattern.substr(0, std::min(pattern.find_first_of("*%"), model::k_other_users.size()));
  return model::k_other_users.starts_with(fixed);
}

// What others share with the user: the mailboxes with the right to look them up. Whatever is not there, or cannot be
// read now, is not listed.
Task<Result<>> add_others(Session* s, Nodes* nodes) {
  std::vector<std::string> owners;
  for (const auto& identifier : {s->identity.name, std::string(model::k_anyone)}) {
    auto ask = s->context.directory.share_owners(identifier);
    CO_TRY(const auto some, co_await std::move(ask));
    owners.insert(owners.end(), some.begin(), some.end());
  }
  std::sort(owners.begin(), owners.end());
  owners.erase(std::unique(owners.begin(), owners.end()), owners.end());
  for (const auto& owner : owners) {
    if (owner == s->identity.name) continue;
    auto go = s->go_to(cat(model::k_other_users, owner));
    if (!co_await std::move(go)) continue;
    if (!co_await s->account->refresh()) continue;
    for (const auto* m : s->account->mailboxes()) {
      if (!s->rights(m->id).has(model::right::lookup)) continue;
      const auto name = s->shown(m->name);
      auto& node = (*nodes)[name];
      node.exists = true;
      node.selectable = m->selectable;
      node.id = m->id;
      // RFC 2342 §5: the levels above it, as none of them is a mailbox that the user may see.
      for (auto above = model::parent_of(name); !above.empty(); above = model::parent_of(above))
        (*nodes)[std::string(above)].exists = true;
    }
  }
  co_await s->go_home();
  co_return Result<>();
}

struct Answer {
  bool listed = false;
  std::string child_info;  // " \"SUBSCRIBED\"…" for RECURSIVEMATCH
};

// One separator at the end belongs to no name; a name that is a pattern is not cut.
std::string pattern_of(Session& s, std::string_view reference, std::string_view pattern) {
  auto out = model::canonical_name(cat(reference, pattern));
  if (out.size() > 1 && out.ends_with(model::k_separator) && !model::ListPattern(out).has_wildcard() &&
      s.profile.applies(Quirk::tb_extra_mailbox_sep))
    out.pop_back();
  return out;
}

Answer choose(const List& list, const Node& node) {
  const bool by_subscription = list.select.subscribed, by_use = list.select.special_use;
  Answer out;
  const bool subscribed_ok = !by_subscription || node.subscribed;
  const bool use_ok = !by_use || node.use.has_value();
  // RFC 5258 §3.1: SUBSCRIBED lists names without a mailbox, too.
  out.listed = subscribed_ok && use_ok && (by_subscription || node.exists);
  if (list.select.recursive_match) {
    if (by_subscription && node.subscribed_below) out.child_info += " \"SUBSCRIBED\"";
    if (by_use && node.special_below) out.child_info += " \"SPECIAL-USE\"";
  }
  return out;
}

// `extended`: a data item behind the name, and what it says; "" for none.
void print_list(Session& s, const std::string& name, const Node& node, bool show_subscribed, std::string_view extended,
                std::string_view argument) {
  std::vector<std::string> attributes;
  if (!node.exists)
    attributes.emplace_back("\\NonExistent");
  else if (!node.selectable)
    attributes.emplace_back("\\Noselect");
  if (node.subscribed && show_subscribed) attributes.emplace_back("\\Subscribed");
  // RFC 3348: also unasked, as most clients want them and few ask.
  attributes.emplace_back(node.has_children ? "\\HasChildren" : "\\HasNoChildren");
  if (node.use) attributes.emplace_back(model::to_string(*node.use));
  auto p = s.printer();
  p.raw("* LIST ").flags(attributes).raw(" \"/\" ").mailbox(name);
  if (!argument.empty()) p.raw(" (\"").raw(extended).raw("\" (").raw(argument).raw("))");
  p.crlf();
}

}  // namespace

void print_selected(Session& s, const account::Mailbox& mailbox) {
  const bool own = s.account == s.mine;
  const auto below = cat(mailbox.name, '/');
  const auto all = s.account->mailboxes();
  Node node;
  node.exists = node.selectable = true;
  node.has_children = std::any_of(all.begin(), all.end(), [&](const auto* m) {
    return m->name.starts_with(below) && (own || s.rights(m->id).has(model::right::lookup));
  });
  if (own) {
    node.subscribed = mailbox.subscribed;
    node.use = mailbox.use;
  }
  print_list(s, s.shown(mailbox.name), node, true, "", "");
}

Task<void> print_lists(Session& s, std::vector<ListLine> lines) {
  if (lines.empty()) co_return;
  auto nodes = own_names(*s.account);
  look_below(nodes);
  for (const auto& line : lines) {
    const auto found = nodes.find(line.name);
    std::string old;
    if (!line.old.empty()) Printer(old, s.utf8()).mailbox(line.old);
    print_list(s, line.name, found == nodes.end() ? Node() : found->second, true, "OLDNAME", old);
    co_await s.connection.flush_if_full();
  }
}

namespace {

struct Ask {
  std::string name;
  model::MailboxId id;
  bool selectable;
};

// What LIST RETURN asks for besides. Mailboxes of others are asked at their homes.
Task<Result<>> print_more(Session* s, const List::Return* give, std::vector<Ask> of) {
  if (give->metadata.empty() && give->status.empty() && !give->my_rights) co_return Result<>();
  if (asks_modseq(give->status)) {
    co_await s->settle();  // what it tells is of the selected mailbox
    s->enable_condstore();
  }
  for (const auto& ask : of) {
    auto reach = s->reach(ask.name, model::right::lookup);
    const auto found = co_await std::move(reach);
    if (!found || (*found)->id != ask.id) continue;     // gone since
    if (give->my_rights) print_my_rights(*s, **found);  // RFC 8440
    const bool may_read = s->rights(ask.id).has(model::right::read);
    if (!give->metadata.empty() && may_read) {  // RFC 9590
      GetMetadata entries;
      entries.entries = give->metadata;
      auto print = print_metadata(s, ask.id, std::move(entries));
      const auto printed = co_await std::move(print);
      if (!printed && printed.error().code != Errc::not_found) co_return std::unexpected(printed.error());
    }
    // RFC 5819 §2: a STATUS behind each LIST that can have one.
    if (!give->status.empty() && ask.selectable && may_read) {
      auto print = print_status(*s, ask.id, give->status);
      co_await std::move(print);
    }
    co_await s->connection.flush_if_full();
  }
  co_return Result<>();
}

}  // namespace

Task<Reply> run(Session& s, List list) {
  co_await s.go_home();
  const auto fresh = co_await s.account->refresh();
  if (!fresh) co_return reply_of(fresh.error());
  // §6.3.9: an empty pattern asks for the separator and the root of the reference.
  if (!list.extended && list.patterns.size() == 1 && list.patterns.front().empty()) {
    s.untagged("LIST (\\Noselect) \"/\" \"\"");
    co_return Reply::done();
  }
  std::vector<model::ListPattern> patterns;
  std::vector<std::string> wanted;
  for (const auto& pattern : list.patterns) {
    wanted.push_back(pattern_of(s, list.reference, pattern));
    patterns.emplace_back(wanted.back());
  }
  auto nodes = own_names(*s.account);
  auto look = list_readonly(&s, wanted);
  const auto readonly = co_await std::move(look);
  if (!readonly) co_return reply_of(readonly.error());
  if (std::any_of(wanted.begin(), wanted.end(), may_match_others)) {
    auto add = add_others(&s, &nodes);
    const auto added = co_await std::move(add);
    if (!added) co_return reply_of(added.error());
  }
  look_below(nodes);
  add_readonly(*readonly, nodes);
  std::vector<Ask> more;
  // INBOX first, then by name.
  std::vector<std::string> order;
  if (nodes.contains(std::string(model::k_inbox))) order.emplace_back(model::k_inbox);
  for (const auto& [name, node] : nodes)
    if (name != model::k_inbox) order.push_back(name);
  for (const auto& name : order) {
    if (std::none_of(patterns.begin(), patterns.end(), [&](const auto& p) { return p.matches(name); })) continue;
    const auto& node = nodes.at(name);
    const auto answer = choose(list, node);
    if (!answer.listed && answer.child_info.empty()) continue;
    const auto info = std::string_view(answer.child_info).substr(answer.child_info.empty() ? 0 : 1);
    print_list(s, name, node, list.select.subscribed || list.give.subscribed, "CHILDINFO", info);
    // RFC 5819 §2: not of each moment of the past.
    if (node.exists && node.id != model::MailboxId() && !is_readonly(node.id))
      more.push_back({name, node.id, node.selectable});
    co_await s.connection.flush_if_full();
  }
  auto print = print_more(&s, &list.give, std::move(more));
  const auto printed = co_await std::move(print);
  if (!printed) co_return reply_of(printed.error());
  co_return Reply::done();
}

// RFC 3501 §6.3.9: subscribed names; with "%" also the levels above subscribed names, as \Noselect.
Task<Reply> run(Session& s, Lsub lsub) {
  co_await s.go_home();
  const auto fresh = co_await s.account->refresh();
  if (!fresh) co_return reply_of(fresh.error());
  const model::ListPattern pattern(pattern_of(s, lsub.reference, lsub.pattern));
  std::map<std::string, bool> names;  // name → subscribed itself
  for (const auto& name : s.account->subscriptions()) {
    if (pattern.matches(name)) {
      names[name] = true;
      continue;
    }
    if (lsub.pattern.find('%') == std::string::npos) continue;
    for (auto above = model::parent_of(name); !above.empty(); above = model::parent_of(above))
      if (pattern.matches(above)) names.try_emplace(std::string(above), false);
  }
  for (const auto& [name, subscribed] : names) {
    const auto* m = s.account->find(name);
    const bool level = !subscribed || (m != nullptr && !m->selectable && s.profile.applies(Quirk::tb_lsub_flags));
    auto p = s.printer();
    p.raw(level ? "* LSUB (\\Noselect) \"/\" " : "* LSUB () \"/\" ").mailbox(name).crlf();
    co_await s.connection.flush_if_full();
  }
  co_return Reply::done();
}

}  // namespace mailstead::imap
