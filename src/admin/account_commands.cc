#include "admin/handlers.h"
#include "admin/units.h"
#include "base/ascii.h"
#include "runtime/home.h"

namespace mailstead::admin {
namespace {

using Reply = Result<Output>;
using AccountHandler = Task<Reply> (*)(account::AccountRef, Invocation, auth::AccountInfo);

const account::Actor k_admin{"", "admin", ""};

// Commands on an account run on its home.
Task<Reply> at_home(Context* c, Invocation i, auth::AccountInfo info, AccountHandler handler) {
  CO_TRY(auto account, co_await c->accounts.open(info.id));
  CO_TRY_VOID(co_await account->refresh());
  co_return co_await handler(std::move(account), std::move(i), std::move(info));
}

Task<Reply> with_account(Context& c, Invocation i, AccountHandler handler) {
  CO_TRY(auto info, co_await c.directory.account(i[0]));
  auto& home = c.accounts.runtime().home_of(info.id.value);
  auto task = at_home(&c, std::move(i), std::move(info), handler);
  co_return co_await on(home, std::move(task));
}

void quota_facts(Output& out, const account::Quota& q) {
  out.facts.emplace_back("bytes", Cell(Cell::bytes, q.bytes_used));
  out.facts.emplace_back("bytes_max", Cell(Cell::limit, q.bytes_max));
  out.facts.emplace_back("messages", Cell(Cell::number, q.messages_used));
  out.facts.emplace_back("messages_max",
                         q.messages_max == 0 ? Cell(Cell::limit, 0) : Cell(Cell::number, q.messages_max));
  out.facts.emplace_back("removed_bytes", Cell(Cell::bytes, q.removed_bytes));
  out.facts.emplace_back("removed_messages", Cell(Cell::number, q.removed_messages));
}

Task<Reply> show_account(account::AccountRef a, Invocation, auth::AccountInfo info) {
  Output out;
  out.facts.emplace_back("account", info.name);
  out.facts.emplace_back("state", info.enabled ? "enabled" : "disabled");
  std::vector<std::string> devices;
  for (const auto& d : info.devices) devices.push_back(d.name);
  out.facts.emplace_back("devices", Cell(std::move(devices)));
  quota_facts(out, a->quota());
  out.rows_name = "mailboxes";
  out.columns = {"mailbox", "messages", "unseen", "size"};
  for (const auto* m : a->mailboxes())
    out.rows.push_back(
        {m->name, Cell(Cell::number, m->messages), Cell(Cell::number, m->unseen), Cell(Cell::bytes, m->bytes)});
  co_return out;
}
Task<Reply> account_show(Context& c, Invocation i) {
  co_return co_await with_account(c, std::move(i), show_account);
}

Task<Reply> show_quota(account::AccountRef a, Invocation, auth::AccountInfo) {
  Output out;
  quota_facts(out, a->quota());
  co_return out;
}
Task<Reply> quota_show(Context& c, Invocation i) {
  co_return co_await with_account(c, std::move(i), show_quota);
}

Task<Reply> set_quota(account::AccountRef a, Invocation i, auth::AccountInfo) {
  const auto bytes = parse_size(i[1]);
  if (!bytes) co_return fail(Errc::syntax, cat("not a size: ", i[1], "; say 500M, 1G or none"));
  auto messages = a->quota().messages_max;
  if (i.has("--messages")) {
    const auto text = i.get("--messages");
    const auto n = text == "none" ? 0 : parse_number<std::uint64_t>(text);
    if (!n) co_return fail(Errc::syntax, cat("not a number: ", text));
    messages = *n;
  }
  CO_TRY_VOID(co_await a->set_quota(*bytes, messages, k_admin));
  co_return Output();
}
Task<Reply> quota_set(Context& c, Invocation i) {
  co_return co_await with_account(c, std::move(i), set_quota);
}

Task<Reply> list_removed(account::AccountRef a, Invocation, auth::AccountInfo) {
  Output out;
  out.columns = {"number", "size", "removed", "by", "mailbox", "flags"};
  for (std::uint64_t after = 0;;) {
    CO_TRY(const auto page, co_await a->removed(after, 500));
    for (const auto& r : page)
      out.rows.push_back({Cell(Cell::number, r.number), Cell(Cell::bytes, r.size),
                          Cell(Cell::time, static_cast<std::uint64_t>(r.removed_at)), r.actor, r.mailbox,
                          Cell(r.flags)});
    if (page.size() < 500) co_return out;
    after = page.back().number;
  }
}
Task<Reply> removed_list(Context& c, Invocation i) {
  co_return co_await with_account(c, std::move(i), list_removed);
}

Task<Reply> restore_removed(account::AccountRef a, Invocation i, auth::AccountInfo) {
  std::vector<std::uint64_t> numbers;
  for (std::size_t n = 1; n < i.arguments.size(); ++n) {
    const auto number = parse_number<std::uint64_t>(i[n]);
    if (!number) co_return fail(Errc::syntax, cat("not a number of `removed list`: ", i[n]));
    numbers.push_back(*number);
  }
  CO_TRY_VOID(co_await a->restore(std::move(numbers), k_admin));
  co_return Output();
}
Task<Reply> removed_restore(Context& c, Invocation i) {
  co_return co_await with_account(c, std::move(i), restore_removed);
}

Task<Reply> purge_removed(account::AccountRef a, Invocation i, auth::AccountInfo) {
  std::int64_t before = INT64_MAX;
  if (i.has("--older-than")) {
    const auto days = parse_number<std::uint32_t>(i.get("--older-than"));
    if (!days) co_return fail(Errc::syntax, "--older-than takes a number of days");
    before = system_clock().now() - std::int64_t{*days} * 86'400;
  }
  std::uint64_t total = 0;
  for (;;) {
    CO_TRY(const auto n, co_await a->purge(before, limits::k_commit_messages));
    total += n;
    if (n < limits::k_commit_messages) break;
  }
  Output out;
  out.message = cat(total, " messages purged\n");
  co_return out;
}
Task<Reply> removed_purge(Context& c, Invocation i) {
  co_return co_await with_account(c, std::move(i), purge_removed);
}

constexpr Entry k_entries[] = {
    {"account show", account_show}, {"quota show", quota_show},           {"quota set", quota_set},
    {"removed list", removed_list}, {"removed restore", removed_restore}, {"removed purge", removed_purge},
};

}  // namespace

std::span<const Entry> account_handlers() {
  return k_entries;
}

}  // namespace mailstead::admin
