#include "imap/server/search_context.h"

#include <algorithm>

#include "base/ascii.h"
#include "imap/server/fetch.h"
#include "imap/server/search_reply.h"
#include "imap/server/sorter.h"

namespace mailstead::imap {
namespace {

constexpr std::size_t k_contexts_max = 16;        // of a session: each looks at every change
constexpr std::size_t k_sorted_max = 20'000;      // results of SORT, whose values are kept
constexpr std::size_t k_results_max = 1'000'000;  // results of SEARCH: 4 octets each

// Runs of results that stand together: the place of the first, from 1, and what they are.
struct Run {
  std::size_t at;
  std::vector<std::uint32_t> uids;
};

std::vector<Run> runs_of(const std::vector<std::uint32_t>& list, const UidSet& which) {
  std::vector<Run> out;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (!which.contains(Uid(list[i]))) continue;
    if (out.empty() || out.back().at + out.back().uids.size() != i + 1) out.push_back({i + 1, {}});
    out.back().uids.push_back(list[i]);
  }
  return out;
}

// §4.3.3, §4.3.4: "(place set place set …)". Without an order of its own the place is 0 and one set is enough.
std::string list_of(const Session& s, const SearchContext& c, const std::vector<Run>& runs) {
  std::string out;
  if (c.keys.empty()) {
    std::vector<std::uint32_t> all;
    for (const auto& r : runs) all.insert(all.end(), r.uids.begin(), r.uids.end());
    std::sort(all.begin(), all.end());
    return cat("(0 ", ordered_set(told_numbers(s, all, c.uid)), ')');
  }
  for (const auto& r : runs)
    append(out, out.empty() ? "(" : " ", r.at, ' ', ordered_set(told_numbers(s, r.uids, c.uid)));
  return out += ')';
}

// Takes them out of the results; the text of REMOVEFROM, or "".
std::string remove(const Session& s, SearchContext& c, const UidSet& gone) {
  if (gone.empty()) return {};
  auto runs = runs_of(c.results, gone);
  if (runs.empty()) return {};
  std::reverse(runs.begin(), runs.end());  // from the end, so that the other places stay
  auto text = cat(" REMOVEFROM ", list_of(s, c, runs));
  const auto k = static_cast<std::ptrdiff_t>(c.keys.size());
  for (const auto& r : runs) {
    const auto from = static_cast<std::ptrdiff_t>(r.at - 1), n = static_cast<std::ptrdiff_t>(r.uids.size());
    c.results.erase(c.results.begin() + from, c.results.begin() + from + n);
    c.values.erase(c.values.begin() + from * k, c.values.begin() + (from + n) * k);
  }
  return text;
}

// Puts them where they belong; the text of ADDTO, or "".
std::string add(const Session& s, SearchContext& c, const Sorted& fresh) {
  if (fresh.uids.empty()) return {};
  const auto k = c.keys.size();
  Sorted all;
  // In mailbox order first, as equal ones stay in it.
  std::vector<std::pair<std::uint32_t, const model::SortValue*>> by_uid;
  for (std::size_t i = 0; i < c.results.size(); ++i) by_uid.emplace_back(c.results[i], c.values.data() + i * k);
  for (std::size_t i = 0; i < fresh.uids.size(); ++i) by_uid.emplace_back(fresh.uids[i], fresh.values.data() + i * k);
  std::sort(by_uid.begin(), by_uid.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [uid, values] : by_uid) {
    all.uids.push_back(uid);
    all.values.insert(all.values.end(), values, values + k);
  }
  if (k != 0) all = all.in_order(c.keys);
  std::vector<Uid> added;
  for (const auto u : fresh.uids) added.emplace_back(u);
  c.results = std::move(all.uids);
  c.values = std::move(all.values);
  // Ascending: what is inserted takes the place that it keeps.
  return cat(" ADDTO ", list_of(s, c, runs_of(c.results, UidSet::of_numbers(added))));
}

void tell(Session& s, const SearchContext& c, const std::string& what) {
  if (!what.empty()) s.untagged(cat("ESEARCH (TAG \"", c.tag, c.uid ? "\") UID" : "\")", what));
}

void keep_node(model::Query& q, const Session& s) {
  namespace key = model::key;
  auto& node = q.node;
  const auto keep_all = [&](std::vector<model::Query>& of) {
    for (auto& one : of) keep_node(one, s);
  };
  if (auto* a = std::get_if<key::And>(&node)) return keep_all(a->of);
  if (auto* o = std::get_if<key::Or>(&node)) return keep_all(o->of);
  if (auto* n = std::get_if<key::Not>(&node)) return keep_all(n->of);
  if (auto* f = std::get_if<key::Fuzzy>(&node)) return keep_all(f->of);
  if (std::holds_alternative<key::Seqs>(node) || std::holds_alternative<key::Saved>(node))
    q = prepare(std::move(q), Scope(*s.selected));
}

struct Difference {
  UidSet gone;
  Sorted fresh;
};

// What the changes since the context looked last make of its results.
Task<Result<Difference>> difference(Session* s, const SearchContext* c) {
  const auto& selected = *s->selected;
  std::vector<std::uint32_t> changed;
  for (const auto i : selected.rows().changed_since(c->seen_modseq)) {
    const auto uid = selected.rows().uid_at(i);
    if (uid <= selected.view.last_uid().value) changed.push_back(uid);
  }
  Difference out;
  if (changed.empty()) co_return out;
  Searcher searcher(*s, Scope(selected), c->query, changed);
  auto work = searcher.run();
  CO_TRY(auto found, co_await std::move(work));
  const auto had = [c](std::uint32_t uid) {
    return c->keys.empty() ? std::binary_search(c->results.begin(), c->results.end(), uid)
                           : std::find(c->results.begin(), c->results.end(), uid) != c->results.end();
  };
  std::vector<std::uint32_t> fresh;
  std::vector<Uid> gone;
  for (const auto u : changed) {
    const bool now = std::binary_search(found.uids.begin(), found.uids.end(), u);
    if (now && !had(u)) fresh.push_back(u);
    if (!now && had(u)) gone.emplace_back(u);
  }
  out.gone = UidSet::of_numbers(gone);
  auto values = sort_values(s, &c->keys, std::move(fresh), nullptr);
  CO_TRY(out.fresh, co_await std::move(values));
  co_return out;
}

}  // namespace

model::Query keep_query(const Session& session, const model::Query& query) {
  auto out = query;
  keep_node(out, session);
  return out;
}

bool has_context(const Session& s, std::string_view tag) {
  const auto& all = s.selected->contexts;
  return std::any_of(all.begin(), all.end(), [&](const SearchContext& c) { return c.tag == tag; });
}

void add_context(Session& s, SearchContext context) {
  auto& all = s.selected->contexts;
  const auto max = context.keys.empty() ? k_results_max : k_sorted_max;
  // Scores would have to be kept as well.
  const bool by_score = std::any_of(context.keys.begin(), context.keys.end(),
                                    [](const auto& k) { return k.by == model::SortBy::relevancy; });
  if (by_score || all.size() >= k_contexts_max || context.results.size() > max)
    s.untagged(cat("NO [NOUPDATE \"", context.tag, "\"] Too much to be kept up to date"));
  else
    all.push_back(std::move(context));
}

void tell_contexts_of_expunges(Session& s) {
  const auto gone = s.selected->view.pending();
  for (auto& c : s.selected->contexts) tell(s, c, remove(s, c, gone));
}

Task<void> tell_contexts(Session& s, std::uint32_t arrived_from, UidSet own) {
  const auto now = s.account->version();
  for (std::size_t i = 0; i < s.selected->contexts.size(); ++i) {
    auto& c = s.selected->contexts[i];
    if (c.seen_modseq >= now) continue;
    auto work = difference(&s, &c);
    auto d = co_await std::move(work);
    if (!d) continue;  // what cannot be read now is looked at again after the next change
    c.seen_modseq = now;
    std::vector<std::uint32_t> arrived;
    for (const auto u : d->fresh.uids)
      if (u >= arrived_from && !own.contains(Uid(u))) arrived.push_back(u);
    if (!c.items.empty() && !arrived.empty()) {  // RFC 5465 §7: before the ESEARCH
      Fetch fetch;
      fetch.items = c.items;
      fetch.uid = s.condstore;
      Fetcher fetcher(s, std::move(fetch));
      auto tell_items = fetcher.run(std::move(arrived));
      (void)co_await std::move(tell_items);
    }
    auto text = remove(s, c, d->gone);
    text += add(s, c, d->fresh);
    tell(s, c, text);
    co_await s.connection.flush_if_full();
  }
}

}  // namespace mailstead::imap
