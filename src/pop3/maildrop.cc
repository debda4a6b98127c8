#include "pop3/maildrop.h"

#include <algorithm>

#include "base/log.h"
#include "base/metrics.h"
#include "base/planted.h"

namespace mailstead::pop3 {
namespace {

constexpr std::int64_t k_day_s = 86'400;
constexpr std::size_t k_ahead = 100;  // commands ahead that are believed of a client that sends any
constexpr std::size_t k_held = 2;     // answers of a session that wait
constexpr std::int64_t k_other_device_s = 30 * k_day_s;

}  // namespace

Task<Result<std::unique_ptr<Maildrop>>> Maildrop::open(Context* context, auth::Identity identity, std::string folder,
                                                       std::string address) {
  std::unique_ptr<Maildrop> drop(new Maildrop(context, std::move(identity), std::move(address)));
  CO_TRY_VOID(co_await drop->load(std::move(folder)));
  co_return drop;
}

Task<Result<>> Maildrop::load(std::string folder) {
  CO_TRY(account_, co_await context_.accounts.open(identity_.account));
  CO_TRY_VOID(co_await account_->refresh());
  if (!folder.empty() && !account_->options().pop3_folders) co_return fail(Errc::no_permission);
  const auto* m = account_->find(folder.empty() ? "INBOX" : folder);
  if (m == nullptr || !m->selectable) co_return fail(Errc::not_found);
  mailbox_ = m->id;
  uidvalidity_ = m->uidvalidity;
  options_ = account_->options().of_device(identity_.device.id.value);
  CO_TRY(const auto mailbox, co_await account_->open(mailbox_));
  CO_TRY(const auto view, co_await account_->pop3_view(identity_.device.id, mailbox_));
  take_snapshot(*mailbox->rows, view);
  co_return Result<>();
}

void Maildrop::take_snapshot(const account::Rows& rows, const account::Pop3View& view) {
  auto hidden = view.hidden;
  if (options_.hide_retrieved.value_or(false))
    for (const auto& batch : view.retrieved) hidden = hidden.unite(batch.uids);
  const auto window = options_.window_days.value_or(0);
  const auto since = window == 0 ? 0
                     : window == account::Pop3Options::k_since_added
                         ? identity_.device.created
                         : context_.clock.now() - std::int64_t{window} * k_day_s;
  entries_.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& row = rows.at(i);
    if (hidden.contains(model::Uid(row.uid)) || row.save_date < since) continue;
    entries_.push_back({row.uid, row.size, model::ContentId(row.content)});
  }
}

std::string Maildrop::expire() const {
  const auto& all = account_->options();
  // What was retrieved is gone from this device's view: as if DELE had been said (RFC 2449 §6.7).
  if (options_.hide_retrieved.value_or(false)) return "0";
  std::uint32_t days = UINT32_MAX;
  const auto at_most = [&](std::uint32_t n) {
    if (n != 0) days = std::min(days, n);
  };
  if (const auto* m = account_->find(mailbox_)) {
    const auto set = all.retention.find(mailbox_.value);
    const auto rule = set != all.retention.end() ? set->second : account::default_retention(*m);
    if (rule.messages != 0) return "0";  // how long one stays depends on how many come
    at_most(rule.days);
  }
  at_most(all.pop3.remove_after_days.value_or(0));
  for (const auto& [id, device] : all.devices) at_most(device.remove_after_days.value_or(0));
  return days == UINT32_MAX ? "NEVER" : std::to_string(days);
}

void Maildrop::command_arrived(std::size_t waiting) {
  ++commands_;
  if (waiting > 0) ahead_ = std::max({ahead_, waiting + 2, k_ahead});
  for (; !sent_.empty() && sent_.front().second + 1 + ahead_ <= commands_; sent_.pop_front()) {
    retrieved_.insert(model::Uid(sent_.front().first));
    ++fresh_;
  }
}

bool Maildrop::hold_back() {
  const bool matters = options_.hide_retrieved.value_or(false) || options_.remove_after_days.value_or(0) != 0;
  return matters && ahead_ == 0 && held_++ < k_held;
}

void Maildrop::quit_arrived(bool awaited) {
  if (!awaited) return;
  for (const auto& [uid, command] : sent_) retrieved_.insert(model::Uid(uid));
  sent_.clear();
}

Task<void> Maildrop::lost() {
  fresh_ = 0;
  co_await note(retrieved_, {});
}

Task<Result<>> Maildrop::commit() {
  account::UidSet uids;
  for (const auto& e : entries_)
    if (e.deleted) uids.insert(model::Uid(e.uid));
  Policy what = Policy::keep;
  if (!uids.empty()) {
    CO_TRY(what, co_await policy());
  }
  if (what == Policy::device) {
    co_return co_await account_->pop3_seen(identity_.device.id, mailbox_, retrieved_, std::move(uids), actor_);
  }
  co_await lost();  // what is retrieved, first: it is told of messages that are there
  if (what == Policy::everywhere) {
    CO_TRY_VOID(co_await account_->expunge(mailbox_, uids, false, actor_));
  } else if (what == Policy::archive) {
    CO_TRY_VOID(co_await archive(uids));
  }
  // This device has had them: should they come back, it is not for this device.
  if (what != Policy::keep) co_await note({}, std::move(uids));
  co_return Result<>();
}

Task<void> Maildrop::note(account::UidSet retrieved, account::UidSet hidden) {
  const auto done =
      co_await account_->pop3_seen(identity_.device.id, mailbox_, std::move(retrieved), std::move(hidden), actor_);
  if (!done && done.error().code != Errc::not_found)
    log::warn("pop3.seen", {{"account", identity_.name}, {"error", to_string(done.error().code)}});
}

Task<void> Maildrop::keep_up() {
  if (planted(Planted::pop3_no_snapshot)) entries_.clear(), (void)co_await load("");
  if (!options_.hide_retrieved.value_or(false) || fresh_ == 0) co_return;
  co_await lost();
}

Task<Result<>> Maildrop::archive(account::UidSet uids) {
  const auto find = [this]() -> const account::Mailbox* {
    const auto& all = account_->mailboxes();
    const auto at = std::find_if(all.begin(), all.end(), [](const account::Mailbox* m) {
      return m->use == model::SpecialUse::archive && m->selectable;
    });
    return at != all.end() ? *at : account_->find("Archive");
  };
  const auto* target = find();
  if (target == nullptr || !target->selectable) {
    const auto made = co_await account_->create("Archive", model::SpecialUse::archive, actor_);
    if (!made && made.error().code != Errc::exists) co_return std::unexpected(made.error());
    target = find();
    if (target == nullptr) co_return fail(Errc::unavailable);
  }
  const auto to = target->id;
  if (to == mailbox_) co_return Result<>();  // it is there
  CO_TRY_VOID(co_await account_->move(mailbox_, std::move(uids), to, actor_));
  co_return Result<>();
}

Task<Result<Policy>> Maildrop::policy() {
  const auto set = options_.policy.value_or(context_.policy);
  if (set != Policy::automatic) co_return set;
  CO_TRY(const bool others, co_await others_use_it());
  co_return others ? Policy::device : Policy::everywhere;
}

// A device that was just added counts before its first use: it has a right to what came since.
Task<Result<bool>> Maildrop::others_use_it() {
  CO_TRY(const auto info, co_await context_.directory.account(identity_.name));
  const auto since = context_.clock.now() - k_other_device_s;
  for (const auto& d : info.devices) {
    if (d.id == identity_.device.id) continue;
    if (d.last_used > since || (d.id.value != 0 && d.created > since)) co_return true;
  }
  co_return false;
}

}  // namespace mailstead::pop3
