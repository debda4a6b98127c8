#include "account/account_impl.h"

namespace mailstead::account {

namespace {

// Trace headers do not count as the sender's octets.
constexpr std::size_t k_prefix_max = 4096;
constexpr std::size_t k_annotation_bytes_a_row = 1024;  // so many take the room of a message in a shared commit

// Done once, before the turn, and not again after a conflict.
std::vector<PreparedRef> prepare_all(std::span<const NewMessage> messages) {
  std::vector<PreparedRef> out;
  out.reserve(messages.size());
  for (const auto& m : messages) out.push_back(m.prepared ? m.prepared : prepare(m.content));
  return out;
}

bool over(const Quota& q) {
  return (q.bytes_max != 0 && q.bytes_used > q.bytes_max) || (q.messages_max != 0 && q.messages_used > q.messages_max);
}

}  // namespace

PreparedRef prepare(std::string_view content) {
  return std::make_shared<const Prepared>(store::BlobId::of(content), mime::encode(mime::summarize(content)));
}

struct AccountImpl::PendingAppend {
  MailboxId to;
  std::vector<NewMessage> messages;
  std::vector<PreparedRef> prepared;
  Actor actor;
  std::optional<Result<Appended>> result;
  std::size_t annotation_bytes = 0;
};

Task<std::vector<PreparedRef>> AccountImpl::prepare_some(const std::vector<NewMessage>* messages, std::size_t octets) {
  if (octets <= k_prepare_at_home) co_return prepare_all(*messages);
  auto job = [all = std::span<const NewMessage>(*messages)] { return prepare_all(all); };
  co_return co_await offload(cpu_, std::move(job));
}

// Not what seems to be refused: that is told later, when it is known for good. Refused all the same, it is an orphan,
// which is swept.
Task<Result<>> AccountImpl::store_ahead(MailboxId to, const std::vector<NewMessage>* messages,
                                        const std::vector<PreparedRef>* prepared) {
  const auto* there = find(to);
  if (there == nullptr || !there->selectable) co_return Result<>();
  std::uint64_t octets = 0;
  for (const auto& m : *messages) octets += m.prefix.size() + m.content.size();
  const auto& quota = state_.quota;
  if (quota.bytes_max != 0 && quota.bytes_used + octets > quota.bytes_max) co_return Result<>();
  if (quota.messages_max != 0 && quota.messages_used >= quota.messages_max) co_return Result<>();
  for (std::size_t i = 0; i < messages->size(); ++i) {
    const std::string_view content = (*messages)[i].content;
    if (content.size() > k_store_ahead) CO_TRY_VOID(co_await store_.put_blob((*prepared)[i]->blob, content));
  }
  co_return Result<>();
}

// Whoever gets the turn commits for all who wait: many deliveries to one account share one sync.
Task<Result<Appended>> AccountImpl::append(MailboxId to, std::vector<NewMessage> messages, Actor actor) {
  home_.assert_here();
  std::size_t octets = 0, to_read = 0;
  for (const auto& m : messages) {
    // Refused before anything is computed from it.
    if (m.content.size() + m.prefix.size() > settings_.message_size_max + k_prefix_max) co_return fail(Errc::too_big);
    octets += m.content.size() + m.prefix.size();
    if (!m.prepared) to_read += m.content.size();
  }
  if (messages.size() > limits::k_commit_messages || octets > std::uint64_t{UINT32_MAX}) co_return fail(Errc::too_big);
  auto look = prepare_some(&messages, to_read);
  auto prepared = co_await std::move(look);
  auto ahead = store_ahead(to, &messages, &prepared);
  CO_TRY_VOID(co_await std::move(ahead));
  const auto mine = std::make_shared<PendingAppend>(
      PendingAppend{to, std::move(messages), std::move(prepared), std::move(actor), {}});
  for (const auto& m : mine->messages)
    for (const auto& a : m.annotations) mine->annotation_bytes += a.entry.size() + a.value.value_or("").size();
  appends_.push_back(mine);
  auto guard = co_await turn_.take();
  if (mine->result) co_return std::move(*mine->result);
  std::vector<std::shared_ptr<PendingAppend>> batch;
  for (std::size_t rows = 0; !appends_.empty() && (batch.empty() || rows < limits::k_commit_messages / 4);) {
    rows += appends_.front()->messages.size() + appends_.front()->annotation_bytes / k_annotation_bytes_a_row;
    batch.push_back(std::move(appends_.front()));
    appends_.pop_front();
  }
  const auto done = co_await append_some(batch);
  if (!done)
    for (const auto& p : batch) p->result = std::unexpected(done.error());
  // The queue is FIFO and so is the turn: mine was in the batch.
  co_return std::move(*mine->result);
}

Task<Result<>> AccountImpl::append_some(std::vector<std::shared_ptr<PendingAppend>> batch) {
  for (;;) {
    Transaction tx(*this, "append", batch.front()->actor);
    const auto now = clock_.now();
    std::vector<std::pair<std::uint64_t, std::string_view>> summaries;
    for (const auto& p : batch) {
      p->result.reset();
      std::uint64_t bytes = 0;
      for (const auto& m : p->messages) bytes += m.prefix.size() + m.content.size();
      const auto& quota = tx.state.quota;
      const auto* there = find(p->to);
      if (there == nullptr || !there->selectable) {
        p->result = fail(Errc::not_found);
      } else if ((quota.bytes_max != 0 && quota.bytes_used + bytes > quota.bytes_max) ||
                 (quota.messages_max != 0 && quota.messages_used + p->messages.size() > quota.messages_max)) {
        p->result = fail(Errc::over_quota);
      }
      if (p->result) continue;
      tx.entry("append", p->actor);
      auto& mailbox = *tx.mailbox(p->to);
      Appended appended{mailbox.uidvalidity, {}};
      for (std::size_t i = 0; i < p->messages.size(); ++i) {
        const auto row = tx.add_message(mailbox, p->messages[i], p->prepared[i]->blob, now);
        if (p->prepared[i]->summary) summaries.emplace_back(row.content, *p->prepared[i]->summary);
        appended.uids.emplace_back(row.uid);
      }
      p->result = std::move(appended);
    }
    if (tx.blobs.empty()) co_return Result<>();
    // Last, in the room that is left.
    for (const auto& [content, encoded] : summaries) (void)tx.add_summary(content, std::string(encoded));
    CO_TRY(const bool done, co_await commit(tx));
    if (done) co_return Result<>();
  }
}

Task<Result<Appended>> AccountImpl::replace(MailboxId from, Uid uid, MailboxId to, NewMessage message, Actor actor) {
  home_.assert_here();
  const auto octets = message.content.size() + message.prefix.size();
  if (octets > settings_.message_size_max + k_prefix_max) co_return fail(Errc::too_big);
  const std::vector<NewMessage> one{std::move(message)};
  auto look = prepare_some(&one, octets);
  const auto prepared = co_await std::move(look);
  auto ahead = store_ahead(to, &one, &prepared);
  CO_TRY_VOID(co_await std::move(ahead));
  auto guard = co_await turn_.take();
  CO_TRY(const auto opened, co_await open_rows(from));
  for (;;) {
    Transaction tx(*this, "replace", actor);
    auto* origin = tx.mailbox(from);
    auto* target = tx.mailbox(to);
    if (origin == nullptr || target == nullptr || !target->selectable) co_return fail(Errc::not_found);
    Appended out{target->uidvalidity, {}};
    const auto* old = opened->rows->find(uid.value);
    if (old == nullptr) co_return out;
    const auto now = clock_.now();
    const auto row = tx.add_message(*target, one.front(), prepared.front()->blob, now);
    tx.remove_row(*origin, *old, false, now);
    // Whoever is over the limit already may still make it less.
    const auto &before = state_.quota, &after = tx.state.quota;
    if (over(after) && (after.bytes_used > before.bytes_used || after.messages_used > before.messages_used))
      co_return fail(Errc::over_quota);
    if (prepared.front()->summary) (void)tx.add_summary(row.content, std::string(*prepared.front()->summary));
    CO_TRY(const bool done, co_await commit(tx));
    if (!done) continue;
    out.uids.emplace_back(row.uid);
    co_return out;
  }
}

}  // namespace mailstead::account
