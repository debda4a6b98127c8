#include "admin/transfer.h"

#include "admin/wire.h"
#include "base/ascii.h"
#include "model/mailbox_name.h"

namespace mailstead::admin {
namespace {

const account::Actor k_import{"", "import", ""};
constexpr std::size_t k_batch_messages = 100, k_batch_bytes = 8 * 1024 * 1024, k_rows = 500;

std::uint64_t key_of(std::uint64_t size, std::int64_t date) {
  return size * 0x9E3779B97F4A7C15ULL ^ static_cast<std::uint64_t>(date);
}

}  // namespace

Task<Result<Transfer::Words>> Transfer::step(Words w) {
  if (w[0] == "import-begin" && w.size() == 2) co_return co_await import_begin(std::move(w));
  if (w[0] == "import-part" && w.size() == 2) {
    if (part_.size() + w[1].size() > max_) {
      part_too_big_ = true;
      part_.clear();
    } else if (!part_too_big_) {
      part_ += w[1];
    }
    co_return Words();
  }
  if (w[0] == "import-message" && w.size() >= 3) co_return co_await import_message(std::move(w));
  if (w[0] == "import-end" && w.size() == 1) {
    CO_TRY_VOID(co_await commit());
    co_return Words();
  }
  if (w[0] == "export-list" && w.size() == 1) {
    Words names;
    for (const auto* m : account_->mailboxes())
      if (m->selectable) names.push_back(m->name);
    co_return names;
  }
  if (w[0] == "export-mailbox" && w.size() == 2) co_return co_await export_mailbox(std::move(w));
  if (w[0] == "export-rows" && w.size() == 2) co_return co_await export_rows(std::move(w));
  if (w[0] == "export-read" && w.size() == 3) co_return co_await export_read(std::move(w));
  co_return fail(Errc::unsupported, "no such step");
}

Task<Result<Transfer::Words>> Transfer::import_begin(Words w) {
  CO_TRY_VOID(co_await commit());
  CO_TRY(const auto name, model::check_name(w[1]));
  if (account_->find(name) == nullptr) {
    const auto made = co_await account_->create(name, std::nullopt, k_import);
    if (!made && made.error().code != Errc::exists) co_return std::unexpected(made.error());
  }
  const auto* mailbox = account_->find(name);
  if (mailbox == nullptr || !mailbox->selectable) co_return fail(Errc::not_found, name);
  mailbox_ = mailbox->id;
  CO_TRY(const auto open, co_await account_->open(mailbox_));
  known_.clear();
  for (std::size_t i = 0; i < open->rows->size(); ++i) {
    const auto& row = open->rows->at(i);
    known_[key_of(row.size, row.internal_date)].push_back(row);
  }
  co_return Words();
}

// Each message of the mailbox stands for one of the import: copies within a tree stay copies, and a second import of
// the same tree adds nothing.
Task<Result<bool>> Transfer::take_known(std::string_view content, std::int64_t date) {
  const auto found = known_.find(key_of(content.size(), date));
  if (found == known_.end()) co_return false;
  auto& rows = found->second;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].size != content.size() || rows[i].internal_date != date) continue;
    const auto there = co_await account_->read(model::ContentId(rows[i].content), 0, content.size());
    if (!there || *there != content) continue;
    rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(i));
    co_return true;
  }
  co_return false;
}

Task<Result<Transfer::Words>> Transfer::import_message(Words w) {
  auto content = std::exchange(part_, {}) + w[1];
  if (std::exchange(part_too_big_, false) || content.size() > max_) co_return fail(Errc::too_big);
  if (mailbox_.value == 0) co_return fail(Errc::invalid, "import-begin first");
  const bool past = w[2].starts_with('-');
  const auto seconds = parse_number<std::uint32_t>(w[2].substr(past ? 1 : 0));
  if (!seconds) co_return fail(Errc::syntax, "date");
  const auto date = past ? -std::int64_t{*seconds} : std::int64_t{*seconds};
  CO_TRY(const bool held, co_await take_known(content, date));
  if (held) co_return Words{"held"};
  taken_bytes_ += content.size();
  taken_.push_back({std::move(content), {w.begin() + 3, w.end()}, date});
  if (taken_.size() >= k_batch_messages || taken_bytes_ >= k_batch_bytes) CO_TRY_VOID(co_await commit());
  co_return Words{"taken"};
}

Task<Result<>> Transfer::commit() {
  if (taken_.empty()) co_return Result<>();
  const auto taken = std::exchange(taken_, {});
  taken_bytes_ = 0;
  std::vector<account::NewMessage> messages;
  for (const auto& t : taken) {
    account::NewMessage m;
    m.content = t.content;
    m.flags = t.flags;
    m.internal_date = t.date;
    messages.push_back(std::move(m));
  }
  CO_TRY_VOID(co_await account_->append(mailbox_, std::move(messages), k_import));
  co_return Result<>();
}

Task<Result<Transfer::Words>> Transfer::export_mailbox(Words w) {
  CO_TRY_VOID(co_await account_->refresh());
  const auto* mailbox = account_->find(w[1]);
  if (mailbox == nullptr || !mailbox->selectable) co_return fail(Errc::not_found, cat("no mailbox ", w[1]));
  CO_TRY(open_, co_await account_->open(mailbox->id));
  rows_.clear();
  for (std::size_t i = 0; i < open_->rows->size(); ++i) rows_.push_back(open_->rows->at(i));
  co_return Words{std::to_string(open_->mailbox->uidvalidity)};
}

Task<Result<Transfer::Words>> Transfer::export_rows(Words w) {
  const auto from = parse_number<std::size_t>(w[1]);
  if (!from || !open_) co_return fail(Errc::syntax);
  Words out;
  for (auto i = *from; i < rows_.size() && out.size() < k_rows; ++i) {
    const auto& r = rows_[i];
    auto text = cat(r.uid, ' ', r.size, ' ', r.internal_date, ' ', r.internal_zone);
    for (const auto& flag : open_->mailbox->keywords.names(model::Flags{r.flags})) append(text, ' ', flag);
    out.push_back(std::move(text));
  }
  co_return out;
}

Task<Result<Transfer::Words>> Transfer::export_read(Words w) {
  const auto uid = parse_number<std::uint32_t>(w[1]);
  const auto offset = parse_number<std::uint64_t>(w[2]);
  if (!uid || !offset) co_return fail(Errc::syntax);
  const auto row = std::lower_bound(rows_.begin(), rows_.end(), *uid,
                                    [](const account::Row& r, std::uint32_t u) { return r.uid < u; });
  if (row == rows_.end() || row->uid != *uid) co_return fail(Errc::not_found);
  CO_TRY(auto octets, co_await account_->read(model::ContentId(row->content), *offset, k_piece_bytes));
  co_return Words{std::move(octets)};
}

}  // namespace mailstead::admin
