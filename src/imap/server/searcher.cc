#include "imap/server/searcher.h"

#include <algorithm>
#include <utility>

namespace mailstead::imap {
namespace {

constexpr std::size_t k_batch_messages = 256;
constexpr std::size_t k_batch_bytes = 4 * 1024 * 1024;
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

Searcher::Searcher(Session& s, const Scope& scope, model::Query query, std::vector<std::uint32_t> uids)
    : s_(s),
      mailbox_(scope.mailbox),
      uids_(std::move(uids)),
      query_(prepare(std::move(query), scope)),
      flags_(model::flag_test(query_)),
      by_email_id_(asks_email_id(query_)),
      by_digests_(!by_email_id_ && model::needs_digest(query_)),
      now_(s.context.clock.now()),
      subject_(now_) {}

Task<Result<Found>> Searcher::run() {
  std::size_t told = 0;
  for (std::size_t at = 0; at < uids_.size(); at += k_yield_rows) {
    if (at != 0) co_await s_.account->home().yield();
    if (at > told) co_await s_.report_progress(at, uids_.size());
    look_at(std::span(uids_).subspan(at, std::min(k_yield_rows, uids_.size() - at)));
    if (undecided_.empty()) continue;
    co_await ask_index();
    CO_TRY_VOID(co_await load_digests());
    auto left = std::exchange(undecided_, {});
    for (auto m = left.begin(); m != left.end();) {
      std::size_t bytes = 0;
      for (; m != left.end() && undecided_.size() < k_batch_messages && bytes < k_batch_bytes; ++m) {
        bytes += m->row().size;
        undecided_.push_back(std::move(*m));
      }
      const auto next = std::upper_bound(uids_.begin(), uids_.end(), undecided_.back().row().uid);
      CO_TRY_VOID(co_await load_messages());
      told = static_cast<std::size_t>(next - uids_.begin());
      co_await s_.report_progress(told, uids_.size());
    }
  }
  if (!std::is_sorted(found_.uids.begin(), found_.uids.end())) std::sort(found_.uids.begin(), found_.uids.end());
  co_return std::move(found_);
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
  if (known_ != nullptr && !by_email_id_) co_await evaluate_some();
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

Task<Result<>> Searcher::load_messages() {
  if (by_email_id_)
    for (auto& m : undecided_) {
      auto ask = s_.account->email_id(model::ContentId(m.row().content));
      CO_TRY(auto id, co_await std::move(ask));
      m.set_email_id(std::move(id));
    }
  CO_TRY_VOID(co_await load_summaries());
  co_await evaluate_some();
  CO_TRY_VOID(co_await load_octets());
  co_await evaluate_some();
  undecided_.clear();
  co_return Result<>();
}

Task<Result<>> Searcher::load_summaries() {
  if (undecided_.empty()) co_return Result<>();
  std::vector<model::ContentId> ids;
  for (const auto& m : undecided_) ids.emplace_back(m.row().content);
  auto ask = s_.account->summaries(std::move(ids));
  CO_TRY(auto summaries, co_await std::move(ask));
  for (std::size_t i = 0; i < undecided_.size(); ++i) {
    if (!summaries[i]) co_return std::unexpected(summaries[i].error());
    undecided_[i].set_summary(*std::move(summaries[i]));
  }
  co_return Result<>();
}

Task<Result<>> Searcher::load_octets() {
  if (undecided_.empty()) co_return Result<>();
  std::vector<model::ContentId> ids;
  for (const auto& m : undecided_) ids.emplace_back(m.row().content);
  auto ask = s_.account->read_many(std::move(ids));
  CO_TRY(auto texts, co_await std::move(ask));
  for (std::size_t i = 0; i < undecided_.size(); ++i) {
    if (!texts[i]) co_return std::unexpected(texts[i].error());
    undecided_[i].set_octets(*std::move(texts[i]));
  }
  co_return Result<>();
}

// Those that can be decided now leave undecided_.
Task<void> Searcher::evaluate_some() {
  if (undecided_.empty()) co_return;
  auto job = [&query = query_, &subjects = undecided_] {
    std::vector<std::optional<bool>> answers;
    for (const auto& m : subjects) answers.push_back(model::evaluate(query, m));
    return answers;
  };
  const auto answers = co_await offload(s_.context.runtime.cpu(), job);
  std::vector<MessageSubject> left;
  for (std::size_t i = 0; i < undecided_.size(); ++i) {
    if (answers[i] && *answers[i]) found_.add(undecided_[i].row());
    if (!answers[i]) left.push_back(std::move(undecided_[i]));
  }
  undecided_ = std::move(left);
}

Task<Result<model::DigestsRef>> digests_of(Session* s, account::MailboxRef mailbox, std::vector<std::uint32_t> uids) {
  auto out = s->account->digests(*mailbox);
  const auto all = uids.size();
  const auto places = out->places(uids);
  std::size_t i = 0;
  std::erase_if(uids, [&](std::uint32_t) { return places[i++] != model::Digests::k_none; });
  for (std::size_t at = 0; at < uids.size();) {
    const auto from = uids.begin() + static_cast<std::ptrdiff_t>(at);
    at = std::min(uids.size(), at + k_batch_messages);
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
