// APPEND (RFC 9051 §6.3.12) of one or several messages, all or none (RFC 3502), with APPENDUID (RFC 4315), and REPLACE
// (RFC 8508).
#include "base/ascii.h"
#include "base/planted.h"
#include "base/utf8.h"
#include "imap/server/annotations.h"
#include "imap/server/binary_append.h"
#include "imap/server/catenate.h"
#include "imap/server/message_limit.h"
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
account::NewMessage to_add(AppendMessage& message, model::Rights rights, const std::string& user) {
  account::NewMessage out{};
  out.content = message.content;
  out.flags = std::move(message.flags);
  // RFC 4314 §4: flags that may not be set are left out.
  std::erase_if(out.flags, [&](const std::string& name) { return !rights.has(model::right_to_change(name)); });
  if (message.date) {
    out.internal_date = message.date->first;
    out.internal_zone = message.date->second;
  }
  out.annotations = std::move(message.annotations);
  out.annotator = user;
  return out;
}

std::vector<account::NewMessage> all_to_add(std::span<AppendMessage> messages, model::Rights rights,
                                            const std::string& user) {
  std::vector<account::NewMessage> out;
  for (auto& one : messages) out.push_back(to_add(one, rights, user));
  return out;
}

// RFC 5257 §3.4: what its annotations take, too.
model::Rights rights_to_add(std::span<const AppendMessage> messages) {
  auto out = model::right::insert;
  for (const auto& m : messages) out = out | rights_to_store(m.annotations);
  return out;
}

Task<Result<model::MailboxId>> target(Session* s, std::string name, model::Rights need) {
  CO_TRY(const auto* m, co_await s->reach(std::move(name), need));
  if (!m->selectable) co_return fail(Errc::not_found);
  co_return m->id;
}

// RFC 5257 §3.2.1, §4.7. The messages are whole.
std::optional<Reply> refuse_annotations(std::span<const AppendMessage> messages) {
  std::size_t octets = 0;
  for (const auto& m : messages) {
    if (m.annotations.empty()) continue;
    if (const auto fit = account::check_annotations(m.annotations); !fit) return reply_of_annotations(fit.error());
    const auto parts = parts_of(m.annotations);
    if (!parts.empty() && !has_parts(mime::parse(m.content), parts)) return Reply::wrong("No such part");
    for (const auto& a : m.annotations) octets += a.entry.size() + a.value.value_or("").size();
  }
  if (octets > limits::k_append_annotations_bytes) return reply_of_annotations(Error{Errc::full, {}});
  return std::nullopt;
}

std::string appenduid(const account::Appended& appended) {
  return cat("APPENDUID ", appended.uidvalidity, ' ', UidSet::of_numbers(appended.uids).to_string());
}

// To another user's mailbox: the new one is there before the old one is taken away.
Task<Result<account::Appended>> replace_across(Session* s, model::MailboxId from, Uid old, Replace* command) {
  auto find = target(s, command->mailbox, rights_to_add({&command->with, 1}));
  CO_TRY(const auto to, co_await std::move(find));
  std::vector<account::NewMessage> one;
  one.push_back(to_add(command->with, s->rights(to), s->identity.name));
  auto append = s->account->append(to, std::move(one), s->actor());
  CO_TRY(auto appended, co_await std::move(append));
  s->note_own_arrivals(to, appended.uids);
  co_await s->settle();
  auto expunge = s->account->expunge(from, UidSet(old), false, s->actor());
  CO_TRY_VOID(co_await std::move(expunge));
  co_return appended;
}

}  // namespace

Task<Reply> run(Session& s, Append command) {
  const auto need = rights_to_add(command.messages);
  auto look = target(&s, command.mailbox, need);
  const auto first = co_await std::move(look);
  if (!first) co_return reply_of_target(first.error());
  co_await s.settle();  // where what CATENATE names is
  if (auto above = refuse_above(save_limit(s), command.messages.size())) co_return *std::move(above);
  for (auto& one : command.messages) {
    auto work = complete(&s, &one);
    auto refusal = co_await std::move(work);
    if (planted(Planted::multiappend_in_parts) && refusal) {
      auto whole = all_to_add({command.messages.data(), &one}, model::right::all, s.identity.name);
      (void)co_await s.account->append(*first, std::move(whole), s.actor());
    }
    if (refusal) co_return *std::move(refusal);
  }
  auto find = target(&s, command.mailbox, need);
  const auto found = co_await std::move(find);
  if (!found) co_return reply_of_target(found.error());
  const auto to = *found;
  if (auto refusal = refuse_annotations(command.messages)) co_return *std::move(refusal);
  auto append = s.account->append(to, all_to_add(command.messages, s.rights(to), s.identity.name), s.actor());
  const auto appended = co_await std::move(append);
  if (!appended) co_return reply_of_target(appended.error());
  s.note_own_arrivals(to, appended->uids);
  co_return Reply::done("Appended", appenduid(*appended));
}

Task<Reply> run(Session& s, Replace command) {
  if (s.selected->read_only) co_return Reply::refuse("READ-ONLY", "Only to be looked at");
  const auto set = s.resolve(command.message);
  if (!set) co_return Reply::wrong(set.error().detail);
  auto find = target(&s, command.mailbox, rights_to_add({&command.with, 1}));
  const auto found = co_await std::move(find);
  if (!found) co_return reply_of_target(found.error());
  const bool across = s.account != s.selected->account;
  co_await s.settle();
  const auto from = s.selected->id(), to = *found;
  if (!s.rights(from).has(model::right::remove_message | model::right::expunge))  // RFC 8508 §3.3
    co_return reply_of(Errc::no_permission);
  const auto known = s.present(*set);
  if (known.empty())  // UIDs that never were are no error elsewhere; here nothing could be done for them
    co_return s.names_expunged(*set) ? Reply::refuse("EXPUNGEISSUED", "The message is gone")
                                     : Reply::refuse("NONEXISTENT", "No such message");
  auto work = complete(&s, &command.with);
  auto refusal = co_await std::move(work);
  if (refusal) co_return *std::move(refusal);
  if (auto refused = refuse_annotations({&command.with, 1})) co_return *std::move(refused);
  const Uid old(known.front());
  auto replace =
      across ? replace_across(&s, from, old, &command)
             : s.account->replace(from, old, to, to_add(command.with, s.rights(to), s.identity.name), s.actor());
  const auto appended = co_await std::move(replace);
  if (!appended) co_return reply_of_target(appended.error());
  if (appended->uids.empty()) co_return Reply::refuse("EXPUNGEISSUED", "The message is gone");
  if (!across) s.note_own_arrivals(to, appended->uids);
  // RFC 8508 §4.3: before the EXPUNGE, which update() sends.
  s.untagged(cat("OK [", appenduid(*appended), "] Replacement is there"));
  if (s.condstore && s.selected)  // RFC 7162 §3.2.9
    co_return Reply::done("Replaced", cat("HIGHESTMODSEQ ", s.modseq_after_command()));
  co_return Reply::done("Replaced");
}

}  // namespace mailstead::imap
