#include "imap/server/catenate.h"

#include "base/ascii.h"
#include "imap/server/section.h"
#include "imap/wire/imap_url.h"

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

Task<Result<std::string>> header_of(Session* s, account::Row row, mime::Range range, Section section) {
  auto read = s->account->read(model::ContentId(row.content), range.begin, range.size());
  CO_TRY(const auto header, co_await std::move(read));
  co_return header_fields(header, section.fields, section.text == Section::Text::header_fields_not);
}

// What FETCH BODY.PEEK[…] would give, at most `room` + 1 octets of it. not_found: a bad URL.
Task<Result<std::string>> octets_at(Session* s, MessageUrl url, std::uint64_t room) {
  co_await s->settle();
  const account::Mailbox* found = nullptr;
  if (url.mailbox) {
    auto reach = s->reach(*url.mailbox, model::right::read);
    const auto m = co_await std::move(reach);
    if (!m) co_return fail(m.error().code == Errc::no_permission ? Errc::not_found : m.error().code);
    found = *m;
  } else if (s->selected) {
    found = s->account->find(s->selected->id());
  }
  if (found == nullptr || !found->selectable) co_return fail(Errc::not_found);
  if (url.uidvalidity && *url.uidvalidity != found->uidvalidity) co_return fail(Errc::not_found);
  auto open = s->account->open(found->id);
  CO_TRY(const auto mailbox, co_await std::move(open));
  const auto* there = mailbox->rows->find(url.uid.value);
  if (there == nullptr) co_return fail(Errc::not_found);
  const auto row = *there;
  std::vector<model::ContentId> ids{model::ContentId(row.content)};
  auto ask = s->account->summaries(std::move(ids));
  CO_TRY(const auto summaries, co_await std::move(ask));
  if (!summaries.front()) co_return std::unexpected(summaries.front().error());
  const auto range = body_range((*summaries.front())->message, row.size, url.section);
  if (!range) co_return fail(Errc::not_found);
  if (!url.section.fields.empty()) {
    auto read = header_of(s, row, *range, url.section);
    CO_TRY(const auto fields, co_await std::move(read));
    const auto part = cut({0, fields.size()}, url.partial);
    co_return fields.substr(part.begin, part.size());
  }
  const auto part = cut(*range, url.partial);
  auto read = s->account->read(model::ContentId(row.content), part.begin, std::min(part.size(), room + 1));
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
