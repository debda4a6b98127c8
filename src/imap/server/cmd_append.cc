// APPEND (RFC 9051 §6.3.12) of one or several messages, all or none (RFC 3502), with APPENDUID (RFC 4315).
#include "base/ascii.h"
#include "base/utf8.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {
namespace {

// In the message's own header; what its parts say is theirs.
bool has_8bit_header(std::string_view message) {
  return !message.starts_with("\r\n") && !is_ascii(message.substr(0, message.find("\r\n\r\n")));
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
    // RFC 3502 §3: an empty literal is the client's way to call a MULTIAPPEND off.
    if (one.content.empty()) co_return Reply::refuse("CANNOT", "An empty message");
    if (one.content.size() > s.context.message_size_max)
      co_return Reply::refuse("TOOBIG", "The message is too big");  // RFC 7889 §4
    if (!s.utf8() && has_8bit_header(one.content))  // RFC 6855 §4: a client that may not know what it sends
      co_return Reply::refuse("CANNOT", "A header with 8-bit characters needs ENABLE UTF8=ACCEPT");
    account::NewMessage message{};
    message.content = one.content;  // `command` outlives the append
    message.flags = std::move(one.flags);
    if (one.date) {
      message.internal_date = one.date->first;
      message.internal_zone = one.date->second;
    }
    messages.push_back(std::move(message));
  }
  auto append = s.account->append(to, std::move(messages), s.actor());
  const auto appended = co_await std::move(append);
  if (!appended) co_return reply_of_target(appended.error());
  s.note_own_arrivals(to, appended->uids);
  co_return Reply::done("Appended",
                        cat("APPENDUID ", appended->uidvalidity, ' ', UidSet::of_numbers(appended->uids).to_string()));
}

}  // namespace mailstead::imap
