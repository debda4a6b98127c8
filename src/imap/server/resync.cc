#include "imap/server/resync.h"

#include <algorithm>

#include "base/ascii.h"
#include "imap/server/readonly.h"

namespace mailstead::imap {
namespace {

constexpr std::size_t k_ranges_a_line = 500;  // about 8 KiB
constexpr std::size_t k_flush_messages = 256;

UidSet all_of(const account::Rows& rows) {
  UidSet out;
  for (std::size_t i = 0; i < rows.size(); ++i) out.insert(Uid(rows.uid_at(i)));
  return out;
}

// §3.2.5.2: the highest UID that has the number the client thinks it has; up to it the client misses nothing. 0: none.
std::uint32_t matched_uid(const account::Rows& rows, const SeqSet& seqs, const UidSet& uids) {
  std::uint32_t best = 0;
  auto s = seqs.ranges().begin();
  auto u = uids.ranges().begin();
  std::uint64_t into_s = 0, into_u = 0;
  while (s != seqs.ranges().end() && u != uids.ranges().end()) {
    const auto seq = s->first.value + into_s, uid = u->first.value + into_u;
    if (seq > rows.size()) break;
    const std::uint64_t run = std::min(s->last.value - seq, u->last.value - uid) + 1;
    // The last of the run that fits is enough.
    for (auto i = std::min<std::uint64_t>(run, rows.size() - seq + 1); i-- > 0;)
      if (rows.uid_at(static_cast<std::size_t>(seq + i - 1)) == uid + i) {
        best = static_cast<std::uint32_t>(uid + i);
        break;
      }
    into_s += run;
    into_u += run;
    if (s->first.value + into_s > s->last.value) {
      ++s;
      into_s = 0;
    }
    if (u->first.value + into_u > u->last.value) {
      ++u;
      into_u = 0;
    }
  }
  return best;
}

UidSet up_to_uidnext(const Session& s) {
  const auto next = s.selected->mailbox->mailbox->uidnext;
  return next > 1 ? UidSet(Uid(1), Uid(next - 1)) : UidSet();
}

}  // namespace

Task<Result<>> tell_vanished(Session& s, UidSet known, ModSeq since) {
  known = known.intersect(up_to_uidnext(s));  // those still to come have not left
  if (known.empty()) co_return Result<>();
  std::optional<UidSet> left;
  if (!is_readonly(s.selected->id())) {
    auto ask = s.account->left_since(s.selected->id(), since);
    CO_TRY(left, co_await std::move(ask));
  }
  // §3.2.6: where the history ends, all that are not there have gone. Those that this client counts still will be told
  // as gone without EARLIER (§3.2.10.2).
  const auto gone =
      (left ? known.intersect(*left) : known.subtract(all_of(s.selected->rows()))).subtract(s.selected->view.pending());
  const auto& ranges = gone.ranges();
  for (std::size_t at = 0; at < ranges.size(); at += k_ranges_a_line) {
    const auto from = ranges.begin() + static_cast<std::ptrdiff_t>(at);
    const auto to = from + static_cast<std::ptrdiff_t>(std::min(k_ranges_a_line, ranges.size() - at));
    s.untagged(cat("VANISHED (EARLIER) ", UidSet::of({from, to}).to_string()));
    co_await s.connection.flush_if_full();
  }
  co_return Result<>();
}

Task<Result<>> resync(Session& s, QResync q) {
  const auto known = q.known_uids ? *std::move(q.known_uids) : up_to_uidnext(s);
  auto may_lack = known;
  if (q.match) {
    const auto uid = matched_uid(s.selected->rows(), q.match->first, q.match->second);
    if (uid != 0) may_lack = may_lack.subtract(UidSet(Uid(1), Uid(uid)));
  }
  auto tell = tell_vanished(s, std::move(may_lack), q.modseq);
  CO_TRY_VOID(co_await std::move(tell));
  const auto& rows = s.selected->rows();
  std::vector<std::uint32_t> changed;
  for (const auto i : rows.changed_since(q.modseq.value)) changed.push_back(rows.uid_at(i));
  std::size_t n = 0;
  for (const auto uid : changed) {
    const auto i = rows.rank(uid);
    if (uid > s.selected->view.last_uid().value) break;  // update() announces it
    if (i >= rows.size() || rows.uid_at(i) != uid || !known.contains(Uid(uid))) continue;
    s.announce_new_keywords();
    s.print_flags(i, true, true);
    if (++n % k_flush_messages == 0) co_await s.connection.flush_if_full();
  }
  co_return Result<>();
}

}  // namespace mailstead::imap
