#include "store/fault_store.h"

#include "runtime/timer.h"

namespace mailstead::store {

void FaultStore::set(Plan plan) {
  std::lock_guard lock(mutex_);
  plan_ = plan;
  commits_ = 0;
  calls_ = 0;
}

FaultStore::Verdict FaultStore::judge(bool is_commit) {
  std::lock_guard lock(mutex_);
  Verdict verdict;
  if (plan_.delay_ms > 0 && ++delays_ % plan_.delay_every == 0) verdict.delay_ms = plan_.delay_ms;
  verdict.code = plan_.code;
  verdict.applied = plan_.applied;
  if (is_commit && plan_.conflict_every > 0) verdict.conflict = ++commits_ % plan_.conflict_every == 0;
  if (plan_.commits_only && !is_commit) return verdict;
  const auto call = ++calls_;
  verdict.fails = call == plan_.fail_call || (plan_.fail_later_too && plan_.fail_call > 0 && call > plan_.fail_call);
  verdict.fails = verdict.fails || (plan_.fail_every > 0 && call % plan_.fail_every == 0);
  return verdict;
}

// The call was made lazily (a Task has not begun): dropping it is a failure before anything was applied.
template <class T>
Task<Result<T>> FaultStore::guard(Task<Result<T>> call) {
  const auto verdict = judge(false);
  if (verdict.delay_ms > 0) co_await sleep_ms(verdict.delay_ms);
  if (!verdict.fails) co_return co_await std::move(call);
  if (verdict.applied) (void)co_await std::move(call);
  co_return fail(verdict.code, "injected");
}

Task<Result<CommitOutcome>> FaultStore::commit(Commit commit) {
  const auto verdict = judge(true);
  if (verdict.delay_ms > 0) co_await sleep_ms(verdict.delay_ms);
  if (verdict.fails) {
    if (verdict.applied) (void)co_await under_.commit(std::move(commit));
    co_return fail(verdict.code, "injected");
  }
  if (verdict.conflict) co_return CommitOutcome::conflict;
  co_return co_await under_.commit(std::move(commit));
}

Task<Result<Head>> FaultStore::head(PartitionId partition) {
  return guard(under_.head(partition));
}

Task<Result<std::optional<std::string>>> FaultStore::get(PartitionId partition, std::string key) {
  return guard(under_.get(partition, std::move(key)));
}

Task<Result<std::vector<std::optional<std::string>>>> FaultStore::get_many(PartitionId partition,
                                                                           std::vector<std::string> keys) {
  return guard(under_.get_many(partition, std::move(keys)));
}

Task<Result<Page>> FaultStore::scan(PartitionId partition, std::string from, std::string to, std::size_t limit,
                                    bool reverse) {
  return guard(under_.scan(partition, std::move(from), std::move(to), limit, reverse));
}

Task<Result<std::vector<Record>>> FaultStore::records(PartitionId partition, std::uint64_t after, std::size_t limit) {
  return guard(under_.records(partition, after, limit));
}

Task<Result<>> FaultStore::trim(PartitionId partition, std::uint64_t up_to) {
  return guard(under_.trim(partition, up_to));
}

std::unique_ptr<Watch> FaultStore::watch(Hint hint) {
  return under_.watch([this, hint = std::move(hint)](PartitionId partition, std::uint64_t version) {
    {
      std::lock_guard lock(mutex_);
      if (plan_.drop_hints) return;
    }
    hint(partition, version);
  });
}

Task<Result<std::vector<std::uint64_t>>> FaultStore::partitions(std::uint8_t kind, std::uint64_t after,
                                                                std::size_t limit) {
  return guard(under_.partitions(kind, after, limit));
}

Task<Result<std::vector<Link>>> FaultStore::links(PartitionId partition, std::size_t limit, std::string* cursor) {
  return guard(under_.links(partition, limit, cursor));
}

Task<Result<>> FaultStore::erase(PartitionId partition) {
  return guard(under_.erase(partition));
}

Task<Result<>> FaultStore::put_blob(BlobId id, std::string_view content) {
  return guard(under_.put_blob(id, content));
}

Task<Result<std::string>> FaultStore::get_blob(BlobId id, std::uint64_t offset, std::uint64_t length) {
  return guard(under_.get_blob(id, offset, length));
}

Task<Result<std::vector<Result<std::string>>>> FaultStore::get_blobs(std::vector<BlobId> ids) {
  return guard(under_.get_blobs(std::move(ids)));
}

Task<Result<std::size_t>> FaultStore::sweep(std::int64_t age_s, std::size_t limit, std::string* cursor) {
  return guard(under_.sweep(age_s, limit, cursor));
}

}  // namespace mailstead::store
