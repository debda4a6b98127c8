// STORE and UID STORE (RFC 9051 §6.4.6, RFC 7162 §3.1.3).
#include "base/ascii.h"
#include "base/metrics.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {
namespace {

constexpr std::size_t k_flush_messages = 256;

account::FlagChange change_of(Store::Change c) {
  switch (c) {
    case Store::Change::set:
      return account::FlagChange::set;
    case Store::Change::add:
      return account::FlagChange::add;
    case Store::Change::remove:
      return account::FlagChange::remove;
  }
  std::unreachable();
}

// MODIFIED names what the command named: UIDs, or numbers of this view.
std::string modified_set(const Session& s, const std::vector<Uid>& uids, bool uid) {
  if (uid) return UidSet::of_numbers(uids).to_string();
  SeqSet seqs;
  for (const auto u : uids)
    if (const auto seq = s.selected->view.seq_of(s.selected->rows(), u)) seqs.insert(*seq);
  return seqs.to_string();
}

}  // namespace

Task<Reply> run(Session& s, Store command) {
  if (s.selected->read_only) co_return Reply::refuse("READ-ONLY", "The mailbox was opened by EXAMINE");
  static auto& modifier_last = metrics::counter("quirks_total", "protocol=\"imap\",quirk=\"store_modifier_last\"");
  if (command.modifier_last) modifier_last.add();
  if (command.unchanged_since) s.enable_condstore();
  const auto set = s.resolve(command.set);
  if (!set) co_return Reply::wrong(set.error().detail);
  const bool expunged = s.names_expunged(*set);
  // Only what this client knows: messages that have just arrived are not meant by "*".
  const auto uids = s.present(*set);
  std::vector<Uid> known;
  known.reserve(uids.size());
  for (const auto uid : uids) known.emplace_back(uid);
  auto store = s.account->store_flags(s.selected->id(), UidSet::of_numbers(known), change_of(command.change),
                                      std::move(command.flags), command.unchanged_since, s.actor());
  const auto stored = co_await std::move(store);
  if (!stored) co_return reply_of(stored.error());
  if (!s.selected) co_return reply_of(Errc::not_found);
  const bool show_flags = !command.silent;
  s.note_own_change(*stored, show_flags);
  // RFC 7162 §3.1.3: MODSEQ is told also when .SILENT, and what those are now that were not changed.
  if (show_flags || s.condstore) {
    const auto failed = UidSet::of_numbers(stored->modified);
    std::size_t n = 0;
    for (const auto uid : uids) {
      const auto& rows = s.selected->rows();
      const auto i = rows.rank(uid);
      if (i >= rows.size() || rows.uid_at(i) != uid) continue;
      const bool kept = failed.contains(Uid(uid));
      const bool flags = show_flags || kept;
      const auto modseq = rows.at(i).modseq;
      // update() tells what others have changed.
      if ((!show_flags || kept) && modseq > s.selected->told_modseq && !s.is_own_change(uid, modseq)) continue;
      if (flags) s.announce_new_keywords();
      s.print_flags(i, command.uid || s.condstore, flags);  // RFC 7162 §3.2.4: with UID
      if (++n % k_flush_messages == 0) co_await s.connection.flush_if_full();
    }
  }
  if (!stored->modified.empty())
    co_return Reply::done("Some messages had changed",
                          cat("MODIFIED ", modified_set(s, stored->modified, command.uid)));
  co_return expunged ? Reply::done("Some messages are gone", "EXPUNGEISSUED") : Reply::done();
}

}  // namespace mailstead::imap
