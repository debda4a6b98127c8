// SEARCH and UID SEARCH (RFC 9051 §6.4.4, §7.3.4; RFC 4731 ESEARCH, 5182 SAVE, 7162 §3.1.5). Rows decide what they can;
// for the rest summaries and then octets are loaded, a batch at a time, and looked through in the cpu pool.
#include <algorithm>

#include "base/ascii.h"
#include "imap/server/search_subject.h"

namespace mailstead::imap {
namespace {

constexpr std::size_t k_batch_messages = 256;
constexpr std::size_t k_batch_bytes = 4 * 1024 * 1024;
constexpr std::size_t k_yield_rows = 4096;

struct Found {
  std::vector<std::uint32_t> uids;
  std::uint64_t modseq = 0;  // the highest among them

  void add(const account::Row& row) {
    uids.push_back(row.uid);
    modseq = std::max(modseq, row.modseq);
  }
};

class Searcher {
 public:
  Searcher(Session& s, model::Query query)
      : s_(s), query_(prepare(std::move(query), s)), by_email_id_(asks_email_id(query_)), now_(s.context.clock.now()) {}

  Task<Result<Found>> run() {
    const auto uids = s_.present(UidSet(Uid(1), Uid(UINT32_MAX)));
    std::size_t n = 0, bytes = 0;
    for (const auto uid : uids) {
      if (++n % k_yield_rows == 0) co_await s_.account->home().yield();
      const auto* row = s_.selected->rows().find(uid);
      if (row == nullptr) continue;
      MessageSubject subject(*row, now_);
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
    }
    CO_TRY_VOID(co_await decide());
    std::sort(found_.uids.begin(), found_.uids.end());
    co_return std::move(found_);
  }

 private:
  static bool asks_email_id(const model::Query& q) {
    const auto in = [](const std::vector<model::Query>& of) {
      return std::any_of(of.begin(), of.end(), asks_email_id);
    };
    if (const auto* a = std::get_if<model::key::And>(&q.node)) return in(a->of);
    if (const auto* o = std::get_if<model::key::Or>(&q.node)) return in(o->of);
    if (const auto* n = std::get_if<model::key::Not>(&q.node)) return in(n->of);
    const auto* id = std::get_if<model::key::ObjectId>(&q.node);
    return id != nullptr && !id->thread;
  }

  Task<Result<>> decide() {
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

  Task<Result<>> load_summaries() {
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

  Task<Result<>> load_octets() {
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
  Task<void> evaluate_some() {
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

  Session& s_;
  const model::Query query_;
  const bool by_email_id_;
  const std::int64_t now_;
  std::vector<MessageSubject> undecided_;
  Found found_;
};

// What is told: UIDs, or this view's numbers.
std::vector<std::uint32_t> numbers(const Session& s, const std::vector<std::uint32_t>& uids, bool uid) {
  if (uid) return uids;
  std::vector<std::uint32_t> out;
  out.reserve(uids.size());
  for (const auto u : uids)
    if (const auto seq = s.selected->view.seq_of(s.selected->rows(), Uid(u))) out.push_back(seq->value);
  return out;
}

std::string as_set(const std::vector<std::uint32_t>& ascending) {
  UidSet set;
  for (const auto n : ascending) set.insert(Uid(n));
  return set.to_string();
}

// RFC 4731 §3.1, RFC 7162 §3.1.10.
void print_esearch(Session& s, const Search& command, const SearchReturn& give, const Found& found, bool modseq) {
  const auto all = numbers(s, found.uids, command.uid);
  auto p = s.printer();
  p.raw("* ESEARCH (TAG ").string(s.tag).raw(')');
  if (command.uid) p.raw(" UID");
  if (give.min && !all.empty()) p.raw(" MIN ").number(all.front());
  if (give.max && !all.empty()) p.raw(" MAX ").number(all.back());
  if (give.count) p.raw(" COUNT ").number(all.size());
  if (give.all && !all.empty()) p.raw(" ALL ").raw(as_set(all));
  if (modseq && !all.empty()) {
    std::uint64_t highest = found.modseq;
    if (!give.all && !give.count) {
      highest = 0;
      for (const auto& [asked, uid] : {std::pair(give.min, found.uids.front()), std::pair(give.max, found.uids.back())})
        if (const auto* row = s.selected->rows().find(uid); asked && row != nullptr)
          highest = std::max(highest, row->modseq);
    }
    p.raw(" MODSEQ ").number(highest);
  }
  p.crlf();
}

void print_search(Session& s, const Search& command, const Found& found, bool modseq) {
  auto& out = s.connection.out();
  out += "* SEARCH";
  for (const auto n : numbers(s, found.uids, command.uid)) append(out, ' ', n);
  if (modseq && !found.uids.empty()) append(out, " (MODSEQ ", found.modseq, ')');
  out += "\r\n";
}

// RFC 5182 §2.1: with MIN or MAX alone only these are kept.
void save(Session& s, const SearchReturn& give, const std::vector<std::uint32_t>& uids) {
  UidSet saved;
  if ((give.min || give.max) && !give.all && !give.count) {
    if (give.min && !uids.empty()) saved.insert(Uid(uids.front()));
    if (give.max && !uids.empty()) saved.insert(Uid(uids.back()));
  } else {
    for (const auto u : uids) saved.insert(Uid(u));
  }
  s.selected->saved = std::move(saved);
}

}  // namespace

Task<Reply> run(Session& s, Search command) {
  const bool modseq = model::needs_modseq(command.query);
  if (modseq) s.condstore = true;  // RFC 7162 §3.1
  Searcher searcher(s, command.query);
  auto work = searcher.run();
  const auto found = co_await std::move(work);
  if (!found) {
    if (command.give && command.give->save) s.selected->saved = {};  // RFC 5182 §2.1
    co_return reply_of(found.error());
  }
  const SearchReturn only_save{.save = true};
  if (command.give && command.give->save) save(s, *command.give, found->uids);
  if (command.give && *command.give == only_save) co_return Reply::done("Result saved");
  // RFC 9051 §6.4.4: with IMAP4rev2 the answer is ESEARCH even if nothing asked for it.
  if (command.give)
    print_esearch(s, command, *command.give, *found, modseq);
  else if (s.rev2)
    print_esearch(s, command, SearchReturn{.all = true}, *found, modseq);
  else
    print_search(s, command, *found, modseq);
  co_return Reply::done();
}

}  // namespace mailstead::imap
