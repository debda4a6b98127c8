#include "imap/server/filters.h"

#include <algorithm>

#include "base/ascii.h"

namespace mailstead::imap {
namespace {

namespace key = model::key;

constexpr std::string_view k_private = "/private/filters/values/", k_shared = "/shared/filters/values/";
constexpr int k_depth_max = 8;         // §3.1: at least 3; a loop ends here
constexpr int k_expansions_max = 100;  // filters that name others many times

class Expander {
 public:
  explicit Expander(const std::vector<account::Annotation>& annotations) : annotations_(annotations) {}

  void expand(model::Query& q, int depth) {
    if (refusal_) return;
    auto& node = q.node;
    if (auto* a = std::get_if<key::And>(&node)) return expand_all(a->of, depth);
    if (auto* o = std::get_if<key::Or>(&node)) return expand_all(o->of, depth);
    if (auto* n = std::get_if<key::Not>(&node)) return expand_all(n->of, depth);
    if (auto* f = std::get_if<key::Fuzzy>(&node)) return expand_all(f->of, depth);
    const auto* filter = std::get_if<key::Filter>(&node);
    if (filter == nullptr) return;
    if (filter->other_charset) {  // §3.1
      refusal_ = Reply{Reply::bad, "BADCHARSET (UTF-8 US-ASCII)", "Filters are in UTF-8"};
      return;
    }
    const auto* value = find(filter->name);
    if (value == nullptr || depth >= k_depth_max || ++expansions_ > k_expansions_max) {
      refusal_ = Reply::refuse(cat("UNDEFINED-FILTER ", filter->name), "There is no such filter");
      return;
    }
    auto parsed = parse_search_criteria(*value);
    if (!parsed) {
      refusal_ = Reply::refuse("CANNOT", cat("The filter ", filter->name, " is no search"));
      return;
    }
    q = *std::move(parsed);
    expand(q, depth + 1);
  }
  const std::optional<Reply>& refusal() const { return refusal_; }

 private:
  void expand_all(std::vector<model::Query>& of, int depth) {
    for (auto& q : of) expand(q, depth);
  }
  // §3.2: the private one before the shared one. Names of entries are without case.
  const std::string* find(std::string_view name) const {
    for (const auto scope : {k_private, k_shared}) {
      const auto entry = cat(scope, lower(name));
      const auto at = std::find_if(annotations_.begin(), annotations_.end(),
                                   [&](const account::Annotation& a) { return a.name == entry; });
      if (at != annotations_.end()) return &at->value;
    }
    return nullptr;
  }

  const std::vector<account::Annotation>& annotations_;
  int expansions_ = 0;
  std::optional<Reply> refusal_;
};

}  // namespace

Task<std::optional<Reply>> expand_filters(Session* s, model::Query* query) {
  if (!model::needs_filter(*query)) co_return std::nullopt;
  co_await s->go_home();
  auto ask = s->account->annotations(std::nullopt);
  const auto annotations = co_await std::move(ask);
  co_await s->settle();
  if (!annotations) co_return reply_of(annotations.error());
  Expander expander(*annotations);
  expander.expand(*query, 0);
  if (!expander.refusal() && s->uidonly && model::needs_seqs(*query))
    co_return Reply{Reply::bad, "UIDREQUIRED", "UIDONLY is enabled"};
  co_return expander.refusal();
}

bool is_filter_entry(std::string_view name) {
  return name.starts_with(k_private) || name.starts_with(k_shared);
}

}  // namespace mailstead::imap
