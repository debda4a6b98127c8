#include "account/account_impl.h"

#include "base/check.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"

namespace mailstead::account {
namespace {

constexpr std::size_t k_page = 4096;
constexpr std::size_t k_records_page = 256;
const Actor k_server{"", "server", ""};

}  // namespace

Task<Result<>> AccountImpl::load() {
  home_.assert_here();
  auto guard = co_await turn_.take();
  CO_TRY_VOID(co_await reload());
  while (version_ == 0) {
    Transaction tx(*this, "create", k_server);
    tx.state.quota.bytes_max = settings_.quota_bytes;
    tx.state.quota.messages_max = settings_.quota_messages;
    using model::SpecialUse;
    tx.add_mailbox(std::string(model::k_inbox), std::nullopt, clock_.now());
    for (const auto& [name, use] : {std::pair("Drafts", SpecialUse::drafts), std::pair("Sent", SpecialUse::sent),
                                    std::pair("Trash", SpecialUse::trash), std::pair("Junk", SpecialUse::junk),
                                    std::pair("Archive", SpecialUse::archive)})
      tx.add_mailbox(name, use, clock_.now());
    CO_TRY(const bool done, co_await commit(tx));
    if (done) break;
  }
  co_return Result<>();
}

// Everything from the store: the first time, and when records that we need have been trimmed.
Task<Result<>> AccountImpl::reload() {
  CO_TRY(const auto head, co_await store_.head(partition_));
  if (head.version == 0) co_return Result<>();
  CO_TRY(auto state, decode_state(head.summary));
  std::map<std::uint32_t, std::shared_ptr<Mailbox>> mailboxes;
  std::set<std::string> subscriptions;
  for (std::string from = "m";;) {
    CO_TRY(const auto page, co_await store_.scan(partition_, from, after_letter('m'), k_page));
    for (const auto& row : page.rows) {
      Reader key(std::string_view(row.key).substr(1));
      CO_TRY(auto m, decode_mailbox(key.u32be(), row.value));
      const auto id = m.id.value;
      // Handles keep pointing at the object they have.
      const auto old = mailboxes_.find(id);
      auto& slot = mailboxes[id];
      slot = old != mailboxes_.end() ? old->second : std::make_shared<Mailbox>();
      *slot = std::move(m);
    }
    if (!page.more) break;
    from = page.rows.back().key + '\0';
  }
  for (std::string from = "s";;) {
    CO_TRY(const auto page, co_await store_.scan(partition_, from, after_letter('s'), k_page));
    for (const auto& row : page.rows) subscriptions.insert(row.key.substr(1));
    if (!page.more) break;
    from = page.rows.back().key + '\0';
  }
  // A commit of another node between these reads would mix two versions: look again.
  CO_TRY(const auto after, co_await store_.head(partition_));
  if (after.version != head.version) co_return co_await reload();
  version_ = head.version;
  state_ = state;
  mailboxes_ = std::move(mailboxes);
  lone_subscriptions_ = std::move(subscriptions);
  for (const auto& [id, m] : mailboxes_) recent_from_.try_emplace(id, m->uidnext);
  std::erase_if(recent_from_, [&](const auto& entry) { return !mailboxes_.contains(entry.first); });
  open_.clear();  // handles of before are stale; sessions reopen after on_deleted
  sort_mailboxes();
  co_return Result<>();
}

Task<Result<bool>> AccountImpl::commit(Transaction& tx) {
  home_.assert_here();
  for (const auto id : tx.touched_) {
    auto value = encode_mailbox(tx.mailboxes_.at(id));
    tx.effect(MailboxPut{id, value});
    tx.put(mailbox_key(id), std::move(value));
  }
  tx.record_.state = encode_state(tx.state);
  store::Commit c;
  c.partition = partition_;
  c.expected = version_;
  random_bytes(c.token.data(), c.token.size());
  const auto token = c.token;
  c.summary = tx.record_.state;
  c.record = encode_record(tx.record_);
  c.ops = std::move(tx.ops);
  c.blobs = std::move(tx.blobs);
  const auto outcome = co_await store_.commit(std::move(c));
  if (outcome && *outcome == store::CommitOutcome::ok) {
    CO_TRY_VOID(co_await apply(version_ + 1, tx.record_));
    co_return true;
  }
  if (!outcome && outcome.error().code != Errc::unknown) co_return std::unexpected(outcome.error());
  if (outcome) metrics::counter("account_conflicts_total").add();
  // Another node was first, or we do not know: the records tell.
  bool found = false;
  CO_TRY_VOID(co_await catch_up(&token, &found));
  co_return found;
}

Task<Result<>> AccountImpl::catch_up(const store::Token* ours, bool* found) {
  for (;;) {
    const auto records = co_await store_.records(partition_, version_, k_records_page);
    if (!records) {
      if (records.error().code == Errc::expired) co_return co_await reload();
      co_return std::unexpected(records.error());
    }
    if (records->empty()) co_return Result<>();
    for (const auto& record : *records) {
      if (ours != nullptr && record.token == *ours) *found = true;
      CO_TRY(const auto change, decode_record(record.bytes));
      CO_TRY_VOID(co_await apply(record.version, change));
    }
  }
}

Task<Result<>> AccountImpl::refresh() {
  home_.assert_here();
  if (hinted_ <= version_) co_return Result<>();
  auto guard = co_await turn_.take();
  if (hinted_ <= version_) co_return Result<>();
  co_return co_await catch_up();
}

// The one place where cached state moves on.
Task<Result<>> AccountImpl::apply(std::uint64_t version, const ChangeRecord& record) {
  CHECK(version == version_ + 1);
  CO_TRY(auto state, decode_state(record.state));
  std::set<std::uint32_t> changed;
  std::vector<std::uint32_t> deleted;
  bool list_changed = false;
  const auto observers = observers_;
  for (const auto& entry : record.entries) {
    // Rows that left, a mailbox at a time, told before they go.
    std::map<std::uint32_t, std::set<std::uint32_t>> gone;
    for (const auto& effect : entry.effects) {
      if (const auto* e = std::get_if<RowGone>(&effect)) {
        gone[e->mailbox].insert(e->uid);
        changed.insert(e->mailbox);
      } else if (const auto* p = std::get_if<RowPut>(&effect)) {
        changed.insert(p->mailbox);
        const auto opened = open_.find(p->mailbox);
        const auto handle = opened != open_.end() ? opened->second.lock() : nullptr;
        if (!handle) continue;
        CO_TRY(const auto row, decode_row(p->uid, p->value));
        auto& rows = AccountState::rows(*handle->own_rows);
        const auto at = handle->own_rows->rank(row.uid);
        if (at < rows.size() && rows[at].uid == row.uid)
          rows[at] = row;
        else
          rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(at), row);
      } else if (const auto* m = std::get_if<MailboxPut>(&effect)) {
        CO_TRY(auto mailbox, decode_mailbox(m->mailbox, m->value));
        auto& slot = mailboxes_[m->mailbox];
        recent_from_.try_emplace(m->mailbox, 1);
        if (!slot) slot = std::make_shared<Mailbox>();
        list_changed = list_changed || slot->name != mailbox.name || slot->subscribed != mailbox.subscribed ||
                       slot->selectable != mailbox.selectable;
        *slot = std::move(mailbox);
      } else if (const auto* d = std::get_if<MailboxGone>(&effect)) {
        mailboxes_.erase(d->mailbox);
        recent_from_.erase(d->mailbox);
        deleted.push_back(d->mailbox);
        list_changed = true;
      } else if (const auto* s = std::get_if<SubscriptionSet>(&effect)) {
        if (s->on)
          lone_subscriptions_.insert(s->name);
        else
          lone_subscriptions_.erase(s->name);
      }
    }
    for (const auto& [mailbox, uids] : gone) {
      const auto opened = open_.find(mailbox);
      const auto handle = opened != open_.end() ? opened->second.lock() : nullptr;
      if (!handle) continue;
      auto& rows = AccountState::rows(*handle->own_rows);
      std::vector<Row> leaving;
      std::erase_if(rows, [&](const Row& r) {
        if (!uids.contains(r.uid)) return false;
        leaving.push_back(r);
        return true;
      });
      for (auto* o : observers) o->on_expunged(MailboxId(mailbox), leaving);
    }
  }
  version_ = version;
  state_ = state;
  if (list_changed) sort_mailboxes();
  for (const auto id : deleted) {
    open_.erase(id);
    for (auto* o : observers) o->on_deleted(MailboxId(id));
  }
  for (auto* o : observers) {
    for (const auto id : changed) o->on_changed(MailboxId(id));
    if (list_changed) o->on_changed(std::nullopt);
  }
  co_return Result<>();
}

void AccountImpl::sort_mailboxes() {
  sorted_.clear();
  for (const auto& [id, m] : mailboxes_) sorted_.push_back(m.get());
  std::sort(sorted_.begin(), sorted_.end(), [](const Mailbox* a, const Mailbox* b) {
    const bool ia = a->name == model::k_inbox, ib = b->name == model::k_inbox;
    return ia != ib ? ia : a->name < b->name;
  });
}

const Mailbox* AccountImpl::find(std::string_view name) const {
  const auto canonical = model::canonical_name(name);
  for (const auto* m : sorted_)
    if (m->name == canonical) return m;
  return nullptr;
}

const Mailbox* AccountImpl::find(MailboxId id) const {
  const auto found = mailboxes_.find(id.value);
  return found == mailboxes_.end() ? nullptr : found->second.get();
}

Uid AccountImpl::claim_recent(MailboxId mailbox) {
  home_.assert_here();
  const auto first = peek_recent(mailbox);
  if (const auto* m = find(mailbox)) recent_from_[mailbox.value] = m->uidnext;
  return first;
}

Uid AccountImpl::peek_recent(MailboxId mailbox) const {
  const auto found = recent_from_.find(mailbox.value);
  return Uid(found == recent_from_.end() ? UINT32_MAX : found->second);
}

Task<Result<MailboxRef>> AccountImpl::open(MailboxId mailbox) {
  home_.assert_here();
  auto guard = co_await turn_.take();
  CO_TRY(const auto opened, co_await open_rows(mailbox));
  co_return MailboxRef(opened);
}

Task<Result<std::shared_ptr<AccountImpl::Opened>>> AccountImpl::open_rows(MailboxId mailbox) {
  const auto found = mailboxes_.find(mailbox.value);
  if (found == mailboxes_.end() || !found->second->selectable) co_return fail(Errc::not_found);
  if (auto handle = open_[mailbox.value].lock()) co_return handle;
  auto handle = std::make_shared<Opened>();
  handle->own_rows = std::make_shared<Rows>();
  handle->rows = handle->own_rows;
  handle->mailbox = found->second;
  auto& rows = AccountState::rows(*handle->own_rows);
  rows.reserve(found->second->messages);
  const auto end = row_key(mailbox.value + 1, 0);
  for (auto from = row_key(mailbox.value, 0);;) {
    CO_TRY(const auto page, co_await store_.scan(partition_, from, end, k_page));
    for (const auto& r : page.rows) {
      Reader key(std::string_view(r.key).substr(5));
      CO_TRY(const auto row, decode_row(key.u32be(), r.value));
      rows.push_back(row);
    }
    if (!page.more) break;
    from = page.rows.back().key + '\0';
    co_await home_.yield();
  }
  open_[mailbox.value] = handle;
  co_return handle;
}

}  // namespace mailstead::account
