// LIST and LSUB (RFC 9051 §6.3.9, §7.3.1; RFC 3348, 5258, 5819, 6154; RFC 3501 §6.3.9).
#include <algorithm>
#include <map>

#include "base/ascii.h"
#include "imap/server/names.h"
#include "imap/server/readonly.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {
namespace {

// A name as LIST sees it: a mailbox, or only a subscription.
struct Node {
  const account::Mailbox* mailbox = nullptr;
  bool subscribed = false;
  bool has_children = false;
  bool subscribed_below = false;  // RFC 5258 §3.5: CHILDINFO
  bool special_below = false;
};

std::map<std::string, Node> all_names(const account::Account& account) {
  std::map<std::string, Node> nodes;
  for (const auto* m : account.mailboxes()) nodes[m->name].mailbox = m;
  for (const auto& name : account.subscriptions()) nodes[name].subscribed = true;
  for (auto& [name, node] : nodes)
    for (auto above = model::parent_of(name); !above.empty(); above = model::parent_of(above)) {
      const auto found = nodes.find(std::string(above));
      if (found == nodes.end()) continue;
      found->second.has_children = found->second.has_children || node.mailbox != nullptr;
      found->second.subscribed_below = found->second.subscribed_below || node.subscribed;
      found->second.special_below =
          found->second.special_below || (node.mailbox != nullptr && node.mailbox->use.has_value());
    }
  return nodes;
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
  const bool use_ok = !by_use || (node.mailbox != nullptr && node.mailbox->use.has_value());
  // RFC 5258 §3.1: SUBSCRIBED lists names without a mailbox, too.
  out.listed = subscribed_ok && use_ok && (by_subscription || node.mailbox != nullptr);
  if (list.select.recursive_match && node.mailbox != nullptr) {
    if (by_subscription && node.subscribed_below) out.child_info += " \"SUBSCRIBED\"";
    if (by_use && node.special_below) out.child_info += " \"SPECIAL-USE\"";
  }
  return out;
}

// `extended`: a data item behind the name, and what it says; "" for none.
void print_list(Session& s, const std::string& name, const Node& node, bool show_subscribed, std::string_view extended,
                std::string_view argument) {
  std::vector<std::string> attributes;
  if (node.mailbox == nullptr)
    attributes.emplace_back("\\NonExistent");
  else if (!node.mailbox->selectable)
    attributes.emplace_back("\\Noselect");
  if (node.subscribed && show_subscribed) attributes.emplace_back("\\Subscribed");
  // RFC 3348: also unasked, as most clients want them and few ask.
  attributes.emplace_back(node.has_children ? "\\HasChildren" : "\\HasNoChildren");
  if (node.mailbox != nullptr && node.mailbox->use) attributes.emplace_back(model::to_string(*node.mailbox->use));
  auto p = s.printer();
  p.raw("* LIST ").flags(attributes).raw(" \"/\" ").mailbox(name);
  if (!argument.empty()) p.raw(" (\"").raw(extended).raw("\" (").raw(argument).raw("))");
  p.crlf();
}

}  // namespace

Task<void> print_lists(Session& s, std::vector<ListLine> lines) {
  if (lines.empty()) co_return;
  const auto nodes = all_names(*s.account);
  for (const auto& line : lines) {
    const auto found = nodes.find(line.name);
    std::string old;
    if (!line.old.empty()) Printer(old, s.utf8()).mailbox(line.old);
    print_list(s, line.name, found == nodes.end() ? Node() : found->second, true, "OLDNAME", old);
    co_await s.connection.flush_if_full();
  }
}

Task<Reply> run(Session& s, List list) {
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
  auto nodes = all_names(*s.account);
  auto look = list_readonly(&s, std::move(wanted));
  const auto readonly = co_await std::move(look);
  if (!readonly) co_return reply_of(readonly.error());
  for (const auto& m : *readonly) {
    auto& node = nodes[m.name];
    if (node.mailbox != nullptr) continue;  // a real one of that name
    node.mailbox = &m;
    node.has_children = !m.selectable;
  }
  std::vector<model::MailboxId> for_status, for_metadata;
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
    if (node.mailbox != nullptr && is_readonly(node.mailbox->id)) continue;  // RFC 5819 §2: not each moment's
    if (!list.give.metadata.empty() && node.mailbox != nullptr) for_metadata.push_back(node.mailbox->id);
    if (!list.give.status.empty() && node.mailbox != nullptr && node.mailbox->selectable)
      for_status.push_back(node.mailbox->id);
    co_await s.connection.flush_if_full();
  }
  for (const auto id : for_metadata) {  // RFC 9590
    GetMetadata ask;
    ask.entries = list.give.metadata;
    auto print = print_metadata(&s, id, std::move(ask));
    const auto printed = co_await std::move(print);
    if (!printed && printed.error().code != Errc::not_found) co_return reply_of(printed.error());
    co_await s.connection.flush_if_full();
  }
  // RFC 5819 §2: a STATUS behind each LIST that can have one.
  if (!for_status.empty() && asks_modseq(list.give.status)) s.enable_condstore();
  for (const auto id : for_status) {
    co_await print_status(s, id, list.give.status);
    co_await s.connection.flush_if_full();
  }
  co_return Reply::done();
}

// RFC 3501 §6.3.9: subscribed names; with "%" also the levels above subscribed names, as \Noselect.
Task<Reply> run(Session& s, Lsub lsub) {
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
