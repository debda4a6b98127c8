// What a session tells of changes in its selected mailbox, and the messages that its commands name.
#include <algorithm>

#include "base/ascii.h"
#include "base/check.h"
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
  return uids.resolve(uids.has_star() ? selected->view.last_uid() : Uid());
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

std::vector<std::string> Session::flag_names(const account::Row& row) const {
  auto names = selected->mailbox->mailbox->keywords.names(model::Flags{row.flags});
  if (!rev2 && selected->recent.contains(Uid(row.uid))) names.emplace_back("\\Recent");
  return names;
}

void Session::print_flags(std::size_t row_index, bool uid, bool flags) {
  const auto& row = selected->rows().at(row_index);
  auto p = printer();
  p.raw("* ").number(seq_of(row_index).value).raw(" FETCH (");
  std::string_view gap;
  if (uid) {
    p.raw("UID ").number(row.uid);
    gap = " ";
  }
  if (flags) {
    p.raw(gap).raw("FLAGS ").flags(flag_names(row));
    gap = " ";
  }
  if (condstore) p.raw(gap).raw("MODSEQ (").number(row.modseq).raw(')');
  p.raw(")\r\n");
}

void Session::note_own_change(const account::Stored& stored) {
  if (stored.changed.empty()) return;
  own_changes_.push_back({UidSet::of_numbers(stored.changed), stored.modseq.value});
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
  if (keywords.size() < limits::k_keywords) names.emplace_back("\\*");
  p.raw("* OK [PERMANENTFLAGS ").flags(names).raw("] Flags permitted\r\n");
}

void Session::announce_new_keywords() {
  if (selected->mailbox->mailbox->keywords.names().size() != selected->told_keywords) announce_flags();
}

Task<void> Session::update(bool expunges) {
  const auto fresh = co_await account->refresh();
  if (!fresh) co_return;  // nothing new can be learnt now; the next command tries again
  if (!selected || !dirty_) co_return;
  auto& s = *selected;
  const auto& rows = s.rows();
  if (expunges && s.view.has_pending())
    for (const auto seq : s.view.take_expunges(rows)) untagged(cat(seq.value, " EXPUNGE"));
  if (s.deleted) {
    // The name may already be another mailbox: nothing this client knows of holds any more.
    untagged("BYE The selected mailbox was deleted");
    over = true;
    co_return;
  }
  announce_new_keywords();

  // Flags, of messages the client knows; what this session did itself it has told already.
  const auto told_until = s.view.last_uid().value;
  const auto since = s.told_modseq;
  s.told_modseq = account->version();
  std::vector<std::uint32_t> changed;
  for (const auto i : rows.changed_since(since)) {
    const auto& row = rows.at(i);
    if (row.uid > told_until) break;
    const bool own = std::any_of(own_changes_.begin(), own_changes_.end(), [&](const OwnChange& c) {
      return row.modseq <= c.modseq && c.uids.contains(Uid(row.uid));
    });
    if (!own) changed.push_back(row.uid);
  }
  own_changes_.clear();
  dirty_ = s.view.has_pending();

  const auto arrived_from = told_until + 1;
  if (const auto exists = s.view.announce(rows)) {
    untagged(cat(*exists, " EXISTS"));
    if (!rev2) {
      if (!s.read_only) {
        const auto first = account->claim_recent(s.id()).value;
        const auto last = s.view.last_uid().value;
        if (first <= last && last >= arrived_from) s.recent.insert(Uid(std::max(first, arrived_from)), Uid(last));
      }
      untagged(cat(present(s.recent).size(), " RECENT"));
    }
  }
  for (std::size_t n = 0; n < changed.size(); ++n) {
    const auto i = rows.rank(changed[n]);
    if (i >= rows.size() || rows.uid_at(i) != changed[n]) continue;  // gone since; it is pending
    announce_new_keywords();
    print_flags(i, condstore || rev2, true);
    if ((n + 1) % k_yield_messages == 0) co_await connection.flush_if_full();
  }
}

}  // namespace mailstead::imap
