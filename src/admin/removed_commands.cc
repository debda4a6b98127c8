// Recently removed, and what is kept for how long.
#include <algorithm>

#include "admin/handlers.h"
#include "admin/units.h"
#include "base/ascii.h"

namespace mailstead::admin {
namespace {

using Reply = Result<Output>;
using Removed = account::Account::Removed;
constexpr std::size_t k_page = 500;
constexpr std::int64_t k_day_s = 86'400;

// A removal's actor is kept as "protocol device address"; only the device may hold spaces.
std::string_view device_of(std::string_view actor) {
  const auto first = actor.find(' '), last = actor.rfind(' ');
  return first == last ? std::string_view() : actor.substr(first + 1, last - first - 1);
}

Task<Result<std::vector<Removed>>> chosen(account::AccountRef a, const Invocation& c) {
  CO_TRY(const auto since, time_of(c, "--since", INT64_MIN));
  CO_TRY(const auto until, time_of(c, "--until", INT64_MAX));
  const auto mailbox = c.get("--mailbox"), by = c.get("--by");
  const bool any_mailbox = !c.has("--mailbox"), any_device = !c.has("--by");
  std::vector<Removed> out;
  for (std::uint64_t after = 0;;) {
    CO_TRY(auto page, co_await a->removed(after, k_page));
    if (!page.empty()) after = page.back().number;
    const bool last = page.size() < k_page;
    for (auto& r : page) {
      if (r.removed_at < since || r.removed_at >= until) continue;
      if (!any_mailbox && r.mailbox != mailbox) continue;
      if (!any_device && device_of(r.actor) != by) continue;
      out.push_back(std::move(r));
    }
    if (last) co_return out;
  }
}

// Numbers, or filters, or --all: never everything by leaving something out.
Task<Result<std::vector<std::uint64_t>>> numbers_of(account::AccountRef a, const Invocation& c) {
  std::vector<std::uint64_t> numbers;
  for (std::size_t at = 1; at < c.arguments.size(); ++at) {
    const auto& word = c[at];
    const auto n = parse_number<std::uint64_t>(word);
    if (!n) co_return fail(Errc::syntax, cat("not a number of `removed list`: ", word));
    numbers.push_back(*n);
  }
  if (!numbers.empty() == !c.options.empty())
    co_return fail(Errc::syntax, "say numbers, or --mailbox, --since, --until, --by, or --all");
  if (!numbers.empty()) co_return numbers;
  CO_TRY(const auto all, co_await chosen(a, c));
  for (const auto& r : all) numbers.push_back(r.number);
  co_return numbers;
}

// "default": unset.
template <class T>
Result<> set_number(std::optional<T>& field, const std::string& text, T unit) {
  if (text == "default") {
    field.reset();
    return {};
  }
  const auto n = parse_number<std::uint32_t>(text);
  if (!n) return fail(Errc::syntax, cat("not a number: ", text));
  field = static_cast<T>(*n) * unit;
  return {};
}

Task<Reply> removed_list(account::AccountRef a, Invocation c, auth::AccountInfo) {
  CO_TRY(const auto all, co_await chosen(a, c));
  Output out;
  out.columns = {"number", "size", "removed", "by", "mailbox", "flags"};
  for (const auto& r : all)
    out.rows.push_back({Cell(Cell::number, r.number), Cell(Cell::bytes, r.size),
                        Cell(Cell::time, static_cast<std::uint64_t>(r.removed_at)), r.actor, r.mailbox, Cell(r.flags)});
  co_return out;
}

Task<Reply> removed_restore(account::AccountRef a, Invocation c, auth::AccountInfo) {
  CO_TRY(auto numbers, co_await numbers_of(a, c));
  const auto asked = numbers.size();
  CO_TRY(const auto back, co_await a->restore(std::move(numbers), k_operator));
  Output out;
  out.message = cat(back, " of ", asked, " messages restored\n");
  co_return out;
}

Task<Reply> removed_purge(account::AccountRef a, Invocation c, auth::AccountInfo) {
  CO_TRY(auto numbers, co_await numbers_of(a, c));
  const auto asked = numbers.size();
  CO_TRY(const auto gone, co_await a->purge_numbers(std::move(numbers), k_operator));
  Output out;
  out.message = cat(gone, " of ", asked, " messages purged\n");
  co_return out;
}

Task<Reply> removed_keep(account::AccountRef a, Invocation c, auth::AccountInfo) {
  account::Options wanted;
  CO_TRY_VOID(set_number<std::int64_t>(wanted.removed_keep_s, c[1], k_day_s));
  if (c.has("--history")) CO_TRY_VOID(set_number<std::int64_t>(wanted.history_keep_s, c.get("--history"), k_day_s));
  if (c.has("--max") && c.get("--max") != "default") {
    wanted.removed_max_bytes = parse_size(c.get("--max"));
    if (!wanted.removed_max_bytes) co_return fail(Errc::syntax, "--max takes a size: 500M, 2G, none");
  }
  const bool max = c.has("--max"), history = c.has("--history");
  CO_TRY_VOID(co_await a->change_options(
      [wanted, max, history](account::Options& o) {
        o.removed_keep_s = wanted.removed_keep_s;
        if (max) o.removed_max_bytes = wanted.removed_max_bytes;
        if (history) o.history_keep_s = wanted.history_keep_s;
        return Result<>();
      },
      k_operator));
  co_return Output();
}

Task<Reply> retention_list(account::AccountRef a, Invocation, auth::AccountInfo) {
  Output out;
  out.columns = {"mailbox", "days", "messages"};
  for (const auto* m : a->mailboxes()) {
    const auto set = a->options().retention.find(m->id.value);
    const auto rule = set != a->options().retention.end() ? set->second : account::default_retention(*m);
    const auto cell = [](std::uint32_t n) { return n == 0 ? Cell("no limit") : Cell(Cell::number, n); };
    out.rows.push_back({m->name, cell(rule.days), cell(rule.messages)});
  }
  co_return out;
}

Task<Reply> retention_set(account::AccountRef a, Invocation c, auth::AccountInfo) {
  const auto* m = a->find(c[1]);
  if (m == nullptr) co_return fail(Errc::not_found, cat("no such mailbox: ", c[1]));
  account::Retention rule;
  for (const auto& [option, field] : {std::pair("--days", &rule.days), std::pair("--messages", &rule.messages)}) {
    if (!c.has(option) || c.get(option) == "off") continue;
    const auto n = parse_number<std::uint32_t>(c.get(option));
    if (!n || *n == 0) co_return fail(Errc::syntax, cat(option, " takes a number or off"));
    *field = *n;
  }
  const bool unset = c.has("--default");
  if (unset == (c.has("--days") || c.has("--messages")))
    co_return fail(Errc::syntax, "say --days, --messages or both, or --default");
  CO_TRY_VOID(co_await a->change_options(
      [rule, unset, id = m->id.value](account::Options& o) {
        if (unset)
          o.retention.erase(id);
        else
          o.retention[id] = rule;
        return Result<>();
      },
      k_operator));
  co_return Output();
}

constexpr Entry k_entries[] = {
    {"removed list", about_account<removed_list>},     {"removed restore", about_account<removed_restore>},
    {"removed purge", about_account<removed_purge>},   {"removed keep", about_account<removed_keep>},
    {"retention list", about_account<retention_list>}, {"retention set", about_account<retention_set>},
};

}  // namespace

std::span<const Entry> removed_handlers() {
  return k_entries;
}

}  // namespace mailstead::admin
