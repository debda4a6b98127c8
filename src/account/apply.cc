#include <algorithm>

#include "account/account_impl.h"
#include "account/blocks.h"
#include "base/check.h"
#include "base/codec.h"

namespace mailstead::account {
namespace {

constexpr std::size_t k_page = 4096;

}  // namespace

std::shared_ptr<AccountImpl::Opened> AccountImpl::opened(std::uint32_t mailbox) {
  const auto found = open_.find(mailbox);
  return found == open_.end() ? nullptr : found->second.lock();
}

// The one place where cached state moves on. Everything is decoded before anything is changed, and nothing suspends:
// sessions see the state before or after a record, never between.
Result<> AccountImpl::apply(std::uint64_t version, const ChangeRecord& record) {
  CHECK(version == version_ + 1);
  TRY(auto state, decode_state(record.state));
  struct Moved {
    std::shared_ptr<Opened> handle;  // null: not open
    std::vector<Row> put;
    std::vector<std::uint32_t> gone;
    std::vector<std::pair<UidSet, std::uint64_t>> flags;
  };
  std::map<std::uint32_t, Moved> moved;
  std::vector<Mailbox> put;
  std::vector<std::pair<std::shared_ptr<Opened>, UidSet>> blocks;
  std::optional<Options> options;
  std::vector<std::pair<std::uint32_t, model::Sharing>> shared;
  for (const auto& entry : record.entries) {
    Moved* last = nullptr;
    std::uint32_t last_id = 0;
    const auto of = [&](std::uint32_t id) -> Moved& {
      if (last == nullptr || last_id != id) {
        const auto [at, fresh] = moved.try_emplace(id);
        if (fresh) at->second.handle = opened(id);
        last = &at->second;
        last_id = id;
      }
      return *last;
    };
    for (const auto& effect : entry.effects) {
      if (const auto* row = std::get_if<RowPut>(&effect)) {
        auto& m = of(row->mailbox);
        if (!m.handle) continue;
        TRY(const auto decoded, decode_row(row->uid, row->value));
        m.put.push_back(decoded);
      } else if (const auto* flags = std::get_if<FlagsPut>(&effect)) {
        auto& m = of(flags->mailbox);
        if (!m.handle) continue;
        TRY(auto uids, decode_uids(flags->uids));
        m.flags.emplace_back(std::move(uids), flags->to);
      } else if (const auto* written = std::get_if<BlocksPut>(&effect)) {
        auto handle = opened(written->mailbox);
        if (!handle) continue;
        TRY(auto numbers, decode_uids(written->blocks));
        blocks.emplace_back(std::move(handle), std::move(numbers));
      } else if (const auto* gone = std::get_if<RowGone>(&effect)) {
        auto& m = of(gone->mailbox);
        if (m.handle) m.gone.push_back(gone->uid);
      } else if (const auto* mailbox = std::get_if<MailboxPut>(&effect)) {
        TRY(auto decoded, decode_mailbox(mailbox->mailbox, mailbox->value));
        put.push_back(std::move(decoded));
      } else if (const auto* o = std::get_if<OptionsPut>(&effect)) {
        TRY(options, decode_options(o->value));
      } else if (const auto* s = std::get_if<SharingSet>(&effect)) {
        TRY(auto decoded, decode_sharing(s->value));
        shared.emplace_back(s->mailbox, std::move(decoded));
        (void)of(s->mailbox);  // whoever has it open looks at its rights
      }
    }
  }

  bool list_changed = false;
  std::vector<AnnotationSet> annotated;
  std::vector<const MessageAnnotated*> messages_annotated;
  std::vector<std::uint32_t> left;  // mailboxes that no session may stay in
  for (auto& mailbox : put) {
    const auto id = mailbox.id.value;
    auto& slot = mailboxes_[id];
    if (!slot) {
      slot = std::make_shared<Mailbox>();
      recent_from_.try_emplace(id, 1);
      list_changed = true;
    } else {
      list_changed = list_changed || slot->name != mailbox.name || slot->subscribed != mailbox.subscribed ||
                     slot->selectable != mailbox.selectable;
      // RFC 9051 §6.3.5: deleted, and kept as a level above others.
      if (slot->selectable && !mailbox.selectable) left.push_back(id);
    }
    *slot = std::move(mailbox);
  }
  for (const auto& entry : record.entries)
    for (const auto& effect : entry.effects)
      if (const auto* gone = std::get_if<MailboxGone>(&effect)) {
        mailboxes_.erase(gone->mailbox);
        recent_from_.erase(gone->mailbox);
        left.push_back(gone->mailbox);
        list_changed = true;
      } else if (const auto* s = std::get_if<SubscriptionSet>(&effect)) {
        if (s->on)
          lone_subscriptions_.insert(s->name);
        else
          lone_subscriptions_.erase(s->name);
        list_changed = true;
      } else if (const auto* a = std::get_if<AnnotationSet>(&effect)) {
        annotated.push_back(*a);
      } else if (const auto* m = std::get_if<MessageAnnotated>(&effect)) {
        messages_annotated.push_back(m);
      }
  version_ = version;
  state_ = state;
  if (options) options_ = *std::move(options);
  for (auto& [id, sharing] : shared)
    if (sharing.empty())
      sharing_.erase(id);
    else
      sharing_[id] = std::move(sharing);
  if (list_changed) sort_mailboxes();

  for (const auto& [handle, numbers] : blocks) AccountState::note_blocks(*handle->own_rows, numbers);
  const auto observers = observers_;
  for (auto& [id, m] : moved) {
    if (!m.handle) continue;
    for (const auto& [uids, flags] : m.flags) AccountState::set_flags(*m.handle->own_rows, uids, flags, version);
    const auto expunged = AccountState::change(*m.handle->own_rows, std::move(m.put), std::move(m.gone));
    if (expunged.empty()) continue;
    for (auto* o : observers) o->on_expunged(MailboxId(id), expunged);
  }
  for (const auto id : left) {
    open_.erase(id);
    for (auto* o : observers) o->on_deleted(MailboxId(id));
  }
  for (auto* o : observers) {
    for (const auto& [id, m] : moved) o->on_changed(MailboxId(id));
    if (list_changed) o->on_changed(std::nullopt);
    for (const auto& a : annotated)
      o->on_annotated(a.mailbox == 0 ? std::nullopt : std::optional(MailboxId(a.mailbox)), a.name);
    for (const auto* m : messages_annotated)
      o->on_message_annotated(MailboxId(m->mailbox), Uid(m->uid), m->user, m->entries);
  }
  return {};
}

// Everything from the store: the first time, and when records that we need have been trimmed. Handles stay good: their
// rows are read anew and sessions told what left.
Task<Result<>> AccountImpl::reload() {
  for (;;) {
    CO_TRY(const bool done, co_await reload_once());
    if (done) co_return Result<>();
  }
}

Task<Result<bool>> AccountImpl::reload_once() {
  const auto asked_ms = clock_.now_ms();
  CO_TRY(const auto head, co_await store_.head(partition_));
  if (head.version == 0) co_return true;
  CO_TRY(const auto state, decode_state(head.summary));
  Options options;
  CO_TRY(const auto stored_options, co_await store_.get(partition_, options_key()));
  if (stored_options) {
    CO_TRY(options, decode_options(*stored_options));
  }
  std::map<std::uint32_t, std::shared_ptr<Mailbox>> mailboxes;
  std::set<std::string> subscriptions;
  std::map<std::uint32_t, model::Sharing> sharing;
  for (std::string from = "l";;) {
    CO_TRY(const auto page, co_await store_.scan(partition_, from, after_letter('l'), k_page));
    for (const auto& row : page.rows) {
      Reader key(std::string_view(row.key).substr(1));
      CO_TRY(sharing[key.u32be()], decode_sharing(row.value));
    }
    if (!page.more) break;
    from = page.rows.back().key + '\0';
  }
  for (std::string from = "m";;) {
    CO_TRY(const auto page, co_await store_.scan(partition_, from, after_letter('m'), k_page));
    for (const auto& row : page.rows) {
      Reader key(std::string_view(row.key).substr(1));
      CO_TRY(auto m, decode_mailbox(key.u32be(), row.value));
      const auto id = m.id.value;
      mailboxes[id] = std::make_shared<Mailbox>(std::move(m));
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
  std::map<std::uint32_t, std::pair<std::shared_ptr<Opened>, RowReader>> handles;
  for (const auto& [id, weak] : open_) {
    auto handle = weak.lock();
    if (!handle) continue;
    CO_TRY(auto read, co_await read_rows(id));
    handles[id] = {std::move(handle), std::move(read)};
  }
  // A commit of another node between these reads would mix two versions: look again.
  CO_TRY(const auto after, co_await store_.head(partition_));
  if (after.version != head.version) co_return false;

  for (auto& [id, fresh] : mailboxes) {
    // Handles keep pointing at the object they have.
    const auto old = mailboxes_.find(id);
    if (old == mailboxes_.end()) continue;
    *old->second = std::move(*fresh);
    fresh = old->second;
  }
  mailboxes_ = std::move(mailboxes);
  version_ = head.version;
  current_ms_ = asked_ms;
  state_ = state;
  options_ = std::move(options);
  sharing_ = std::move(sharing);
  lone_subscriptions_ = std::move(subscriptions);
  for (const auto& [id, m] : mailboxes_) recent_from_.try_emplace(id, m->uidnext);
  std::erase_if(recent_from_, [&](const auto& entry) { return !mailboxes_.contains(entry.first); });
  sort_mailboxes();
  const auto observers = observers_;
  for (auto& [id, opened] : handles) {
    auto& [handle, read] = opened;
    auto& rows = read.rows;
    std::vector<Row> left;
    const auto& old = *handle->own_rows;
    for (std::size_t i = 0, j = 0; i < old.size(); ++i) {
      while (j < rows.size() && rows[j].uid < old.uid_at(i)) ++j;
      if (j == rows.size() || rows[j].uid != old.uid_at(i)) left.push_back(old.at(i));
    }
    AccountState::set(*handle->own_rows, std::move(rows), version_, std::move(read.blocks));
    const auto* m = find(MailboxId(id));
    const bool gone = m == nullptr || !m->selectable;
    if (gone) open_.erase(id);
    for (auto* o : observers) {
      if (!left.empty()) o->on_expunged(MailboxId(id), left);
      if (gone)
        o->on_deleted(MailboxId(id));
      else
        o->on_changed(MailboxId(id));
    }
  }
  for (auto* o : observers) o->on_changed(std::nullopt);
  co_return true;
}

Task<Result<RowReader>> AccountImpl::read_rows(std::uint32_t mailbox) {
  RowReader read;
  if (const auto found = mailboxes_.find(mailbox); found != mailboxes_.end())
    read.rows.reserve(found->second->messages + k_block_rows);
  const auto end = row_key(mailbox + 1, 0);
  for (auto from = row_key(mailbox, 0);;) {
    CO_TRY(const auto page, co_await store_.scan(partition_, from, end, k_page));
    for (std::size_t yielded = read.rows.size(); const auto& r : page.rows) {
      CO_TRY_VOID(read.add(r.key, r.value));
      if (read.rows.size() < yielded + 4 * k_rows_a_turn) continue;
      yielded = read.rows.size();
      co_await home_.yield();
    }
    if (!page.more) break;
    from = page.rows.back().key + '\0';
    co_await home_.yield();
  }
  co_return read;
}

Task<Result<std::shared_ptr<AccountImpl::Opened>>> AccountImpl::open_rows(MailboxId mailbox) {
  for (std::shared_ptr<Opened> keep;;) {
    const auto found = mailboxes_.find(mailbox.value);
    if (found == mailboxes_.end() || !found->second->selectable) co_return fail(Errc::not_found);
    if (auto handle = opened(mailbox.value)) co_return handle;
    auto handle = keep = std::make_shared<Opened>();
    handle->own_rows = std::make_shared<Rows>();
    handle->rows = handle->own_rows;
    handle->mailbox = found->second;
    const auto version = version_;
    CO_TRY(auto read, co_await read_rows(mailbox.value));
    const bool merge = wants_merge(read);
    AccountState::set(*handle->own_rows, std::move(read.rows), version, std::move(read.blocks));
    open_[mailbox.value] = handle;
    // Waits for the turn, which we have.
    if (merge) background_.group.spawn(merge_rows(shared_from_this(), mailbox, std::move(read.singles)));
    // Pages may be newer than our version, and of several: until all that they may hold was replayed over them, nobody
    // may see them. Else a row that left would come back for a moment, below what a session's view has counted.
    CO_TRY(const auto head, co_await store_.head(partition_));
    if (head.version <= version_) co_return handle;
    CO_TRY_VOID(co_await catch_up());
    // The mailbox may be gone by now; if not, the handle is found there.
  }
}

}  // namespace mailstead::account
