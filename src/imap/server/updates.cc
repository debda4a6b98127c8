// What a session tells of changes in its selected mailbox, and the messages that its commands name.
#include <algorithm>

#include "base/ascii.h"
#include "base/check.h"
#include "base/planted.h"
#include "imap/server/fetch.h"
#include "imap/server/readonly.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {
namespace {

constexpr std::size_t k_yield_messages = 256;

}  // namespace

Result<UidSet> Session::resolve(const MessageSet& set) const {
  const auto& rows = selected->rows();
  if (const auto* seqs = std::get_if<SeqSet>(&set)) {
    auto uids = selected->view.uids_of(rows, *seqs);
    if (!uids) return fail(Errc::syntax, "No such message number");
    return *std::move(uids);
  }
  if (std::holds_alternative<SavedResult>(set)) return selected->saved;
  const auto& uids = std::get<UidSet>(set);
  return uids.resolve(uids.has_star() ? selected->view.highest_uid(rows) : Uid());
}

std::vector<std::uint32_t> Session::present(const UidSet& set) const {
  const auto& rows = selected->rows();
  const auto last = selected->view.last_uid().value;
  std::vector<std::uint32_t> out;
  for (const auto& range : set.ranges())
    for (auto i = rows.rank(range.first.value); i < rows.size(); ++i) {
      const auto uid = rows.uid_at(i);
      if (uid > range.last.value || uid > last) break;
      out.push_back(uid);
    }
  return out;
}

bool Session::names_expunged(const UidSet& set) const {
  return selected->view.has_pending() && selected->view.any_pending(set);
}

model::SeqNum Session::seq_of(std::size_t row_index) const {
  const auto& view = selected->view;
  if (!view.has_pending()) return model::SeqNum(static_cast<std::uint32_t>(row_index + 1));
  const auto seq = view.seq_of(selected->rows(), Uid(selected->rows().uid_at(row_index)));
  SESSION_CHECK(seq.has_value());
  return *seq;
}

void Session::print_flag_list(const account::Row& row) {
  auto& out = connection.out();
  std::string_view gap = "(";
  const auto print = [&](std::string_view name) {
    out += gap;
    out += name;
    gap = " ";
  };
  selected->mailbox->mailbox->keywords.each_name(model::Flags{row.flags}, print);
  if (!rev2 && selected->recent.contains(Uid(row.uid))) print("\\Recent");
  out += gap == "(" ? "()" : ")";
}

void Session::print_fetch(std::uint32_t seq, std::uint32_t uid) {
  append(connection.out(), "* ", uidonly ? uid : seq, uidonly ? " UIDFETCH (" : " FETCH (");
}

void Session::print_flags(std::size_t row_index, bool uid, bool flags) {
  const auto& row = selected->rows().at(row_index);
  print_fetch(seq_of(row_index).value, row.uid);
  auto p = printer();
  std::string_view gap;
  if (uid && !uidonly) {
    p.raw("UID ").number(row.uid);
    gap = " ";
  }
  if (flags) {
    p.raw(gap).raw("FLAGS ");
    print_flag_list(row);
    gap = " ";
  }
  if (condstore) p.raw(gap).raw("MODSEQ (").number(row.modseq).raw(')');
  if (const auto found = selected->annotated.find(row.uid); flags && found != selected->annotated.end()) {
    std::string_view before = " ANNOTATION (";  // RFC 5257 §4.4: names alone
    for (const auto& entry : found->second) p.raw(std::exchange(before, " ")).astring(entry);
    p.raw(')');
    selected->annotated.erase(found);
  }
  p.raw(")\r\n");
}

void Session::note_own_change(const account::Stored& stored, bool told) {
  for (std::size_t i = 0; i < stored.changed.size(); ++i) {
    const auto uid = stored.changed[i].value;
    const auto before = stored.before[i].value;
    if (told || planted(Planted::silent_hides_others) || before <= selected->told_modseq || is_own_change(uid, before))
      own_changes_[uid] = stored.after[i].value;
  }
}

bool Session::is_own_change(std::uint32_t uid, std::uint64_t modseq) const {
  const auto found = own_changes_.find(uid);
  return found != own_changes_.end() && found->second == modseq;
}

void Session::enable_condstore() {
  if (std::exchange(condstore, true) || !selected) return;
  const auto highest = selected->mailbox->mailbox->highest_modseq;
  untagged(cat("OK [HIGHESTMODSEQ ", std::min(highest, selected->synced_modseq), "] Highest"));
}

void Session::tell_expunges() {
  auto& view = selected->view;
  if (qresync || uidonly)                                          // RFC 9586 §3.5
    untagged(cat("VANISHED ", view.take_vanished().to_string()));  // RFC 7162 §3.2.10
  else
    for (const auto seq : view.take_expunges(selected->rows())) untagged(cat(seq.value, " EXPUNGE"));
}

// RFC 9051 §7.2.6 FLAGS, §7.1 PERMANENTFLAGS. "\*": keywords are made by STORE.
void Session::announce_flags() {
  const auto& keywords = selected->mailbox->mailbox->keywords.names();
  std::vector<std::string> names{"\\Answered", "\\Flagged", "\\Deleted", "\\Seen", "\\Draft"};
  names.insert(names.end(), keywords.begin(), keywords.end());
  selected->told_keywords = keywords.size();
  auto p = printer();
  p.raw("* FLAGS ").flags(names).crlf();
  if (selected->read_only) {
    p.raw("* OK [PERMANENTFLAGS ()] Read-only mailbox\r\n");
    return;
  }
  // RFC 4314 §5.1.1: of the flags those that may be changed.
  const auto have = rights(selected->id());
  std::erase_if(names, [&](const std::string& name) { return !have.has(model::right_to_change(name)); });
  if (keywords.size() < limits::k_keywords && have.has(model::right::write)) names.emplace_back("\\*");
  p.raw("* OK [PERMANENTFLAGS ").flags(names).raw("] Flags permitted\r\n");
}

void Session::announce_new_keywords() {
  if (selected->mailbox->mailbox->keywords.names().size() != selected->told_keywords) announce_flags();
}

Task<void> Session::update(bool expunges) {
  // A failure: nothing newer can be learnt now; the next command tries again.
  (void)co_await account->refresh();
  if (!may_stay()) {
    untagged("BYE The right to read the selected mailbox was withdrawn");
    over = true;
    co_return;
  }
  if (selected && selected->id() == account::k_removed_mailbox) {
    auto reread = reread_removed(this);
    dirty_ = co_await std::move(reread) || dirty_;
  }
  if (selected && dirty_) {
    auto own = update_selected(expunges);
    co_await std::move(own);
  }
  if (over || (!notifier && !metadata)) co_return;
  co_await go_home();  // what is told from here on is of the user's own mailboxes
  tell_annotated();
  if (notifier) {
    auto others = notifier->tell(*this);
    co_await std::move(others);
  }
  co_await settle();
}

void Session::note_own_annotation(std::optional<model::MailboxId> of, const std::string& name) {
  const auto found = annotated_.find({of ? of->value : 0, name});
  if (found != annotated_.end() && found->second == 1) annotated_.erase(found);
}

void Session::note_own_annotations(const std::vector<model::MessageAnnotation>& changes, const UidSet& uids) {
  for (auto& [uid, entries] : selected->annotated)
    if (uids.contains(Uid(uid)))
      for (const auto& c : changes) entries.erase(c.entry);
  std::erase_if(selected->annotated, [](const auto& one) { return one.second.empty(); });
}

// RFC 5465 §5.6, §5.7: after NOTIFY what it asked for, else what ENABLE did.
void Session::tell_annotated() {
  for (const auto& [entry, commits] : std::exchange(annotated_, {})) {
    const auto* m = account->find(model::MailboxId(entry.first));
    if (entry.first != 0 && m == nullptr) continue;
    const bool wanted = !notifier          ? metadata
                        : entry.first == 0 ? notifier->server_metadata()
                                           : notifier->of(m->name, m->subscribed).metadata;
    if (!wanted) continue;
    auto p = printer();
    p.raw("* METADATA ");
    if (m == nullptr)
      p.raw("\"\"");
    else
      p.mailbox(m->name);
    p.space().astring(entry.second).crlf();
  }
}

void Session::set_notifier(std::unique_ptr<Notifier> next) {
  notifier = std::move(next);
  dirty_ = selected.has_value();
}

void Session::note_own_arrivals(model::MailboxId mailbox, const std::vector<Uid>& uids) {
  if (selected && account == selected->account && selected->id() == mailbox)
    for (const auto uid : uids) selected->own_arrivals.insert(uid);
  if (notifier && account == mine) notifier->skip_arrivals(*account, mailbox, uids.size());
}

void Session::note_own_names() {
  if (notifier && account == mine) notifier->skip_names(*account);
}

std::uint64_t Session::modseq_after_command() const {
  return wants_messages() && wants_flags() ? selected->mailbox->mailbox->highest_modseq : selected->synced_modseq;
}

Task<void> Session::tell_arrivals(std::uint32_t from, UidSet own) {
  const auto last = selected->view.last_uid().value;
  if (!notifier || notifier->items().empty() || last < from) co_return;
  Fetch fetch;
  fetch.items = notifier->items();
  if (condstore && std::none_of(fetch.items.begin(), fetch.items.end(),
                                [](const FetchItem& i) { return i.attr == FetchAttr::modseq; }))
    fetch.items.push_back({.attr = FetchAttr::modseq, .section = {}, .partial = {}});  // RFC 7162 §3.1
  fetch.uid = condstore;
  Fetcher fetcher(*this, std::move(fetch));
  auto work = fetcher.run(present(UidSet(Uid(from), Uid(last)).subtract(own)));
  (void)co_await std::move(work);  // what cannot be read now can be asked for later
}

Task<void> Session::update_selected(bool expunges) {
  auto& s = *selected;
  const auto& rows = s.rows();
  if (expunges && s.view.has_pending()) {
    tell_contexts_of_expunges(*this);
    tell_expunges();
  }
  if (s.deleted) {
    // The name may already be another mailbox: nothing this client knows of holds any more.
    untagged("BYE The selected mailbox was deleted");
    over = true;
    co_return;
  }
  announce_new_keywords();

  // Flags, of messages the client knows; what this session did itself it has told already.
  const auto told_until = s.view.last_uid().value;
  std::vector<std::uint32_t> changed;
  if (wants_flags()) {  // RFC 5465 §3.1: else they accumulate
    const auto since = std::exchange(s.told_modseq, account->version());
    for (const auto i : rows.changed_since(since)) {
      const auto& row = rows.at(i);
      if (row.uid > told_until) break;
      if (!is_own_change(row.uid, row.modseq)) changed.push_back(row.uid);
    }
    own_changes_ = {};
    std::erase_if(s.annotated,
                  [&](const auto& one) { return !std::binary_search(changed.begin(), changed.end(), one.first); });
  }
  dirty_ = s.view.has_pending();

  const auto arrived_from = told_until + 1;
  const auto exists = hears_arrivals() ? s.view.announce(rows) : std::nullopt;
  if (!hears_arrivals() && wants_messages() && rows.size() > 0 && rows.uid_at(rows.size() - 1) > told_until)
    dirty_ = profile.applies(Quirk::delay_newmail);
  const auto own = exists ? std::exchange(s.own_arrivals, {}) : UidSet();
  if (exists) {
    untagged(cat(*exists, " EXISTS"));
    if (!rev2) {
      if (!s.read_only && account == mine) {
        const auto first = account->claim_recent(s.id()).value;
        const auto last = s.view.last_uid().value;
        if (first <= last && last >= arrived_from) s.recent.insert(Uid(std::max(first, arrived_from)), Uid(last));
      }
      untagged(cat(present(s.recent).size(), " RECENT"));
    }
    auto arrivals = tell_arrivals(arrived_from, own);
    co_await std::move(arrivals);
  }
  for (std::size_t n = 0; n < changed.size(); ++n) {
    const auto i = rows.rank(changed[n]);
    if (i >= rows.size() || rows.uid_at(i) != changed[n]) continue;  // gone since; it is pending
    announce_new_keywords();
    print_flags(i, condstore || rev2 || notifier, true);  // RFC 5465 §5.1: with UID
    if ((n + 1) % k_yield_messages == 0) co_await connection.flush_if_full();
  }
  if (!s.contexts.empty() && wants_messages()) {
    auto contexts = tell_contexts(*this, arrived_from, own);
    co_await std::move(contexts);
  }
  // RFC 7162 §3.2: what the client may remember when it has seen a MODSEQ above that of an EXPUNGE that has to wait.
  if (!s.view.has_pending())
    s.synced_modseq = s.told_modseq;
  else if (condstore && wants_messages() && (!idling || exists || !changed.empty()))
    untagged(cat("OK [HIGHESTMODSEQ ", s.synced_modseq, "] Some messages are gone"));
}

}  // namespace mailstead::imap
