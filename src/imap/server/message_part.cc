#include "imap/server/message_part.h"

#include <algorithm>

#include "imap/server/section.h"

namespace mailstead::imap {
namespace {

Task<Result<std::string>> header_of(account::AccountRef account, account::Row row, mime::Range range, Section section) {
  auto read = account->read(model::ContentId(row.content), range.begin, range.size());
  CO_TRY(const auto header, co_await std::move(read));
  co_return header_fields(header, section.fields, section.text == Section::Text::header_fields_not);
}

}  // namespace

Task<Result<std::string>> message_part(account::AccountRef account, model::MailboxId id, MessageUrl url,
                                       std::uint64_t room) {
  const auto* found = account->find(id);
  if (found == nullptr || !found->selectable) co_return fail(Errc::not_found);
  if (url.uidvalidity && *url.uidvalidity != found->uidvalidity) co_return fail(Errc::not_found);
  auto open = account->open(id);
  CO_TRY(const auto mailbox, co_await std::move(open));
  const auto* there = mailbox->rows->find(url.uid.value);
  if (there == nullptr) co_return fail(Errc::not_found);
  const auto row = *there;
  std::vector<model::ContentId> ids{model::ContentId(row.content)};
  auto ask = account->summaries(std::move(ids));
  CO_TRY(const auto summaries, co_await std::move(ask));
  if (!summaries.front()) co_return std::unexpected(summaries.front().error());
  const auto range = body_range((*summaries.front())->message, row.size, url.section);
  if (!range) co_return fail(Errc::not_found);
  if (!url.section.fields.empty()) {
    auto read = header_of(account, row, *range, url.section);
    CO_TRY(const auto fields, co_await std::move(read));
    const auto part = cut({0, fields.size()}, url.partial);
    co_return fields.substr(part.begin, part.size());
  }
  const auto part = cut(*range, url.partial);
  auto read = account->read(model::ContentId(row.content), part.begin, std::min(part.size(), room));
  co_return co_await std::move(read);
}

}  // namespace mailstead::imap
