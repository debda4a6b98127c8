// COPY and MOVE (RFC 9051 §6.4.7, §6.4.8; RFC 4315 COPYUID; RFC 6851; RFC 4314 §4).
#include "base/ascii.h"
#include "imap/server/annotations.h"
#include "imap/server/message_limit.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {
namespace {

namespace right = model::right;

constexpr std::size_t k_batch_bytes = 16 * 1024 * 1024;  // of messages on their way from one account to another

std::vector<std::uint64_t> numbers_of(const std::vector<Uid>& uids) {
  std::vector<std::uint64_t> numbers;
  for (const auto uid : uids) numbers.push_back(uid.value);
  return numbers;
}

struct Target {
  std::string name;  // as the client gave it
  model::MailboxId id;
};

struct Batch {
  std::vector<Uid> uids;
  std::vector<account::NewMessage> messages;
  std::vector<std::string> octets;  // what `messages` refer to
};

// The next of `uids` from `at` on, as they are in the selected mailbox.
Task<Result<Batch>> read_batch(Session* s, const std::vector<Uid>* uids, std::size_t* at, model::Rights may) {
  Batch out;
  std::vector<model::ContentId> contents;
  std::size_t bytes = 0;
  for (; *at < uids->size() && bytes < k_batch_bytes && contents.size() < limits::k_commit_messages; ++*at) {
    const auto uid = uids->at(*at);
    const auto* row = s->selected->rows().find(uid.value);
    if (row == nullptr) continue;
    bytes += row->size;
    account::NewMessage m{};
    m.flags = s->selected->mailbox->mailbox->keywords.names(model::Flags{row->flags} & model::flags_allowed(may));
    m.internal_date = row->internal_date;
    m.internal_zone = row->internal_zone;
    out.uids.push_back(uid);
    out.messages.push_back(std::move(m));
    contents.emplace_back(row->content);
  }
  auto read = s->account->read_many(std::move(contents));
  CO_TRY(auto texts, co_await std::move(read));
  for (auto& text : texts) {
    if (!text) co_return std::unexpected(text.error());
    out.octets.push_back(*std::move(text));
  }
  for (std::size_t i = 0; i < out.octets.size(); ++i) out.messages[i].content = out.octets[i];
  auto notes = annotations_of(s, s->selected->id(), UidSet::of_numbers(out.uids));
  CO_TRY(auto annotated, co_await std::move(notes));
  for (std::size_t i = 0; auto& one : annotated) {
    while (i < out.uids.size() && out.uids[i].value != one.uid) ++i;
    if (i == out.uids.size()) break;
    // RFC 5257 §4.6: those that may be stored there.
    std::erase_if(one.annotations, [&](const auto& a) { return !may.has(a.shared ? right::annotate : right::read); });
    out.messages[i].annotations = std::move(one.annotations);
    out.messages[i].annotator = s->identity.name;
  }
  co_return out;
}

// To a mailbox of another account. What came over is there before anything is taken away; after a failure half way the
// copies made are taken back (RFC 9051 §6.4.7). A crash between leaves a message in both, never in none.
Task<Result<account::Copied>> carry(Session* s, std::vector<Uid> uids, Target to, bool move) {
  const auto from = s->selected->id();
  account::Copied out{};
  std::optional<Error> error;
  for (std::size_t at = 0; at < uids.size() && !error;) {
    auto look = s->reach(to.name, right::insert);
    const auto m = co_await std::move(look);
    if (!m || (*m)->id != to.id) {
      error = m ? Error(Errc::not_found) : m.error();
      break;
    }
    const auto may = s->rights(to.id);
    co_await s->settle();
    auto read = read_batch(s, &uids, &at, may);
    auto batch = co_await std::move(read);
    if (!batch || batch->messages.empty()) {
      if (!batch) error = batch.error();
      continue;
    }
    auto again = s->reach(to.name, right::insert);
    const auto there = co_await std::move(again);
    if (!there) {
      error = there.error();
      break;
    }
    auto append = s->account->append(to.id, std::move(batch->messages), s->actor());
    const auto appended = co_await std::move(append);
    if (!appended) {
      error = appended.error();
      break;
    }
    out.uidvalidity = appended->uidvalidity;
    out.from.insert(out.from.end(), batch->uids.begin(), batch->uids.end());
    out.to.insert(out.to.end(), appended->uids.begin(), appended->uids.end());
  }
  if (error && !out.to.empty()) {
    auto go = s->go_to(to.name);
    if (co_await std::move(go)) {
      auto undo = s->account->expunge(to.id, UidSet::of_numbers(out.to), false, s->actor());
      (void)co_await std::move(undo);
    }
  }
  if (!error) s->note_own_arrivals(to.id, out.to);
  co_await s->settle();
  if (error) co_return std::unexpected(*error);
  if (move && !out.from.empty()) {
    auto expunge = s->account->expunge(from, UidSet::of_numbers(out.from), false, s->actor());
    CO_TRY_VOID(co_await std::move(expunge));
  }
  co_return out;
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
  auto uids = s.present(*set);
  std::string cut;
  if (command.move)
    cut = keep_highest(s, uids);
  else if (auto above = refuse_above(save_limit(s), uids.size()))
    co_return *std::move(above);
  std::vector<Uid> known;
  for (const auto uid : uids) known.emplace_back(uid);
  const auto from = s.selected->id();
  // RFC 6851 §4.4: MOVE takes away as STORE and EXPUNGE do.
  if (command.move && !s.rights(from).has(right::remove_message | right::expunge))
    co_return reply_of(Errc::no_permission);
  auto look = s.reach(command.mailbox, right::insert);
  const auto target = co_await std::move(look);
  if (!target) co_return reply_of_target(target.error());
  if (!(*target)->selectable) co_return reply_of_target(Errc::not_found);
  const auto to = (*target)->id;
  // RFC 5257 §4.6: of the annotations those that may be stored there; private ones are this user's alone.
  const auto have = s.rights(to);
  const account::Keep keep{model::flags_allowed(have), have.has(right::annotate),
                           have.has(right::read) ? s.identity.name : std::string()};
  const bool across = s.account != s.selected->account;
  co_await s.settle();
  if (known.empty())
    co_return expunged ? Reply::refuse("EXPUNGEISSUED", "The messages are gone") : Reply::done("Nothing to do");
  auto transfer = restores       ? s.account->restore_into(numbers_of(known), to, s.actor())
                  : across       ? carry(&s, std::move(known), {std::move(command.mailbox), to}, command.move)
                  : command.move ? s.account->move(from, UidSet::of_numbers(known), to, s.actor(), keep)
                                 : s.account->copy(from, UidSet::of_numbers(known), to, s.actor(), keep);
  const auto copied = co_await std::move(transfer);
  if (!copied) co_return reply_of_target(copied.error());
  if (copied->from.empty()) co_return Reply::refuse("EXPUNGEISSUED", "The messages are gone");
  if (!across) s.note_own_arrivals(to, copied->to);
  const auto code = cat("COPYUID ", copied->uidvalidity, ' ', UidSet::of_numbers(copied->from).to_string(), ' ',
                        UidSet::of_numbers(copied->to).to_string());
  if (!command.move) co_return Reply::done(expunged ? "Copied those that are still there" : "Copied", code);
  s.untagged(cat("OK [", code, "] Moved"));  // RFC 6851 §4.3: before the EXPUNGEs, which update() sends
  if (s.condstore && s.selected)             // RFC 7162 §3.2: as for EXPUNGE
    co_return cut_short(s, Reply::done("Moved", cat("HIGHESTMODSEQ ", s.modseq_after_command())), cut);
  co_return cut_short(s, Reply::done("Moved"), cut);
}

}  // namespace mailstead::imap
