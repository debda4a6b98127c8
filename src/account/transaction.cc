#include <algorithm>

#include "account/account_impl.h"
#include "base/base64.h"
#include "base/check.h"
#include "base/codec.h"
#include "base/planted.h"

namespace mailstead::account {
namespace {

std::string actor_line(const Actor& a) {
  return a.protocol + " " + a.device + " " + a.address;
}

}  // namespace

Transaction::Transaction(AccountImpl& account, const char* kind, const Actor& actor)
    : state(account.state_), account_(account), rows_max_(account.commit_rows_) {
  record_.time = account.clock_.now();
  entry(kind, actor);
}

std::uint64_t Transaction::modseq() const {
  return account_.version_ + 1;
}

void Transaction::entry(const char* kind, const Actor& actor) {
  // One of an append that was refused must not stay in the history.
  if (!record_.entries.empty() && record_.entries.back().effects.empty()) record_.entries.pop_back();
  record_.entries.push_back({kind, actor, {}});
}

void Transaction::put(std::string key, std::string value) {
  bytes_ += key.size() + value.size() + 16;
  ops.push_back({store::Op::put, std::move(key), std::move(value)});
}

void Transaction::effect(Effect e) {
  record_.entries.back().effects.push_back(std::move(e));
}

Mailbox* Transaction::mailbox(MailboxId id) {
  if (const auto found = mailboxes_.find(id.value); found != mailboxes_.end()) {
    touched_.insert(id.value);
    return &found->second;
  }
  const auto now = account_.mailboxes_.find(id.value);
  if (now == account_.mailboxes_.end()) return nullptr;
  touched_.insert(id.value);
  return &mailboxes_.emplace(id.value, *now->second).first->second;
}

Mailbox& Transaction::add_mailbox(std::string name, std::optional<model::SpecialUse> use, std::int64_t now) {
  const auto id = state.next_mailbox++;
  // RFC 9051 §2.3.1.1: larger than any before in this account, also for a name that is made again.
  state.last_uidvalidity = std::max(static_cast<std::uint32_t>(now), state.last_uidvalidity + 1);
  Mailbox m{};
  m.id = MailboxId(id);
  m.name = std::move(name);
  m.uidvalidity = state.last_uidvalidity;
  m.uidnext = 1;
  m.highest_modseq = modseq();
  m.use = use;
  m.subscribed = true;
  m.selectable = true;
  touched_.insert(id);
  auto& there = mailboxes_.emplace(id, std::move(m)).first->second;
  take_subscription(there);
  // RFC 4314 §4 CREATE: the rights of the nearest parent; those made in this commit have the same.
  for (auto above = model::parent_of(there.name); !above.empty(); above = model::parent_of(above))
    if (const auto* parent = account_.find(above)) {
      if (const auto& sharing = account_.sharing(parent->id); !sharing.empty()) set_sharing(id, sharing);
      break;
    }
  return there;
}

void Transaction::take_subscription(Mailbox& m) {
  if (!account_.lone_subscriptions_.contains(m.name)) return;
  subscription(m.name, false);
  m.subscribed = true;
}

Mailbox* Transaction::mailbox(std::string_view name) {
  // Those renamed or made in this commit; the few there are.
  for (auto& [id, m] : mailboxes_)
    if (m.name == name) return mailbox(m.id);
  const auto* there = account_.find(name);
  return there == nullptr || mailboxes_.contains(there->id.value) ? nullptr : mailbox(there->id);
}

void Transaction::make_parents(const std::string& name, std::int64_t now) {
  for (auto slash = name.find(model::k_separator); slash != std::string::npos;
       slash = name.find(model::k_separator, slash + 1)) {
    auto parent = name.substr(0, slash);
    if (account_.find(parent) == nullptr && mailbox(parent) == nullptr)
      add_mailbox(std::move(parent), std::nullopt, now);
  }
}

Mailbox& Transaction::make_mailbox(const std::string& name, std::optional<model::SpecialUse> use, std::int64_t now) {
  make_parents(name, now);
  if (auto* there = mailbox(name)) {
    if (!there->selectable) there->use = use;
    there->selectable = true;
    return *there;
  }
  return add_mailbox(name, use, now);
}

void Transaction::erase_mailbox(MailboxId id) {
  auto name = mailbox(id)->name;
  touched_.erase(id.value);
  mailboxes_.erase(id.value);
  ops.push_back({store::Op::del, mailbox_key(id.value), {}});
  ops.push_back({store::Op::del_range, view_key(id.value, 0), view_key(id.value + 1, 0)});
  if (account_.sharing_.contains(id.value)) set_sharing(id.value, {});
  effect(MailboxGone{id.value, std::move(name)});
}

void Transaction::subscription(const std::string& name, bool on) {
  if (on)
    put(subscription_key(name), {});
  else
    ops.push_back({store::Op::del, subscription_key(name), {}});
  effect(SubscriptionSet{on, name});
}

void Transaction::set_sharing(std::uint32_t mailbox, model::Sharing sharing) {
  auto value = encode_sharing(sharing);
  effect(SharingSet{mailbox, value});
  if (sharing.empty())
    ops.push_back({store::Op::del, sharing_key(mailbox), {}});
  else
    put(sharing_key(mailbox), std::move(value));
}

void Transaction::set_options(const Options& options) {
  auto value = encode_options(options);
  effect(OptionsPut{value});
  put(options_key(), std::move(value));
}

void Transaction::erase_removed(std::uint64_t number, std::uint32_t size) {
  // The row may be newer than the state, of another node: then this commit meets a conflict.
  auto& quota = state.quota;
  ops.push_back({store::Op::del, removed_key(number), {}});
  quota.removed_bytes -= std::min<std::uint64_t>(quota.removed_bytes, size);
  if (quota.removed_messages > 0) --quota.removed_messages;
}

void Transaction::annotation(std::uint32_t mailbox, const std::string& name, const std::optional<std::string>& value) {
  if (value)
    put(annotation_key(mailbox, name), encode_annotation(*value));
  else
    ops.push_back({store::Op::del, annotation_key(mailbox, name), {}});
  effect(AnnotationSet{mailbox, name});
}

Row Transaction::add_message(Mailbox& m, const NewMessage& message, const store::BlobId& blob, std::int64_t now) {
  Row row{};
  row.uid = m.uidnext++;
  row.size = static_cast<std::uint32_t>(message.prefix.size() + message.content.size());
  row.content = add_content(message, blob, row.size);
  row.internal_date = message.internal_date != 0 ? message.internal_date : now;
  row.internal_zone = message.internal_zone;
  row.save_date = static_cast<std::uint32_t>(now);
  for (const auto& name : message.flags) {
    const auto system = model::system_flag(name);
    const auto bit = system ? system : m.keywords.add(name);
    if (bit) row.flags |= bit->bits;  // a keyword for which there is no room is not worth refusing a message
  }
  put_row(m, row);
  if (!message.annotations.empty()) put_annotations(m, row.uid, message);
  return row;
}

std::uint64_t Transaction::add_content(const NewMessage& message, const store::BlobId& blob, std::uint64_t size) {
  const auto id = state.next_content++;
  Content c{blob, message.prefix, size, {}};
  // RFC 8474 §5.1: equal ids for equal octets only; the prefix is part of them.
  const auto whole = message.prefix.empty() ? c.blob : store::BlobId::of(message.prefix + std::string(c.blob.view()));
  c.email_id = base64url_encode(whole.view());
  put(content_key(id), encode_content(c));
  ops.push_back({store::Op::link, std::string(c.blob.view()), Writer().u64be(id).take()});
  blobs.push_back({c.blob, message.content});
  return id;
}

bool Transaction::add_summary(std::uint64_t content, std::string&& encoded) {
  // The record takes about as much again as the rows do.
  if (bytes_ + encoded.size() > store::k_commit_max / 2) return false;
  put(summary_key(content), std::move(encoded));
  return true;
}

void Transaction::count(Mailbox& m, const Row& row, int sign) {
  const auto by = static_cast<std::uint64_t>(static_cast<std::int64_t>(sign));
  const model::Flags flags{row.flags};
  CHECK(sign > 0 || (m.messages > 0 && m.bytes >= row.size));
  m.messages += by;
  m.bytes += sign > 0 ? row.size : -static_cast<std::uint64_t>(row.size);
  if (!flags.has(model::k_seen)) m.unseen += by;
  if (flags.has(model::k_deleted)) m.deleted += by;
}

void Transaction::put_row(Mailbox& m, Row row, Origin origin) {
  row.modseq = modseq();
  m.highest_modseq = row.modseq;
  state.quota.bytes_used += row.size;
  ++state.quota.messages_used;
  count(m, row, +1);
  effect(RowPut{m.id.value, row.uid, encode_row(row), origin});
  auto& c = changes(m);
  make_room(c, row.uid, false);
  c.put.push_back(row);
  ++rows_;
}

void Transaction::remove_row(Mailbox& m, const Row& row, bool moved, std::int64_t now) {
  count(m, row, -1);
  m.highest_modseq = modseq();
  CHECK(state.quota.bytes_used >= row.size && state.quota.messages_used > 0);
  if (!planted(Planted::quota_not_decreased)) state.quota.bytes_used -= row.size;
  --state.quota.messages_used;
  if (planted(Planted::uidnext_goes_back) && row.uid + 1 == m.uidnext) --m.uidnext;
  auto& c = changes(m);
  make_room(c, row.uid, true);
  c.gone.push_back(row.uid);
  std::uint64_t number = 0;
  if (!moved) {
    number = state.next_removed++;
    state.quota.removed_bytes += row.size;
    ++state.quota.removed_messages;
    auto kept = row;
    kept.modseq = modseq();
    put(removed_key(number), encode_removed({kept, m.id.value, m.name, m.keywords.names(model::Flags{row.flags}), now,
                                             actor_line(record_.entries.back().actor)}));
  }
  effect(RowGone{m.id.value, row.uid, number, row.content, row.flags});
  ++rows_;
}

}  // namespace mailstead::account
