// COPY and MOVE (RFC 9051 §6.4.7, §6.4.8; RFC 4315 COPYUID; RFC 6851).
#include "base/ascii.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {
namespace {

std::vector<std::uint64_t> numbers_of(const std::vector<Uid>& uids) {
  std::vector<std::uint64_t> numbers;
  for (const auto uid : uids) numbers.push_back(uid.value);
  return numbers;
}

}  // namespace

Task<Reply> run(Session& s, Copy command) {
  const bool restores = s.selected->id() == account::k_removed_mailbox;
  if (command.move && s.selected->read_only && !restores) co_return Reply::refuse("READ-ONLY", "Only to be looked at");
  if (s.selected->id() == account::k_past_mailbox)
    co_return Reply::refuse("CANNOT", "Copy it from where it is now, or from Recently removed");
  const auto set = s.resolve(command.set);
  if (!set) co_return Reply::wrong(set.error().detail);
  const bool expunged = s.names_expunged(*set);
  std::vector<Uid> known;
  for (const auto uid : s.present(*set)) known.emplace_back(uid);
  const auto* target = s.account->find(command.mailbox);
  if (target == nullptr || !target->selectable) co_return reply_of_target(Errc::not_found);
  if (known.empty())
    co_return expunged ? Reply::refuse("EXPUNGEISSUED", "The messages are gone") : Reply::done("Nothing to do");
  const auto from = s.selected->id(), to = target->id;
  auto transfer = restores       ? s.account->restore_into(numbers_of(known), to, s.actor())
                  : command.move ? s.account->move(from, UidSet::of_numbers(known), to, s.actor())
                                 : s.account->copy(from, UidSet::of_numbers(known), to, s.actor());
  const auto copied = co_await std::move(transfer);
  if (!copied) co_return reply_of_target(copied.error());
  if (copied->from.empty()) co_return Reply::refuse("EXPUNGEISSUED", "The messages are gone");
  s.note_own_arrivals(to, copied->to);
  const auto code = cat("COPYUID ", copied->uidvalidity, ' ', UidSet::of_numbers(copied->from).to_string(), ' ',
                        UidSet::of_numbers(copied->to).to_string());
  if (!command.move) co_return Reply::done(expunged ? "Copied those that are still there" : "Copied", code);
  s.untagged(cat("OK [", code, "] Moved"));  // RFC 6851 §4.3: before the EXPUNGEs, which update() sends
  if (s.condstore && s.selected)             // RFC 7162 §3.2: as for EXPUNGE
    co_return Reply::done("Moved", cat("HIGHESTMODSEQ ", s.modseq_after_command()));
  co_return Reply::done("Moved");
}

}  // namespace mailstead::imap
