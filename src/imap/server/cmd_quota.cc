// GETQUOTA, GETQUOTAROOT, SETQUOTA (RFC 9208): one root, "", for the whole account.
#include "base/ascii.h"
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
  const auto fresh = co_await s.account->refresh();
  if (!fresh) co_return reply_of(fresh.error());
  print_quota(s);
  co_return Reply::done();
}

Task<Reply> run(Session& s, GetQuotaRoot command) {
  const auto fresh = co_await s.account->refresh();
  if (!fresh) co_return reply_of(fresh.error());
  if (s.account->find(command.mailbox) == nullptr) co_return reply_of(Errc::not_found);
  s.printer().raw("* QUOTAROOT ").mailbox(command.mailbox).raw(" \"\"\r\n");
  print_quota(s);
  co_return Reply::done();
}

Task<Reply> run(Session&, SetQuota) {
  co_return Reply::refuse("NOPERM", "Quotas are set by the administrator");
}

}  // namespace mailstead::imap
