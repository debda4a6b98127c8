#include "store/mem/mem_store.h"

#include <algorithm>

#include "store/validate.h"

namespace mailstead::store {

const MemStore::Partition* MemStore::find(PartitionId partition) const {
  const auto it = partitions_.find(partition);
  return it == partitions_.end() ? nullptr : &it->second;
}

void MemStore::put_blob_locked(const BlobId& id, std::string_view content) {
  auto [it, fresh] = blobs_.try_emplace(id);
  if (fresh) it->second.content = content;
  const auto now = clock_.now();
  if (it->second.created + k_blob_touch_s <= now) it->second.created = now;
}

Result<CommitOutcome> MemStore::commit_locked(const Commit& commit) {
  const auto* old = find(commit.partition);
  if ((old ? old->head.version : 0) != commit.expected) return CommitOutcome::conflict;
  for (const auto& op : commit.ops) {
    if (op.kind != Op::link) continue;
    const auto id = *BlobId::from(op.key);
    const bool brought = std::ranges::any_of(commit.blobs, [&](const BlobPut& b) { return b.id == id; });
    if (!brought && !blobs_.contains(id)) return fail(Errc::not_found, "link to a missing blob");
  }
  for (const auto& blob : commit.blobs) put_blob_locked(blob.id, blob.content);
  auto& partition = partitions_[commit.partition];
  for (const auto& op : commit.ops) {
    switch (op.kind) {
      case Op::put:
        partition.keys[op.key] = op.value;
        break;
      case Op::del:
        partition.keys.erase(op.key);
        break;
      case Op::del_range:
        if (op.key < op.value)
          partition.keys.erase(partition.keys.lower_bound(op.key), partition.keys.lower_bound(op.value));
        break;
      case Op::link:
        blobs_[*BlobId::from(op.key)].links.emplace(commit.partition, op.value);
        break;
      case Op::unlink:
        if (auto it = blobs_.find(*BlobId::from(op.key)); it != blobs_.end())
          it->second.links.erase({commit.partition, op.value});
        break;
    }
  }
  partition.head = {commit.expected + 1, commit.summary};
  partition.records[commit.expected + 1] = {commit.expected + 1, commit.token, commit.record};
  return CommitOutcome::ok;
}

Task<Result<CommitOutcome>> MemStore::commit(Commit commit) {
  CO_TRY_VOID(validate(commit));
  Result<CommitOutcome> outcome = CommitOutcome::conflict;
  {
    std::lock_guard lock(mutex_);
    outcome = commit_locked(commit);
  }
  if (outcome && *outcome == CommitOutcome::ok) watchers_.tell(commit.partition, commit.expected + 1);
  co_return outcome;
}

Task<Result<Head>> MemStore::head(PartitionId partition) {
  std::lock_guard lock(mutex_);
  const auto* p = find(partition);
  co_return p ? p->head : Head{};
}

Task<Result<std::optional<std::string>>> MemStore::get(PartitionId partition, std::string key) {
  auto all = co_await get_many(partition, {std::move(key)});
  co_return std::move(all->front());
}

Task<Result<std::vector<std::optional<std::string>>>> MemStore::get_many(PartitionId partition,
                                                                         std::vector<std::string> keys) {
  std::lock_guard lock(mutex_);
  std::vector<std::optional<std::string>> out(keys.size());
  if (const auto* p = find(partition)) {
    for (std::size_t i = 0; i < keys.size(); ++i)
      if (const auto it = p->keys.find(keys[i]); it != p->keys.end()) out[i] = it->second;
  }
  co_return out;
}

Task<Result<Page>> MemStore::scan(PartitionId partition, std::string from, std::string to, std::size_t limit,
                                  bool reverse) {
  std::lock_guard lock(mutex_);
  Page page;
  const auto* p = find(partition);
  if (!p || (!to.empty() && from >= to)) co_return page;
  auto first = p->keys.lower_bound(from);
  auto last = to.empty() ? p->keys.end() : p->keys.lower_bound(to);
  limit = std::max<std::size_t>(limit, 1);
  std::size_t bytes = 0;
  while (first != last) {
    if (page.rows.size() == limit || bytes >= k_page_bytes) {
      page.more = true;
      break;
    }
    const auto& [key, value] = reverse ? *--last : *first++;
    page.rows.push_back({key, value});
    bytes += key.size() + value.size();
  }
  co_return page;
}

Task<Result<std::vector<Record>>> MemStore::records(PartitionId partition, std::uint64_t after, std::size_t limit) {
  std::lock_guard lock(mutex_);
  std::vector<Record> out;
  const auto* p = find(partition);
  if (!p || p->head.version <= after) co_return out;
  auto it = p->records.upper_bound(after);
  if (it == p->records.end() || it->first != after + 1) co_return fail(Errc::expired, "records were trimmed");
  for (; it != p->records.end() && out.size() < limit; ++it) out.push_back(it->second);
  co_return out;
}

Task<Result<>> MemStore::trim(PartitionId partition, std::uint64_t up_to) {
  std::lock_guard lock(mutex_);
  if (const auto it = partitions_.find(partition); it != partitions_.end())
    it->second.records.erase(it->second.records.begin(), it->second.records.upper_bound(up_to));
  co_return Result<>{};
}

std::unique_ptr<Watch> MemStore::watch(Hint hint) {
  return watchers_.add(std::move(hint));
}

Task<Result<std::vector<std::uint64_t>>> MemStore::partitions(std::uint8_t kind, std::uint64_t after,
                                                              std::size_t limit) {
  std::lock_guard lock(mutex_);
  std::vector<std::uint64_t> out;
  for (auto it = partitions_.upper_bound({kind, after});
       it != partitions_.end() && it->first.kind == kind && out.size() < limit; ++it)
    out.push_back(it->first.id);
  co_return out;
}

Task<Result<std::vector<Link>>> MemStore::links(PartitionId partition, std::size_t limit, std::string* cursor) {
  std::lock_guard lock(mutex_);
  std::vector<Link> out;
  // The cursor is the next link: its blob's 24 bytes, then its holder.
  const auto from = BlobId::from(cursor->substr(0, std::min<std::size_t>(cursor->size(), 24)));
  const auto holder = from ? cursor->substr(24) : std::string();
  cursor->clear();
  for (auto blob = from ? blobs_.lower_bound(*from) : blobs_.begin(); blob != blobs_.end(); ++blob) {
    const auto& links = blob->second.links;
    for (auto link = links.lower_bound({partition, from == blob->first ? holder : std::string()});
         link != links.end() && link->first == partition; ++link) {
      if (out.size() == std::max<std::size_t>(limit, 1)) {
        cursor->assign(blob->first.view()).append(link->second);
        co_return out;
      }
      out.push_back({blob->first, link->second});
    }
  }
  co_return out;
}

Task<Result<>> MemStore::erase(PartitionId partition) {
  std::lock_guard lock(mutex_);
  partitions_.erase(partition);
  for (auto& [id, blob] : blobs_) std::erase_if(blob.links, [&](const auto& l) { return l.first == partition; });
  co_return Result<>{};
}

Task<Result<>> MemStore::put_blob(BlobId id, std::string_view content) {
  std::lock_guard lock(mutex_);
  put_blob_locked(id, content);
  co_return Result<>{};
}

Task<Result<std::string>> MemStore::get_blob(BlobId id, std::uint64_t offset, std::uint64_t length) {
  std::lock_guard lock(mutex_);
  const auto it = blobs_.find(id);
  if (it == blobs_.end()) co_return fail(Errc::not_found, "blob");
  const auto& content = it->second.content;
  if (offset >= content.size()) co_return std::string();
  co_return content.substr(offset, length);
}

Task<Result<std::vector<Result<std::string>>>> MemStore::get_blobs(std::vector<BlobId> ids) {
  std::vector<Result<std::string>> out;
  for (const auto& id : ids) out.push_back(co_await get_blob(id, 0, UINT64_MAX));
  co_return out;
}

Task<Result<std::size_t>> MemStore::sweep(std::int64_t age_s, std::size_t limit, std::string* cursor) {
  std::lock_guard lock(mutex_);
  std::size_t erased = 0;
  auto it = blobs_.begin();
  if (const auto after = BlobId::from(*cursor)) it = blobs_.upper_bound(*after);
  const auto before = clock_.now() - age_s;
  for (limit = std::max<std::size_t>(limit, 1); it != blobs_.end() && limit > 0; --limit) {
    *cursor = it->first.view();
    if (it->second.links.empty() && it->second.created < before) {
      it = blobs_.erase(it);
      ++erased;
    } else {
      ++it;
    }
  }
  if (it == blobs_.end()) cursor->clear();
  co_return erased;
}

}  // namespace mailstead::store
