// APPEND (RFC 9051 §6.3.12) of one or several messages, all or none (RFC 3502), with APPENDUID (RFC 4315), and REPLACE
// (RFC 8508).
#include "base/ascii.h"
#include "base/planted.h"
#include "base/utf8.h"
#include "imap/server/binary_append.h"
#include "imap/server/catenate.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {
namespace {

// In the message's own header; what its parts say is theirs.
bool has_8bit_header(std::string_view message) {
  return !message.starts_with("\r\n") && !is_ascii(message.substr(0, message.find("\r\n\r\n")));
}

// Makes the message whole. What it returns refuses the command.
Task<std::optional<Reply>> complete(Session* s, AppendMessage* message) {
  if (!message->parts.empty()) {
    auto work = catenate(s, message);
    auto refusal = co_await std::move(work);
    if (refusal) co_return refusal;
  }
  if (message->content.find('\0') != std::string::npos) {
    auto job = [message] { return without_nul(message->content); };
    auto encoded = co_await offload(s->context.runtime.cpu(), std::move(job));
    if (!encoded) co_return Reply::refuse("UNKNOWN-CTE", "NUL where no transfer encoding can be");  // RFC 3516 §4.4
    message->content = *std::move(encoded);
  }
  // RFC 3502 §3: an empty literal is the client's way to call a MULTIAPPEND off.
  if (message->content.empty()) co_return Reply::refuse("CANNOT", "An empty message");
  if (message->content.size() > s->context.message_size_max)
    co_return Reply::refuse("TOOBIG", "The message is too big");  // RFC 7889 §4
  if (!s->utf8() && has_8bit_header(message->content))  // RFC 6855 §4: a client that may not know what it sends
    co_return Reply::refuse("CANNOT", "A header with 8-bit characters needs ENABLE UTF8=ACCEPT");
  co_return std::nullopt;
}

// `message` outlives what is made of it.
account::NewMessage to_add(AppendMessage& message) {
  account::NewMessage out{};
  out.content = message.content;
  out.flags = std::move(message.flags);
  if (message.date) {
    out.internal_date = message.date->first;
    out.internal_zone = message.date->second;
  }
  return out;
}

std::string appenduid(const account::Appended& appended) {
  return cat("APPENDUID ", appended.uidvalidity, ' ', UidSet::of_numbers(appended.uids).to_string());
}

}  // namespace

Task<Reply> run(Session& s, Append command) {
  const auto fresh = co_await s.account->refresh();
  if (!fresh) co_return reply_of(fresh.error());
  const auto* m = s.account->find(command.mailbox);
  if (m == nullptr || !m->selectable) co_return reply_of_target(Errc::not_found);
  const auto to = m->id;
  std::vector<account::NewMessage> messages;
  for (auto& one : command.messages) {
    auto work = complete(&s, &one);
    auto refusal = co_await std::move(work);
    if (planted(Planted::multiappend_in_parts) && refusal) (void)co_await s.account->append(to, messages, s.actor());
    if (refusal) co_return *std::move(refusal);
    messages.push_back(to_add(one));
  }
  auto append = s.account->append(to, std::move(messages), s.actor());
  const auto appended = co_await std::move(append);
  if (!appended) co_return reply_of_target(appended.error());
  s.note_own_arrivals(to, appended->uids);
  co_return Reply::done("Appended", appenduid(*appended));
}

Task<Reply> run(Session& s, Replace command) {
  if (s.selected->read_only) co_return Reply::refuse("READ-ONLY", "Only to be looked at");
  const auto fresh = co_await s.account->refresh();
  if (!fresh) co_return reply_of(fresh.error());
  const auto set = s.resolve(command.message);
  if (!set) co_return Reply::wrong(set.error().detail);
  const auto* m = s.account->find(command.mailbox);
  if (m == nullptr || !m->selectable) co_return reply_of_target(Errc::not_found);
  const auto from = s.selected->id(), to = m->id;
  const auto known = s.present(*set);
  if (known.empty())  // UIDs that never were are no error elsewhere; here nothing could be done for them
    co_return s.names_expunged(*set) ? Reply::refuse("EXPUNGEISSUED", "The message is gone")
                                     : Reply::refuse("NONEXISTENT", "No such message");
  auto work = complete(&s, &command.with);
  auto refusal = co_await std::move(work);
  if (refusal) co_return *std::move(refusal);
  auto replace = s.account->replace(from, Uid(known.front()), to, to_add(command.with), s.actor());
  const auto appended = co_await std::move(replace);
  if (!appended) co_return reply_of_target(appended.error());
  if (appended->uids.empty()) co_return Reply::refuse("EXPUNGEISSUED", "The message is gone");
  s.note_own_arrivals(to, appended->uids);
  // RFC 8508 §4.3: before the EXPUNGE, which update() sends.
  s.untagged(cat("OK [", appenduid(*appended), "] Replacement is there"));
  if (s.condstore && s.selected)  // RFC 7162 §3.2.9
    co_return Reply::done("Replaced", cat("HIGHESTMODSEQ ", s.modseq_after_command()));
  co_return Reply::done("Replaced");
}

}  // namespace mailstead::imap
