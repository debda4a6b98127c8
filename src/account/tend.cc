// What a timer does to an account, each step bounded: retention rules, Recently removed, the history's end.
#include <algorithm>

#include "account/account_impl.h"
#include "account/blocks.h"

namespace mailstead::account {
namespace {

constexpr std::int64_t k_day_s = 86'400;
constexpr std::uint64_t k_trim_step = 20'000;     // records that one step gives up
constexpr std::uint32_t k_device_idle_days = 30;  // a POP3 device not seen for longer is not waited for
const Actor k_server{"", "server", ""};

}  // namespace

Task<Result<>> AccountImpl::tend() {
  home_.assert_here();
  CO_TRY_VOID(co_await refresh());
  auto guard = co_await turn_.take();
  std::vector<std::pair<MailboxId, Retention>> rules;
  for (const auto& [id, m] : mailboxes_) {
    const auto set = options_.retention.find(id);
    const auto rule = set != options_.retention.end() ? set->second : default_retention(*m);
    if (m->messages > 0 && (rule.days != 0 || rule.messages != 0)) rules.emplace_back(m->id, rule);
  }
  for (const auto& [id, rule] : rules) CO_TRY_VOID(co_await apply_retention(id, rule));
  CO_TRY_VOID(co_await remove_retrieved());
  if (state_.quota.removed_messages > 0) {
    const auto keep_s = removed_keep_s();
    const auto before = keep_s > 0 ? clock_.now() - keep_s : INT64_MAX;
    const auto cap = options_.removed_max_bytes.value_or(settings_.removed_max_bytes);
    CO_TRY(auto old, co_await expired(before, cap, limits::k_commit_messages));
    CO_TRY_VOID(co_await free_removed(std::move(old), k_server));
  }
  co_return co_await trim_history();
}

// UIDs ascend as messages were saved in the mailbox (RFC 8514), so the walk ends at the first that stays.
Task<Result<>> AccountImpl::apply_retention(MailboxId id, Retention rule) {
  std::uint64_t too_many = 0;
  const auto count = [&](const Mailbox& m) {
    too_many = rule.messages != 0 && m.messages > rule.messages ? m.messages - rule.messages : 0;
  };
  const auto goes = [&](const Row& row) {
    const bool old = rule.days != 0 && row.save_date + rule.days * k_day_s <= clock_.now();
    if (!old && too_many == 0) return false;
    if (too_many > 0) --too_many;
    return true;
  };
  const auto* m = find(id);
  if (m == nullptr) co_return Result<>();
  count(*m);
  // The first alone says whether it is worth opening the mailbox.
  CO_TRY(const auto page,
         co_await store_.scan(partition_, row_key(id.value, 0), row_key(id.value + 1, 0), k_block_rows + 1));
  RowReader read;
  for (const auto& stored : page.rows) CO_TRY_VOID(read.add(stored.key, stored.value));
  if (read.rows.empty() || !goes(read.rows.front())) co_return Result<>();
  // The page may be newer than what we count. These rows are not, and where another node is faster the next time
  // decides.
  CO_TRY(const auto opened, co_await open_rows(id));
  Transaction tx(*this, "retention", k_server);
  auto* mailbox = tx.mailbox(id);
  if (mailbox == nullptr) co_return Result<>();
  count(*mailbox);
  std::size_t gone = 0;
  for (std::size_t i = 0; i < opened->rows->size() && !tx.full() && goes(opened->rows->at(i)); ++i, ++gone)
    tx.remove_row(*mailbox, opened->rows->at(i), false, clock_.now());
  if (gone == 0) co_return Result<>();
  CO_TRY_VOID(co_await commit(tx));
  co_await free_if_none_kept();
  co_return Result<>();
}

// "Remove N days after retrieval" of a device: once it has a message completely for that long, and each other POP3
// device that was seen lately has it, too.
Task<Result<>> AccountImpl::remove_retrieved() {
  const auto wants = [](const Pop3Options& o) { return o.remove_after_days.value_or(0) != 0; };
  if (!wants(options_.pop3) && std::none_of(options_.devices.begin(), options_.devices.end(),
                                            [&](const auto& device) { return wants(device.second); }))
    co_return Result<>();
  std::map<std::uint32_t, std::vector<std::pair<std::uint32_t, Pop3View>>> views;  // by mailbox
  for (std::string from = "g";;) {
    CO_TRY(const auto page, co_await store_.scan(partition_, from, after_letter('g'), 100));
    for (const auto& stored : page.rows) {
      Reader key(std::string_view(stored.key).substr(1));
      const auto mailbox = key.u32be(), device = key.u32be();
      CO_TRY(auto view, decode_view(stored.value));
      views[mailbox].emplace_back(device, std::move(view));
    }
    if (!page.more) break;
    from = page.rows.back().key + '\0';
  }
  const auto today = static_cast<std::uint32_t>(clock_.now() / k_day_s);
  for (const auto& [mailbox, devices] : views) {
    UidSet going;
    for (const auto& [device, view] : devices) {
      const auto days = options_.of_device(device).remove_after_days.value_or(0);
      if (days == 0) continue;
      for (const auto& batch : view.retrieved)
        if (batch.day + days <= today) going = going.unite(batch.uids);
    }
    for (const auto& [device, view] : devices) {
      if (view.last_day + k_device_idle_days < today) continue;
      auto had = view.hidden;
      for (const auto& batch : view.retrieved) had = had.unite(batch.uids);
      going = going.intersect(had);
    }
    if (going.empty()) continue;
    // Ranges may span gaps: those that are there, a step's worth.
    CO_TRY(const auto opened, co_await open_rows(MailboxId(mailbox)));
    UidSet step;
    RowsIn rows(*opened->rows, going);
    std::size_t count = 0;
    for (const Row* row = rows.next(); row != nullptr && count < limits::k_commit_messages; row = rows.next(), ++count)
      step.insert(Uid(row->uid));
    if (count == 0) continue;
    CO_TRY_VOID(co_await expunge_in_turn(MailboxId(mailbox), std::move(step), false, k_server, "retrieved"));
    co_await free_if_none_kept();
  }
  co_return Result<>();
}

Task<Result<>> AccountImpl::trim_history() {
  const auto keep_s = options_.history_keep_s.value_or(settings_.history_keep_s);
  CO_TRY(const auto first, co_await first_record(INT64_MIN));
  CO_TRY(auto up_to, co_await first_record(clock_.now() - keep_s));
  // The last record always stays: it says who was here last. A node that is behind what was trimmed reloads.
  up_to = std::min({up_to, version_ - 1, first + k_trim_step});
  if (up_to <= first) co_return Result<>();
  co_return co_await store_.trim(partition_, up_to);
}

}  // namespace mailstead::account
