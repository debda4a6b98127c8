// FETCH and UID FETCH (RFC 9051 §6.4.5, RFC 7162 §3.1.4).
#include <algorithm>

#include "base/metrics.h"
#include "imap/server/annotations.h"
#include "imap/server/fetch.h"
#include "imap/server/message_limit.h"
#include "imap/server/resync.h"
#include "imap/server/search_reply.h"

namespace mailstead::imap {

Task<Reply> run(Session& s, Fetch command) {
  static auto& rfc822_peek = metrics::counter("quirks_total", "protocol=\"imap\",quirk=\"rfc822_peek\"");
  if (std::any_of(command.items.begin(), command.items.end(),
                  [](const FetchItem& i) { return i.attr == FetchAttr::rfc822 && i.peek; }))
    rfc822_peek.add();
  if (command.vanished && !s.qresync) co_return Reply::wrong("QRESYNC was not enabled");  // RFC 7162 §3.2.6
  if (command.changed_since || std::any_of(command.items.begin(), command.items.end(),
                                           [](const FetchItem& i) { return i.attr == FetchAttr::modseq; }))
    s.enable_condstore();  // RFC 7162 §3.1
  const auto set = s.resolve(command.set);
  if (!set) co_return Reply::wrong(set.error().detail);
  const bool expunged = s.names_expunged(*set);
  if (command.vanished) {
    // What has left may have been higher than what "*" means now.
    const auto* named = std::get_if<UidSet>(&command.set);
    const auto asked = named ? set->unite(named->resolve(Uid(s.selected->mailbox->mailbox->uidnext - 1))) : *set;
    auto tell = tell_vanished(s, asked, *command.changed_since);
    const auto told = co_await std::move(tell);
    if (!told) co_return reply_of(told.error());
  }
  auto uids = s.present(*set);
  if (command.partial) {  // RFC 9394 §3.4: before CHANGEDSINCE
    const auto [from, to] = slice(*command.partial, uids.size());
    if (auto refusal = refuse_above(message_limit(s), to - from)) co_return *std::move(refusal);
    uids = {uids.begin() + static_cast<std::ptrdiff_t>(from), uids.begin() + static_cast<std::ptrdiff_t>(to)};
  }
  const auto cut = keep_highest(s, uids);
  for (const auto& item : command.items) {
    if (item.attr != FetchAttr::annotation) continue;
    auto look = have_parts(&s, uids, parts_of(item.entries));
    const auto there = co_await std::move(look);
    if (!there) co_return reply_of(there.error());
    if (!*there) co_return Reply::wrong("No such part");  // RFC 5257 §3.2.1
  }
  Fetcher fetcher(s, std::move(command));
  auto work = fetcher.run(std::move(uids));
  const auto done = co_await std::move(work);
  if (!done) co_return reply_of(done.error());
  if (fetcher.unknown_encoding()) co_return Reply::refuse("UNKNOWN-CTE", "Unknown transfer encoding");
  if (fetcher.failed()) co_return reply_of(*fetcher.failed());
  co_return cut_short(s, expunged ? Reply::done("Some messages are gone", "EXPUNGEISSUED") : Reply::done(), cut);
}

}  // namespace mailstead::imap
