// What happens to a message between SMTP/LMTP and the accounts: recipients resolved, loops found, trace headers made,
// and one durable append for each mailbox on its account's home, all at the same time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "account/registry.h"
#include "auth/directory.h"
#include "base/clock.h"
#include "delivery/halfway.h"
#include "delivery/quota_warning.h"

namespace mailstead::delivery {

struct Envelope {
  std::string sender;                   // "" for <>
  std::vector<std::string> recipients;  // as given at RCPT
  std::string peer, helo;               // for Received
  std::string protocol;                 // RFC 3848: "ESMTP", "ESMTPS", "ESMTPSA", "LMTP", …
  std::string tls;                      // "" or version and cipher
  std::string added;                    // header lines to put behind Received (RFC 6409 §8)
  bool answer_each = false;             // LMTP: the sender hears of each recipient, not of all together
};

class Pipeline {
 public:
  Pipeline(auth::Directory& directory, account::Registry& accounts, const Clock& clock, std::string hostname)
      : directory_(directory), accounts_(accounts), clock_(clock), hostname_(std::move(hostname)) {}

  // At RCPT; `size` as MAIL declared it, or 0. not_found: our domain, but nobody there; no_permission: not our domain;
  // over_quota: none of those the address stands for has room.
  Task<Result<>> accepts(std::string recipient, std::uint64_t size);

  // One result a recipient, in order. A value means durable in every account the address stands for. Errors: not_found,
  // over_quota, full, unavailable, too_big, invalid (a loop). `content` outlives the call. Two addresses that lead to
  // one mailbox make one message. Whoever got the message in a transaction that failed for others is remembered, and
  // gets no double when the same comes again.
  Task<std::vector<Result<>>> deliver(Envelope envelope, std::string_view content);

 private:
  struct Drop;   // one message for one mailbox
  struct Plan;   // all of them, and which recipient waits for which
  struct Trace;  // what the message's own header says of its way

  Task<std::string> full_address(std::string recipient);
  Task<Result<>> has_room(model::AccountId account, std::uint64_t size);
  Task<void> plan(Plan* plan, const Envelope* envelope, const Trace* trace);
  Task<void> store_once(const Plan* plan, std::string_view content, store::BlobId blob);
  Task<void> append(Drop* drop, const Envelope* envelope, std::string_view content, account::PreparedRef prepared);
  Task<Result<>> append_at_home(const Drop* drop, account::NewMessage message, account::Actor actor);
  Task<void> warn(account::AccountRef account, const Drop* drop);
  Task<store::BlobId> digest(std::string_view content);
  std::string received(const Envelope& envelope) const;

  auth::Directory& directory_;
  account::Registry& accounts_;
  const Clock& clock_;
  const std::string hostname_;
  Halfway halfway_;
  QuotaWarnings warnings_;
};

}  // namespace mailstead::delivery
