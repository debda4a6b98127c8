// What the commands do, in files by noun. A handler runs on the connection's home.
#pragma once

#include "admin/command.h"
#include "admin/server.h"
#include "admin/table.h"
#include "runtime/task.h"

namespace mailstead::admin {

using Handler = Task<Result<Output>> (*)(Context&, Invocation);

struct Entry {
  std::string_view name;  // Command::name()
  Handler handler;
};
std::span<const Entry> directory_handlers();  // domain, account, password, device, alias
std::span<const Entry> account_handlers();    // what opens an account: account show, quota show and set
std::span<const Entry> removed_handlers();    // removed, retention
std::span<const Entry> history_handlers();    // history, trace
std::span<const Entry> pop3_handlers();       // pop3, account report
std::span<const Entry> past_handlers();       // at
std::span<const Entry> usage_handlers();      // quota explain
std::span<const Entry> index_handlers();      // index show and rebuild
std::span<const Entry> share_handlers();      // share

// Commands on an account, whose name is the first argument, run on its home.
using AccountHandler = Task<Result<Output>> (*)(account::AccountRef, Invocation, auth::AccountInfo);
Task<Result<Output>> with_account(Context& c, Invocation i, AccountHandler handler);
template <AccountHandler F>
Task<Result<Output>> about_account(Context& c, Invocation i) {
  auto task = with_account(c, std::move(i), F);
  co_return co_await std::move(task);
}

// Who the operator is, in the change records.
extern const account::Actor k_operator;
// An option's time: "2026-11-24", "2026-11-24T10:30" or "2026-11-24T10:30:00Z" (UTC), or "7d", "12h": that long ago.
// Errc::syntax.
Result<std::int64_t> time_of(const Invocation& i, std::string_view option, std::int64_t otherwise);
Result<std::int64_t> parse_when(std::string_view text, std::int64_t now);
// "phone by IMAP from 192.0.2.7", "the server", "the operator".
std::string say_who(const account::Actor& actor);

}  // namespace mailstead::admin
