// Rows that came one by one stand in keys of their own; once enough of them do, they are put into blocks
// (account/blocks.h), in the background and in bounded commits. Nobody can tell but by the time that opening takes: no
// row changes, and if another node or the end of the process is faster, the next opening finds what is left.
#include "account/account_impl.h"
#include "account/blocks.h"
#include "base/log.h"
#include "base/metrics.h"

namespace mailstead::account {
namespace {

constexpr std::size_t k_singles_least = 16 * k_block_rows;  // fewer cost nothing worth a commit
constexpr std::size_t k_blocks_at_once = 128;

}  // namespace

bool AccountImpl::wants_merge(const RowReader& read) {
  return read.single_rows >= k_singles_least && read.single_rows > read.rows.size() / 4;
}

Task<void> AccountImpl::merge_rows(std::shared_ptr<AccountImpl> self, MailboxId mailbox,
                                   std::vector<std::uint32_t> blocks) {
  for (std::size_t at = 0; at < blocks.size() && !self->background_.stopping; at += k_blocks_at_once) {
    const auto done = co_await self->merge_some(
        mailbox, std::span(blocks).subspan(at, std::min(k_blocks_at_once, blocks.size() - at)));
    if (!done) log::warn("account.merge", {{"account", self->id_.value}, {"error", to_string(done.error().code)}});
    if (!done || !*done) co_return;
    co_await self->home_.yield();
  }
  metrics::counter("account_mailboxes_merged_total").add();
}

Task<Result<bool>> AccountImpl::merge_some(MailboxId mailbox, std::span<const std::uint32_t> blocks) {
  auto guard = co_await turn_.take();
  const auto handle = opened(mailbox.value);
  if (!handle) co_return false;
  Transaction tx(*this, "rows", Actor{"", "server", ""});
  tx.relaxed = true;  // nobody waits for it
  tx.merge_rows(mailbox, *handle->rows, blocks);
  co_return co_await commit(tx);
}

}  // namespace mailstead::account
