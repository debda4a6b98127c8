// GETQUOTA, GETQUOTAROOT, SETQUOTA (RFC 9208): one root, "", for the whole account.
#include <limits>

#include "base/ascii.h"
#include "imap/server/readonly.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {
namespace {

constexpr std::uint64_t k_storage_unit = 1024;  // RFC 9208 §5.1

void print_quota(Session& s) {
  const auto q = s.account->quota();
  std::string resources;
  if (q.bytes_max != 0)
    append(resources, "STORAGE ", (q.bytes_used + k_storage_unit - 1) / k_storage_unit, ' ',
           q.bytes_max / k_storage_unit);
  if (q.messages_max != 0)
    append(resources, resources.empty() ? "" : " ", "MESSAGE ", q.messages_used, ' ', q.messages_max);
  append(resources, resources.empty() ? "" : " ", "MAILBOX ", s.account->mailboxes().size(), ' ', limits::k_mailboxes);
  s.untagged(cat("QUOTA \"\" (", resources, ")"));
}

}  // namespace

Task<Reply> run(Session& s, GetQuota command) {
  if (!command.root.empty()) co_return Reply::refuse("NONEXISTENT", "No such quota root");
  co_await s.go_home();
  const auto fresh = co_await s.account->refresh();
  if (!fresh) co_return reply_of(fresh.error());
  print_quota(s);
  co_return Reply::done();
}

Task<Reply> run(Session& s, GetQuotaRoot command) {
  auto reach = s.reach(command.mailbox, model::right::read);
  const auto m = co_await std::move(reach);
  const bool readonly = !m && is_readonly(s, command.mailbox);
  if (!m && !readonly) co_return reply_of(m.error());
  const bool no_root = readonly || s.account != s.mine;  // §4.3; how full another's account is is its owner's
  s.printer().raw("* QUOTAROOT ").mailbox(command.mailbox).raw(no_root ? "\r\n" : " \"\"\r\n");
  if (no_root) co_return Reply::done();
  print_quota(s);
  co_return Reply::done();
}

// Who may set a quota is the administrator (`mailstead quota`); the account's own user may tighten it. §4.1.3: a limit
// that is not named is taken away.
Task<Reply> run(Session& s, SetQuota command) {
  if (!command.root.empty()) co_return Reply::refuse("NONEXISTENT", "No such quota root");
  co_await s.go_home();
  const auto fresh = co_await s.account->refresh();
  if (!fresh) co_return reply_of(fresh.error());
  const auto now = s.account->quota();
  std::uint64_t bytes = 0, messages = 0;
  for (const auto& [resource, limit] : command.limits) {
    constexpr auto most = std::numeric_limits<std::int64_t>::max() / k_storage_unit;
    if (limit == 0 || limit > most) co_return Reply::refuse("CANNOT", "A limit is 1 or more, and not so large");
    if (resource == "STORAGE")
      bytes = limit * k_storage_unit;
    else if (resource == "MESSAGE")
      messages = limit;
    else
      co_return Reply::refuse("CANNOT", "This limit cannot be set");
  }
  const auto looser = [](std::uint64_t limit, std::uint64_t before) {
    return before != 0 && (limit == 0 || limit > before);
  };
  if (looser(bytes, now.bytes_max) || looser(messages, now.messages_max))
    co_return Reply::refuse("NOPERM", "Only the administrator can raise a quota");
  auto set = s.account->set_quota(bytes, messages, s.actor());
  const auto done = co_await std::move(set);
  if (!done) co_return reply_of(done.error());
  print_quota(s);
  co_return Reply::done();
}

}  // namespace mailstead::imap
