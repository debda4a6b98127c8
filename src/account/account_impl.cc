#include "account/account_impl.h"

#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"

namespace mailstead::account {
namespace {

constexpr std::size_t k_records_page = 256;
const Actor k_server{"", "server", ""};

}  // namespace

Task<Result<>> AccountImpl::load(bool make) {
  home_.assert_here();
  auto guard = co_await turn_.take();
  CO_TRY_VOID(co_await reload());
  while (version_ == 0) {
    if (!make) co_return fail(Errc::not_found);
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

Task<Result<bool>> AccountImpl::commit(Transaction& tx) {
  home_.assert_here();
  CO_TRY(const bool carried, co_await carry_annotations(tx));
  if (!carried) co_return false;
  tx.write_rows();
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
  c.relaxed = tx.relaxed;
  committing_ = true;
  const auto outcome = co_await store_.commit(std::move(c));
  committing_ = false;
  if (outcome && *outcome == store::CommitOutcome::ok) {
    CO_TRY_VOID(apply(version_ + 1, tx.record_));
    current_ms_ = clock_.now_ms();
    co_return true;
  }
  if (!outcome && outcome.error().code != Errc::unknown) co_return std::unexpected(outcome.error());
  if (outcome) metrics::counter("account_conflicts_total").add();
  // Another node was first, or we do not know: the records tell.
  bool found = false;
  const auto before = version_;
  const auto caught_up = co_await catch_up(&token, &found);
  // If no record has our token the commit may still be on its way, or come back with the log after a restart: the
  // caller must not think that it was not done, and it must not be done twice.
  if (!outcome && !found) co_return std::unexpected(outcome.error());
  CO_TRY_VOID(caught_up);
  if (!found && version_ == before) {
    // A conflict with nobody: another node has erased the account (and it may have been made anew).
    CO_TRY(const auto head, co_await store_.head(partition_));
    if (head.version < version_) {
      erased();
      co_return fail(Errc::unavailable, "the account was erased");
    }
  }
  co_return found;
}

Task<void> AccountImpl::leave() {
  auto guard = co_await turn_.take();
  erased();
}

void AccountImpl::erased() {
  const auto observers = observers_;
  const auto open = std::exchange(open_, {});
  for (const auto& [id, weak] : open)
    for (auto* o : observers) o->on_deleted(MailboxId(id));
}

Task<Result<>> AccountImpl::catch_up(const store::Token* ours, bool* found) {
  for (;;) {
    const auto asked_ms = clock_.now_ms();
    const auto records = co_await store_.records(partition_, version_, k_records_page);
    if (!records) {
      if (records.error().code == Errc::expired) co_return co_await reload();
      co_return std::unexpected(records.error());
    }
    if (records->empty()) {
      current_ms_ = asked_ms;
      co_return Result<>();
    }
    for (const auto& record : *records) {
      if (ours != nullptr && record.token == *ours) *found = true;
      CO_TRY(const auto change, decode_record(record.bytes));
      CO_TRY_VOID(apply(record.version, change));
    }
  }
}

void AccountImpl::hint(std::uint64_t version) {
  if (version <= std::max(hinted_, version_)) return;
  hinted_ = version;
  if (committing_) return;  // of our own commit, or the conflict that it will meet: both tell the observers
  const auto observers = observers_;
  for (auto* o : observers) o->on_hint();
}

bool AccountImpl::is_current() const {
  const auto since = clock_.now_ms() - current_ms_;
  return hinted_ <= version_ && since >= 0 && since < limits::k_refresh_ms;
}

Task<Result<>> AccountImpl::refresh() {
  home_.assert_here();
  if (is_current()) co_return Result<>();
  auto guard = co_await turn_.take();
  if (is_current()) co_return Result<>();
  co_return co_await catch_up();
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
  kept_.note(opened, bytes_of(*opened));
  co_return MailboxRef(opened);
}

}  // namespace mailstead::account
