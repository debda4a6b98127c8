#include "delivery/quota_warning.h"

#include "account/quota_level.h"
#include "base/ascii.h"

namespace mailstead::delivery {
namespace {

constexpr std::int64_t k_again_s = 86'400;

std::string megabytes(std::uint64_t bytes) {
  constexpr std::uint64_t k_tenth = 1024 * 1024 / 10;
  const auto tenths = bytes / k_tenth;
  return cat(tenths / 10, '.', tenths % 10, " MB");
}

}  // namespace

std::optional<unsigned> QuotaWarnings::crossed(model::AccountId account, const account::Quota& before,
                                               const account::Quota& after, std::int64_t now) {
  const auto limit = account::quota_limit(account::percent_used(after));
  if (limit == 0 || account::quota_limit(account::percent_used(before)) >= limit) return std::nullopt;
  std::lock_guard lock(mutex_);
  std::erase_if(warned_, [&](const auto& w) { return w.second + k_again_s <= now; });
  if (!warned_.try_emplace({account.value, limit}, now).second) return std::nullopt;
  return limit;
}

std::string quota_warning(const account::Account& account, std::string_view address, std::string_view hostname,
                          std::string_view date, std::string_view id) {
  const auto q = account.quota();
  auto out = cat("From: Mailstead <postmaster@", hostname, ">\r\nTo: <", address, ">\r\nSubject: Your mailbox is ",
                 account::percent_used(q), " % full\r\nDate: ", date, "\r\nMessage-ID: <quota-", id, '@', hostname,
                 ">\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; "
                 "charset=utf-8\r\n\r\n");
  if (q.bytes_max != 0) append(out, "In use: ", megabytes(q.bytes_used), " of ", megabytes(q.bytes_max), ".\r\n");
  if (q.messages_max != 0) append(out, "Messages: ", q.messages_used, " of ", q.messages_max, ".\r\n");
  out += "When it is full, new mail is not taken any more.\r\n\r\nWhat makes room:\r\n";
  for (const auto* m : account.mailboxes())
    if ((m->use == model::SpecialUse::trash || m->use == model::SpecialUse::junk) && m->messages > 0)
      append(out, "- emptying ", m->name, ": ", megabytes(m->bytes), ", ", m->messages, " messages\r\n");
  out += "- deleting what is not needed: Recently removed keeps it for a time, beside the quota\r\n";
  return out;
}

}  // namespace mailstead::delivery
