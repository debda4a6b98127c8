// What each POP3 device has had of a mailbox.
#include <algorithm>

#include "account/account_impl.h"
#include "base/planted.h"

namespace mailstead::account {
namespace {

constexpr std::int64_t k_day_s = 86'400;
constexpr std::size_t k_batches = 366;
constexpr std::size_t k_ranges = 4000;  // of a set, before it forgets what has left the mailbox

// As few ranges: between two messages that are not in the set, one. UIDs that have left the mailbox stay, so that a
// message that is restored is known to the devices that had it; where that would need too much room, they do not.
UidSet compact(const Rows& rows, const UidSet& uids) {
  std::vector<UidSet::Range> out;
  for (const auto& range : uids.ranges()) {
    if (!out.empty() && rows.rank(out.back().last.value + 1) == rows.rank(range.first.value))
      out.back().last = range.last;
    else
      out.push_back(range);
  }
  if (out.size() > k_ranges)
    std::erase_if(out, [&](const auto& r) { return rows.rank(r.first.value) == rows.rank(r.last.value + 1); });
  return UidSet::of(std::move(out));
}

}  // namespace

Task<Result<Pop3View>> AccountImpl::pop3_view(model::DeviceId device, MailboxId mailbox) {
  home_.assert_here();
  CO_TRY(const auto value, co_await store_.get(partition_, view_key(mailbox.value, device.value)));
  if (value) co_return decode_view(*value);
  Pop3View view;
  if (const auto* m = find(mailbox); m == nullptr || m->name != model::k_inbox) co_return view;
  CO_TRY(const auto older, co_await store_.get(partition_, hidden_key(device.value)));
  if (older) {
    CO_TRY(view.hidden, decode_uids(*older));
  }
  co_return view;
}

Task<Result<>> AccountImpl::pop3_seen(model::DeviceId device, MailboxId mailbox, UidSet retrieved, UidSet hidden,
                                      Actor actor) {
  home_.assert_here();
  auto guard = co_await turn_.take();
  for (;;) {
    CO_TRY(const auto opened, co_await open_rows(mailbox));
    const auto& rows = *opened->rows;
    CO_TRY(auto view, co_await pop3_view(device, mailbox));
    const auto today = static_cast<std::uint32_t>(clock_.now() / k_day_s);
    UidSet known;
    for (const auto& batch : view.retrieved) known = known.unite(batch.uids);
    const auto fresh = retrieved.subtract(known), gone = hidden.subtract(view.hidden);
    if (fresh.empty() && gone.empty() && view.last_day == today) co_return Result<>();
    view.last_day = today;
    view.hidden =
        compact(rows, planted(Planted::device_forgets) && !hidden.empty() ? hidden : view.hidden.unite(hidden));
    if (view.retrieved.empty() || view.retrieved.back().day != today) view.retrieved.push_back({today, {}});
    view.retrieved.back().uids = view.retrieved.back().uids.unite(fresh);
    for (auto& batch : view.retrieved) batch.uids = compact(rows, batch.uids);
    std::erase_if(view.retrieved, [](const auto& batch) { return batch.uids.empty(); });
    auto encoded = encode_view(view);
    // Too many: the oldest two days become one, of the later day, so that nothing is removed too early.
    while (view.retrieved.size() > k_batches || (encoded.size() > store::k_value_max && view.retrieved.size() > 1)) {
      auto& into = view.retrieved[1];
      into.uids = compact(rows, into.uids.unite(view.retrieved[0].uids));
      view.retrieved.erase(view.retrieved.begin());
      encoded = encode_view(view);
    }
    if (encoded.size() > store::k_value_max) co_return fail(Errc::too_big, "too many separate removals of this device");
    Transaction tx(*this, "pop3", actor);
    tx.put(view_key(mailbox.value, device.value), std::move(encoded));
    tx.ops.push_back({store::Op::del, hidden_key(device.value), {}});  // of the older format
    // The history tells of what is there: what left for all is told by its removal.
    UidSet told;
    RowsIn hidden_rows(rows, gone);
    while (const Row* row = hidden_rows.next()) told.insert(Uid(row->uid));
    if (!fresh.empty() || !told.empty())
      tx.effect(DeviceSeen{device.value, mailbox.value, encode_uids(fresh), encode_uids(compact(rows, told))});
    CO_TRY(const bool done, co_await commit(tx));
    if (done) co_return Result<>();
  }
}

}  // namespace mailstead::account
