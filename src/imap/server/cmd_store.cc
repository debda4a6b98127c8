// STORE and UID STORE (RFC 9051 §6.4.6, RFC 7162 §3.1.3).
#include <algorithm>

#include "base/ascii.h"
#include "base/metrics.h"
#include "imap/server/annotations.h"
#include "imap/server/message_limit.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {
namespace {

constexpr std::size_t k_flush_messages = 256;
constexpr std::size_t k_stores_at_once = 256;

struct Job {
  std::string tag;
  Store command;
  bool expunged = false;            // it names messages that are gone
  std::vector<std::uint32_t> uids;  // that this client knows: those that have just arrived are not meant by "*"
  std::string cut;                  // RFC 9738: there were more
};

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

// RFC 4314 §4: "s" for \Seen, "t" for \Deleted, "w" for any other. As long as one of the flags named may be changed the
// others are left as they are: clients do not cope with a NO.
bool narrow_to_rights(const Session& s, Store& command) {
  const auto have = s.rights(s.selected->id());
  const bool named = !command.flags.empty();
  std::erase_if(command.flags, [&](const auto& name) { return !have.has(model::right_to_change(name)); });
  if (named) return !command.flags.empty();
  return command.change != Store::Change::set ||
         have.any(model::right::seen | model::right::remove_message | model::right::write);
}

// syntax: no such number. no_permission: none of the flags may be changed.
Result<Job> prepare(const Session& s, std::string tag, Store command) {
  TRY(const auto set, s.resolve(command.set));
  Job job{std::move(tag), std::move(command), s.names_expunged(set), s.present(set), {}};
  job.cut = keep_highest(s, job.uids);
  if (job.command.annotations.empty() && !narrow_to_rights(s, job.command)) return fail(Errc::no_permission);
  return job;
}

// The STOREs that the client has sent behind the first share its commit, as long as they are of the same form (what UID
// STORE lets be told changes sequence numbers) and concern other messages.
void add_followers(Session& s, std::vector<Job>& jobs) {
  if (s.ahead() == nullptr) return;
  auto named = UidSet::of_numbers(jobs.front().uids);
  while (jobs.size() < k_stores_at_once) {
    const auto* raw = s.ahead();
    if (raw == nullptr || !raw->literals.empty() || command_word(raw->text) != "STORE") return;
    auto copy = *raw;
    auto command = parse(copy, s.parse_context());
    auto* store = command ? std::get_if<Store>(&*command) : nullptr;
    if (store == nullptr || store->uid != jobs.front().command.uid || !store->annotations.empty()) return;
    auto job = prepare(s, std::string(tag_of(raw->text)), std::move(*store));
    if (!job) return;
    const auto uids = UidSet::of_numbers(job->uids);
    if (!uids.intersect(named).empty()) return;
    named = named.unite(uids);
    s.take_ahead();
    jobs.push_back(*std::move(job));
  }
}

Task<Reply> tell(Session& s, const Job& job, const account::Stored& stored) {
  const bool show_flags = !job.command.silent;
  // RFC 7162 §3.1.3: MODSEQ is told also when .SILENT, and what those are now that were not changed.
  if (show_flags || s.condstore) {
    const auto failed = UidSet::of_numbers(stored.modified);
    std::size_t n = 0;
    for (const auto uid : job.uids) {
      const auto& rows = s.selected->rows();
      const auto i = rows.rank(uid);
      if (i >= rows.size() || rows.uid_at(i) != uid) continue;
      const bool kept = failed.contains(Uid(uid));
      const bool flags = show_flags || kept;
      const auto modseq = rows.at(i).modseq;
      // update() tells what others have changed.
      if ((!show_flags || kept) && modseq > s.selected->told_modseq && !s.is_own_change(uid, modseq)) continue;
      if (flags) s.announce_new_keywords();
      s.print_flags(i, job.command.uid || s.condstore, flags);  // RFC 7162 §3.2.4: with UID
      if (++n % k_flush_messages == 0) co_await s.connection.flush_if_full();
    }
  }
  if (!stored.modified.empty())
    co_return Reply::done("Some messages had changed",
                          cat("MODIFIED ", modified_set(s, stored.modified, job.command.uid)));
  co_return job.expunged ? Reply::done("Some messages are gone", "EXPUNGEISSUED") : Reply::done();
}

// RFC 5257 §4.5.
Task<Reply> annotate(Session& s, Job job) {
  const auto& changes = job.command.annotations;
  if (!s.rights(s.selected->id()).has(rights_to_store(changes))) co_return reply_of(Errc::no_permission);
  auto look = have_parts(&s, job.uids, parts_of(changes));
  const auto there = co_await std::move(look);
  if (!there) co_return reply_of(there.error());
  if (!*there) co_return Reply::wrong("No such part");
  if (job.command.unchanged_since) s.enable_condstore();
  auto store = s.account->store_annotations(
      s.selected->id(), {UidSet::of_numbers(job.uids), changes, s.identity.name, job.command.unchanged_since},
      s.actor());
  const auto stored = co_await std::move(store);
  if (!stored) co_return reply_of_annotations(stored.error());
  if (!s.selected) co_return reply_of(Errc::not_found);
  s.note_own_change(*stored, false);
  s.note_own_annotations(changes, UidSet::of_numbers(stored->changed));
  auto telling = tell(s, job, *stored);
  co_return cut_short(s, co_await std::move(telling), job.cut);
}

}  // namespace

Task<Reply> run(Session& s, Store command) {
  static auto& modifier_last = metrics::counter("quirks_total", "protocol=\"imap\",quirk=\"store_modifier_last\"");
  // RFC 5257 §3.4: what is the user's own, where nothing else can be changed.
  if (command.annotations.empty() ? s.selected->read_only : s.selected->examined)
    co_return Reply::refuse("READ-ONLY", "Only to be looked at");
  auto first = prepare(s, s.tag, std::move(command));
  if (!first && first.error().code == Errc::no_permission) co_return reply_of(Errc::no_permission);
  if (!first) co_return Reply::wrong(first.error().detail);
  if (!first->command.annotations.empty()) {
    auto work = annotate(s, *std::move(first));
    co_return co_await std::move(work);
  }
  std::vector<Job> jobs;
  jobs.push_back(*std::move(first));
  add_followers(s, jobs);
  // What FLAGS would take away needs a right, too.
  const auto may = model::flags_allowed(s.rights(s.selected->id()));
  std::vector<account::FlagStore> stores;
  for (auto& job : jobs) {
    if (job.command.modifier_last) modifier_last.add();
    if (job.command.unchanged_since) s.enable_condstore();
    stores.push_back({UidSet::of_numbers(job.uids), change_of(job.command.change), std::move(job.command.flags),
                      job.command.unchanged_since, may});
  }
  auto store = s.account->store_flags(s.selected->id(), std::move(stores), s.actor());
  const auto stored = co_await std::move(store);
  if (s.selected)
    for (std::size_t i = 0; i < jobs.size(); ++i)
      if (stored[i]) s.note_own_change(*stored[i], !jobs[i].command.silent);
  for (std::size_t i = 0;; ++i) {
    auto reply = reply_of(Errc::not_found);
    if (!stored[i]) {
      reply = reply_of(stored[i].error());
    } else if (s.selected) {
      auto telling = tell(s, jobs[i], *stored[i]);
      reply = cut_short(s, co_await std::move(telling), jobs[i].cut);
    }
    if (i + 1 == jobs.size()) co_return reply;
    co_await s.answer(std::move(reply), jobs[i].command.uid && s.wants_messages());
    s.tag = std::move(jobs[i + 1].tag);
  }
}

}  // namespace mailstead::imap
