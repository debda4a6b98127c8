#include "imap/server/searcher.h"

#include <algorithm>

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
      by_email_id_(asks_email_id(query_)),
      now_(s.context.clock.now()) {}

Task<Result<Found>> Searcher::run() {
  std::size_t n = 0, bytes = 0;
  for (const auto uid : uids_) {
    if (++n % k_yield_rows == 0) {
      co_await s_.account->home().yield();
      co_await s_.report_progress(n, uids_.size());
    }
    const auto* row = mailbox_->rows->find(uid);
    if (row == nullptr) continue;
    MessageSubject subject(*row, now_);
    subject.set_known(known_.get());
    if (!by_email_id_) {
      const auto decided = model::evaluate(query_, subject);
      if (decided && *decided) found_.add(*row);
      if (decided) continue;
    }
    bytes += row->size;
    undecided_.push_back(std::move(subject));
    if (undecided_.size() < k_batch_messages && bytes < k_batch_bytes) continue;
    CO_TRY_VOID(co_await decide());
    bytes = 0;
    co_await s_.report_progress(n, uids_.size());
  }
  CO_TRY_VOID(co_await decide());
  std::sort(found_.uids.begin(), found_.uids.end());
  co_return std::move(found_);
}

// Of those that nothing else has decided; what it says holds for all that come later, too.
Task<void> Searcher::ask_index() {
  if (asked_ || s_.context.index == nullptr || undecided_.size() < k_ask_messages) co_return;
  asked_ = true;
  auto questions = Known::questions(query_);
  if (questions.empty()) co_return;
  auto hits = co_await s_.context.index->ask(s_.account->id(), questions);
  if (hits == nullptr) co_return;
  known_ = std::make_unique<const Known>(std::move(questions), std::move(hits));
  for (auto& m : undecided_) m.set_known(known_.get());
  co_await evaluate_some();
}

Task<Result<>> Searcher::decide() {
  if (by_email_id_)
    for (auto& m : undecided_) {
      auto ask = s_.account->email_id(model::ContentId(m.row().content));
      CO_TRY(auto id, co_await std::move(ask));
      m.set_email_id(std::move(id));
    }
  co_await ask_index();
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

Task<Result<>> each_summary(Session& s, std::vector<std::uint32_t> uids, UseSummary use) {
  for (std::size_t at = 0; at < uids.size();) {
    std::vector<account::Row> rows;
    std::vector<model::ContentId> ids;
    for (; at < uids.size() && rows.size() < k_batch_messages; ++at) {
      const auto* row = s.selected->rows().find(uids[at]);
      if (row == nullptr) continue;
      rows.push_back(*row);
      ids.emplace_back(row->content);
    }
    auto ask = s.account->summaries(std::move(ids));
    CO_TRY(const auto summaries, co_await std::move(ask));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!summaries[i]) co_return std::unexpected(summaries[i].error());
      use(rows[i], **summaries[i]);
    }
    co_await s.report_progress(at, uids.size());
  }
  co_return Result<>();
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
