// What the commands about one account have in common.
#include <chrono>

#include "admin/handlers.h"
#include "base/ascii.h"
#include "base/clock.h"
#include "base/utc.h"
#include "runtime/home.h"

namespace mailstead::admin {
namespace {

Task<Result<Output>> at_home(Context* c, Invocation i, auth::AccountInfo info, AccountHandler handler) {
  CO_TRY(auto account, co_await c->accounts.open(info.id));
  CO_TRY_VOID(co_await account->refresh());
  co_return co_await handler(std::move(account), std::move(i), std::move(info));
}

}  // namespace

const account::Actor k_operator{"", "admin", ""};

Task<Result<Output>> with_account(Context& c, Invocation i, AccountHandler handler) {
  CO_TRY(auto info, co_await c.directory.account(i[0]));
  auto& home = c.accounts.runtime().home_of(info.id.value);
  auto task = at_home(&c, std::move(i), std::move(info), handler);
  co_return co_await on(home, std::move(task));
}

Result<std::int64_t> parse_when(std::string_view text, std::int64_t now) {
  const auto wrong = [&] { return fail(Errc::syntax, cat("not a time: ", text, "; say 2026-11-24 or 7d")); };
  if (text.size() > 1 && (text.back() == 'd' || text.back() == 'h')) {
    const auto n = parse_number<std::uint32_t>(text.substr(0, text.size() - 1));
    if (!n) return wrong();
    return now - std::int64_t{*n} * (text.back() == 'd' ? 86'400 : 3'600);
  }
  const auto at = parse_utc(text);
  return at ? Result<std::int64_t>(*at) : wrong();
}

Result<std::int64_t> time_of(const Invocation& i, std::string_view option, std::int64_t otherwise) {
  if (!i.has(option)) return otherwise;
  return parse_when(i.get(option), system_clock().now());
}

std::string say_who(const account::Actor& actor) {
  if (actor.protocol == "server") return "the server";
  if (actor.protocol == "admin") return "the operator";
  auto out = actor.device.empty() ? std::string() : cat('"', actor.device, "\" ");
  append(out, "by ", upper(actor.protocol));
  if (!actor.address.empty()) append(out, " from ", actor.address);
  return out;
}

}  // namespace mailstead::admin
