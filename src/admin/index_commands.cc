// `index`: how fresh an account's search index is; making it anew.
#include "admin/handlers.h"
#include "base/ascii.h"
#include "index/index.h"

namespace mailstead::admin {
namespace {

std::unexpected<Error> off() {
  return fail(Errc::unsupported, "the index is switched off (search.index)");
}

Task<Result<Output>> show_at_home(index::Index* index, model::AccountId id) {
  CO_TRY(const auto status, co_await index->status(id));
  const auto& file = status.file;
  Output out;
  out.facts.emplace_back("up_to_date", status.waiting == 0 && file.point.version == status.version ? "yes" : "no");
  out.facts.emplace_back("messages", Cell(Cell::number, file.documents));
  out.facts.emplace_back("waiting", Cell(Cell::number, status.waiting));
  out.facts.emplace_back("not_indexable", Cell(Cell::number, file.unknown));
  out.facts.emplace_back("purged", Cell(Cell::number, file.gone));
  out.facts.emplace_back("segments", Cell(Cell::number, file.segments));
  out.facts.emplace_back("size", Cell(Cell::bytes, file.bytes));
  co_return out;
}

Task<Result<Output>> rebuild_at_home(index::Index* index, model::AccountId id) {
  co_await index->rebuild(id);
  co_return Output();
}

using AtHome = Task<Result<Output>> (*)(index::Index*, model::AccountId);
template <AtHome F>
Task<Result<Output>> at_home(Context& c, Invocation i) {
  if (c.index == nullptr) co_return off();
  CO_TRY(const auto info, co_await c.directory.account(i[0]));
  auto task = F(c.index, info.id);
  co_return co_await on(c.accounts.runtime().home_of(info.id.value), std::move(task));
}

constexpr Entry k_entries[] = {
    {"index show", at_home<show_at_home>},
    {"index rebuild", at_home<rebuild_at_home>},
};

}  // namespace

std::span<const Entry> index_handlers() {
  return k_entries;
}

}  // namespace mailstead::admin
