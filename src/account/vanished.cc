#include "account/account_impl.h"
#include "base/planted.h"

namespace mailstead::account {
namespace {

constexpr std::size_t k_records_page = 256;
constexpr std::uint64_t k_records_max = 50'000;  // a client that comes back after ages reads no more history than this

}  // namespace

Task<Result<std::optional<UidSet>>> AccountImpl::left_since(MailboxId id, ModSeq after) {
  home_.assert_here();
  const auto* m = find(id);
  if (m == nullptr) co_return fail(Errc::not_found);
  // Later records have changed other mailboxes only. A client that is ahead of us remembers what was lost to us.
  const auto last = m->highest_modseq;
  if (after.value > version_ || last - std::min(last, after.value) > k_records_max) co_return std::optional<UidSet>();
  std::vector<Uid> gone;
  for (auto at = after.value; at < last;) {
    const auto records = co_await store_.records(partition_, at, std::min<std::uint64_t>(k_records_page, last - at));
    if (!records && records.error().code == Errc::expired) co_return std::optional<UidSet>();
    if (!records) co_return std::unexpected(records.error());
    if (records->empty()) co_return fail(Errc::unavailable, "change records are missing");
    for (const auto& record : *records) {
      CO_TRY(const auto change, decode_record(record.bytes));
      for (const auto& entry : change.entries)
        for (const auto& effect : entry.effects)
          if (const auto* row = std::get_if<RowGone>(&effect); row != nullptr && row->mailbox == id.value)
            gone.emplace_back(row->uid);
    }
    at = records->back().version;
    co_await home_.yield();
  }
  if (planted(Planted::vanished_misses_one) && !gone.empty()) gone.pop_back();
  co_return UidSet::of_numbers(gone);
}

}  // namespace mailstead::account
