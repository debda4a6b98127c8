#include "imap/server/searcher.h"

#include <algorithm>
#include <utility>

#include "imap/server/ahead.h"
#include "imap/server/annotations.h"

namespace mailstead::imap {
namespace {

constexpr std::size_t k_batch_messages = 64;
constexpr std::size_t k_batch_bytes = 256 * 1024;  // what one frees, the next uses, while it is in the cache
constexpr std::size_t k_batches = 4;
constexpr std::size_t k_ahead_bytes = 4 * 1024 * 1024;  // then no other batch is begun: some messages are large
constexpr std::size_t k_digests = 256;
constexpr std::size_t k_yield_rows = 4096;
constexpr std::size_t k_ask_messages = 16;  // fewer are looked at without the index

bool asks_email_id(const model::Query& q) {
  const auto in = [](const std::vector<model::Query>& of) { return std::any_of(of.begin(), of.end(), asks_email_id); };
  if (const auto* a = std::get_if<model::key::And>(&q.node)) return in(a->of);
  if (const auto* o = std::get_if<model::key::Or>(&q.node)) return in(o->of);
  if (const auto* n = std::get_if<model::key::Not>(&q.node)) return in(n->of);
  if (const auto* f = std::get_if<model::key::Fuzzy>(&q.node)) return in(f->of);
  const auto* id = std::get_if<model::key::ObjectId>(&q.node);
  return id != nullptr && !id->thread;
}

}  // namespace

void Found::add(const account::Row& row) {
  uids.push_back(row.uid);
  modseq = std::max(modseq, row.modseq);
}

Searcher::Searcher(Session& s, const Scope& scope, model::Query query, std::optional<std::vector<std::uint32_t>> among)
    : s_(s),
      mailbox_(scope.mailbox),
      query_(prepare(std::move(query), scope)),
      flags_(model::flag_test(query_)),
      uids_(among ? *std::move(among) : scope.uids(flags_)),
      by_email_id_(asks_email_id(query_)),
      by_digests_(!by_email_id_ && model::needs_digest(query_)),
      now_(s.context.clock.now()),
      subject_(now_) {}

Task<Result<Found>> Searcher::run() {
  if (model::needs_annotations(query_)) {
    auto find = find_annotated(&s_, mailbox_, std::move(query_));
    CO_TRY(query_, co_await std::move(find));
  }
  for (std::size_t at = 0; at < uids_.size(); at += k_yield_rows) {
    if (at != 0) co_await s_.account->home().yield();
    if (at > told_) co_await s_.report_progress(at, uids_.size());
    look_at(std::span(uids_).subspan(at, std::min(k_yield_rows, uids_.size() - at)));
    if (undecided_.empty()) continue;
    co_await ask_index();
    CO_TRY_VOID(co_await load_digests());
    taken_ = 0;
    auto work = work_ahead<Batch>(this, k_batches);
    CO_TRY_VOID(co_await std::move(work));
    undecided_.clear();
  }
  if (!std::is_sorted(found_.uids.begin(), found_.uids.end())) std::sort(found_.uids.begin(), found_.uids.end());
  co_return std::move(found_);
}

bool Searcher::take(Batch& out) {
  if (ahead_bytes_ >= k_ahead_bytes) return false;
  for (; taken_ < undecided_.size() && out.messages.size() < k_batch_messages && out.bytes < k_batch_bytes; ++taken_) {
    auto& m = undecided_[taken_];
    out.bytes += m.row().size;
    out.last_uid = m.row().uid;
    out.messages.push_back(std::move(m));
  }
  ahead_bytes_ += out.bytes;
  return !out.messages.empty();
}

Task<void> Searcher::begin(Batch& batch) {
  auto work = decide_whole(batch.messages);
  batch.done = co_await std::move(work);
}

Task<Result<bool>> Searcher::finish(Batch& batch) {
  ahead_bytes_ -= batch.bytes;
  CO_TRY_VOID(std::move(batch.done));
  told_ = static_cast<std::size_t>(std::upper_bound(uids_.begin(), uids_.end(), batch.last_uid) - uids_.begin());
  co_await s_.report_progress(told_, uids_.size());
  co_return true;
}

// By what is in memory.
void Searcher::look_at(std::span<const std::uint32_t> some) {
  std::vector<std::uint32_t> places;
  if (by_digests_) {
    subject_.let_go();
    digests_ = nullptr;  // what is too much to be kept goes now
    digests_ = s_.account->digests(*mailbox_);
    subject_.use(digests_);
    places = digests_->places(some);
  }
  for (std::size_t i = 0; i < some.size(); ++i)
    if (const auto* row = mailbox_->rows->find(some[i])) decide(*row, by_digests_ ? places[i] : model::Digests::k_none);
}

void Searcher::decide(const account::Row& row, std::uint32_t place) {
  if (!flags_.passes({row.flags})) return;
  std::optional<bool> decided;
  if (flags_.all) {
    decided = true;
  } else if (!by_email_id_) {
    subject_.set(row, place);
    decided = model::evaluate(query_, subject_);
  }
  if (decided && *decided) found_.add(row);
  if (!decided) undecided_.emplace_back(row, now_).set_known(known_.get());
}

// Of those that nothing else has decided; what it says holds for all that come later, too.
Task<void> Searcher::ask_index() {
  if (!asked_ && s_.context.index != nullptr && undecided_.size() >= k_ask_messages) {
    asked_ = true;
    auto questions = Known::questions(query_);
    if (questions.empty()) co_return;
    auto hits = co_await s_.context.index->ask(s_.account->id(), questions);
    if (hits == nullptr) co_return;
    known_ = std::make_unique<const Known>(std::move(questions), std::move(hits));
    for (auto& m : undecided_) m.set_known(known_.get());
  }
  if (known_ != nullptr && !by_email_id_) co_await evaluate_some(undecided_);
}

Task<Result<>> Searcher::load_digests() {
  if (!by_digests_ || undecided_.empty()) co_return Result<>();
  std::vector<std::uint32_t> uids;
  for (const auto& m : undecided_) uids.push_back(m.row().uid);
  auto ask = s_.account->digest(mailbox_, digests_, uids);
  CO_TRY_VOID(co_await std::move(ask));
  const auto places = digests_->places(uids);
  const auto some = std::exchange(undecided_, {});
  for (std::size_t i = 0; i < some.size(); ++i) decide(some[i].row(), places[i]);
  co_return Result<>();
}

Task<Result<>> Searcher::decide_whole(std::vector<MessageSubject>& messages) {
  if (by_email_id_)
    for (auto& m : messages) {
      auto ask = s_.account->email_id(model::ContentId(m.row().content));
      CO_TRY(auto id, co_await std::move(ask));
      m.set_email_id(std::move(id));
    }
  CO_TRY_VOID(co_await load_summaries(messages));
  co_await evaluate_some(messages);
  CO_TRY_VOID(co_await load_octets(messages));
  co_await evaluate_some(messages);
  co_return Result<>();
}

Task<Result<>> Searcher::load_summaries(std::vector<MessageSubject>& messages) {
  std::vector<model::ContentId> ids;
  for (const auto& m : messages) ids.emplace_back(m.row().content);
  auto ask = s_.account->summaries(std::move(ids));
  CO_TRY(auto summaries, co_await std::move(ask));
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (!summaries[i]) co_return std::unexpected(summaries[i].error());
    messages[i].set_summary(*std::move(summaries[i]));
  }
  co_return Result<>();
}

Task<Result<>> Searcher::load_octets(std::vector<MessageSubject>& messages) {
  if (messages.empty()) co_return Result<>();
  std::vector<model::ContentId> ids;
  for (const auto& m : messages) ids.emplace_back(m.row().content);
  auto ask = s_.account->read_many(std::move(ids));
  CO_TRY(auto texts, co_await std::move(ask));
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (!texts[i]) co_return std::unexpected(texts[i].error());
    messages[i].set_octets(*std::move(texts[i]));
  }
  co_return Result<>();
}

Task<void> Searcher::evaluate_some(std::vector<MessageSubject>& messages) {
  if (messages.empty()) co_return;
  auto job = [&query = query_, &subjects = messages] {
    std::vector<std::optional<bool>> answers;
    for (const auto& m : subjects) answers.push_back(model::evaluate(query, m));
    return answers;
  };
  const auto answers = co_await offload(s_.context.runtime.cpu(), job);
  std::vector<MessageSubject> left;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (answers[i] && *answers[i]) found_.add(messages[i].row());
    if (!answers[i]) left.push_back(std::move(messages[i]));
  }
  messages = std::move(left);
}

Task<Result<model::DigestsRef>> digests_of(Session* s, account::MailboxRef mailbox, std::vector<std::uint32_t> uids) {
  auto out = s->account->digests(*mailbox);
  const auto all = uids.size();
  const auto places = out->places(uids);
  std::size_t i = 0;
  std::erase_if(uids, [&](std::uint32_t) { return places[i++] != model::Digests::k_none; });
  for (std::size_t at = 0; at < uids.size();) {
    const auto from = uids.begin() + static_cast<std::ptrdiff_t>(at);
    at = std::min(uids.size(), at + k_digests);
    auto read = s->account->digest(mailbox, out, {from, uids.begin() + static_cast<std::ptrdiff_t>(at)});
    CO_TRY_VOID(co_await std::move(read));
    co_await s->report_progress(all - uids.size() + at, all);
  }
  co_return out;
}

Task<Result<Scores>> relevancy(Session& s, Scope scope, model::Query query, std::vector<std::uint32_t> uids) {
  std::sort(uids.begin(), uids.end());
  Searcher exact(s, scope, model::without_fuzzy(std::move(query)), uids);
  auto work = exact.run();
  CO_TRY(const auto found, co_await std::move(work));
  Scores out;
  for (const auto u : uids) out[u] = k_score_loose;
  for (const auto u : found.uids) out[u] = k_score_exact;
  co_return out;
}

}  // namespace mailstead::imap
