#include "imap/server/catenate.h"

#include "base/ascii.h"
#include "imap/server/message_part.h"

namespace mailstead::imap {
namespace {

// §5 url-resp-text: what would end the code early, or is no TEXT-CHAR, is percent-encoded.
std::string printable(std::string_view url) {
  static constexpr std::string_view hex = "0123456789ABCDEF";
  constexpr std::size_t max = 1000;
  std::string out;
  for (const char c : url.substr(0, max)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7F || c == ']' || c == '\\' || c == '"')
      append(out, '%', hex[byte >> 4U], hex[byte & 15U]);
    else
      out += c;
  }
  return out;
}

Reply bad_url(std::string_view url) {
  return Reply::refuse(cat("BADURL \"", printable(url), '"'), "There is nothing at this URL");
}

// At most `room` + 1 octets of what is at the URL. not_found: a bad URL.
Task<Result<std::string>> octets_at(Session* s, MessageUrl url, std::uint64_t room) {
  co_await s->settle();
  std::optional<model::MailboxId> mailbox;
  if (url.mailbox) {
    auto reach = s->reach(*url.mailbox, model::right::read);
    const auto m = co_await std::move(reach);
    if (!m) co_return fail(m.error().code == Errc::no_permission ? Errc::not_found : m.error().code);
    mailbox = (*m)->id;
  } else if (s->selected) {
    mailbox = s->selected->id();
  }
  if (!mailbox) co_return fail(Errc::not_found);
  auto read = message_part(s->account, *mailbox, std::move(url), room + 1);
  co_return co_await std::move(read);
}

}  // namespace

Task<std::optional<Reply>> catenate(Session* s, AppendMessage* message) {
  const auto max = s->context.message_size_max;
  std::string whole;
  for (auto& part : message->parts) {
    if (part.url) {
      auto url = parse_message_url(part.text);
      if (!url) co_return bad_url(part.text);
      auto read = octets_at(s, *std::move(url), max - whole.size());
      auto octets = co_await std::move(read);
      if (!octets && octets.error().code == Errc::not_found) co_return bad_url(part.text);
      if (!octets) co_return reply_of(octets.error());
      part.text = *std::move(octets);
    }
    if (part.text.size() > max - whole.size()) co_return Reply::refuse("TOOBIG", "The message is too big");  // §4.2
    whole += part.text;
    part.text = {};
  }
  message->content = std::move(whole);
  co_return std::nullopt;
}

}  // namespace mailstead::imap
