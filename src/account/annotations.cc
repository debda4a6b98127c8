#include "account/account_impl.h"

namespace mailstead::account {
namespace {

constexpr std::size_t k_page = 200;
constexpr std::size_t k_prefix = 5;  // of the key, before the name

}  // namespace

// Not kept in memory: they are few, and seldom asked for.
Task<Result<std::vector<Annotation>>> AccountImpl::read_annotations(std::uint32_t mailbox) {
  std::vector<Annotation> out;
  const auto end = annotation_key(mailbox + 1, "");
  for (auto from = annotation_key(mailbox, "");;) {
    CO_TRY(const auto page, co_await store_.scan(partition_, from, end, k_page));
    for (const auto& row : page.rows) {
      CO_TRY(auto value, decode_annotation(row.value));
      out.push_back({row.key.substr(k_prefix), std::move(value)});
    }
    if (!page.more) break;
    from = page.rows.back().key + '\0';
  }
  co_return out;
}

Task<Result<std::vector<Annotation>>> AccountImpl::annotations(std::optional<MailboxId> of) {
  home_.assert_here();
  if (of && find(*of) == nullptr) co_return fail(Errc::not_found);
  co_return co_await read_annotations(of ? of->value : 0);
}

Task<Result<>> AccountImpl::annotate(std::optional<MailboxId> of,
                                     std::vector<std::pair<std::string, std::optional<std::string>>> changes,
                                     Actor actor) {
  home_.assert_here();
  for (const auto& [name, value] : changes)
    if (value && value->size() > k_annotation_bytes_max) co_return fail(Errc::too_big);
  auto guard = co_await turn_.take();
  for (;;) {
    if (of && find(*of) == nullptr) co_return fail(Errc::not_found);
    const auto mailbox = of ? of->value : 0;
    CO_TRY(const auto there, co_await read_annotations(mailbox));
    std::set<std::string> names;
    for (const auto& a : there) names.insert(a.name);
    Transaction tx(*this, "annotate", actor);
    for (const auto& [name, value] : changes) {
      if (value)
        names.insert(name);
      else if (names.erase(name) == 0)
        continue;  // there is none
      tx.annotation(mailbox, name, value);
    }
    if (names.size() > k_annotations_max) co_return fail(Errc::full);
    if (tx.ops.empty()) co_return Result<>();
    CO_TRY(const bool done, co_await commit(tx));
    if (done) co_return Result<>();
  }
}

}  // namespace mailstead::account
