#include "auth/system_rows.h"

#include "auth/records.h"
#include "base/codec.h"
#include "base/random.h"
#include "runtime/home.h"

namespace mailstead::auth {
namespace {

constexpr std::size_t k_cached_rows = 200'000;  // bounds memory: RCPTs to addresses that do not exist are cached, too
constexpr std::size_t k_cached_row_bytes = 8 * 1024;
constexpr std::int64_t k_recheck_ms = 2'000;  // how long a missed hint can go unnoticed
constexpr std::size_t k_records_page = 500;
constexpr std::uint64_t k_records_kept = 1024;  // nodes further behind drop their cache

}  // namespace

SystemRows::SystemRows(store::Store& store, const Clock& clock) : store_(store), clock_(clock) {
  watch_ = store_.watch([this](store::PartitionId partition, std::uint64_t version) {
    if (partition != k_system) return;
    std::lock_guard lock(mutex_);
    target_ = std::max(target_, version);
  });
}

void SystemRows::forget_all() {
  rows_.clear();
  ++epoch_;
}

Task<Result<>> SystemRows::catch_up() {
  for (;;) {
    std::uint64_t known = 0;
    bool started = false;
    {
      std::lock_guard lock(mutex_);
      const auto now = clock_.now_ms();
      const bool checked = now - checked_ms_ < k_recheck_ms && now >= checked_ms_;
      if (started_ && checked && target_ <= known_) co_return Result<>{};
      known = known_;
      started = started_;
    }
    const auto now = clock_.now_ms();
    CO_TRY(const auto head, co_await store_.head(k_system));
    Result<std::vector<store::Record>> records = fail(Errc::expired);
    if (started && head.version > known) records = co_await store_.records(k_system, known, k_records_page);
    if (!records && records.error().code != Errc::expired) co_return std::unexpected(records.error());

    std::lock_guard lock(mutex_);
    if (known_ != known) continue;  // another home was faster
    started_ = true;
    if (head.version <= known) {
      checked_ms_ = now;
      // A hint may run ahead of a replica's head; the recheck finds out.
      target_ = known_;
      co_return Result<>{};
    }
    if (!records || records->empty()) {
      forget_all();
      known_ = head.version;
    } else {
      for (const auto& record : *records) {
        Reader r(record.bytes);
        const auto n = r.varint();
        for (std::uint64_t i = 0; i < n && !r.bad(); ++i) rows_.erase(std::string(r.str()));
        if (!r.done()) rows_.clear();
      }
      ++epoch_;
      known_ = records->back().version;
    }
    target_ = std::max(target_, head.version);
    if (known_ >= head.version) checked_ms_ = now;
  }
}

Task<Result<std::optional<std::string>>> SystemRows::get(std::string key) {
  CO_TRY_VOID(co_await catch_up());
  std::uint64_t epoch = 0;
  {
    std::lock_guard lock(mutex_);
    if (const auto it = rows_.find(key); it != rows_.end()) co_return it->second;
    epoch = epoch_;
  }
  CO_TRY(auto value, co_await store_.get(k_system, key));
  std::lock_guard lock(mutex_);
  if (epoch == epoch_ && (!value || value->size() <= k_cached_row_bytes)) {
    if (rows_.size() >= k_cached_rows) forget_all();
    rows_.emplace(std::move(key), value);
  }
  co_return value;
}

Task<Result<std::optional<std::string>>> SystemRows::fresh(std::string key) {
  co_return co_await store_.get(k_system, std::move(key));
}

Task<Result<std::vector<store::Row>>> SystemRows::scan(std::string prefix) {
  std::vector<store::Row> all;
  const auto end = prefix_end(prefix);
  auto from = std::move(prefix);
  for (;;) {
    CO_TRY(auto page, co_await store_.scan(k_system, from, end, 1000));
    for (auto& row : page.rows) all.push_back(std::move(row));
    if (!page.more || all.empty()) co_return all;
    from = all.back().key + '\0';
  }
}

Task<Result<bool>> SystemRows::any(std::string prefix) {
  const auto end = prefix_end(prefix);
  CO_TRY(auto page, co_await store_.scan(k_system, std::move(prefix), end, 1));
  co_return !page.rows.empty();
}

Task<Result<SystemRows::Change>> SystemRows::begin() {
  CO_TRY(const auto head, co_await store_.head(k_system));
  co_return Change{head.version, {}};
}

Task<Result<bool>> SystemRows::commit(Change change) {
  store::Commit commit{.partition = k_system,
                       .expected = change.version,
                       .token = {},
                       .summary = {},
                       .record = {},
                       .ops = std::move(change.ops),
                       .blobs = {}};
  random_bytes(commit.token.data(), commit.token.size());
  const auto token = commit.token;
  Writer record;
  record.varint(commit.ops.size());
  for (const auto& op : commit.ops) record.str(op.key);
  commit.record = record.take();

  auto outcome = co_await store_.commit(std::move(commit));
  if (!outcome && outcome.error().code == Errc::unknown) {
    auto records = co_await store_.records(k_system, change.version, 1);
    if (records && !records->empty())
      outcome = records->front().token == token ? store::CommitOutcome::ok : store::CommitOutcome::conflict;
  }
  if (!outcome) co_return std::unexpected(outcome.error());
  if (*outcome == store::CommitOutcome::conflict) {
    co_await Home::current().yield();
    co_return false;
  }
  {
    std::lock_guard lock(mutex_);
    target_ = std::max(target_, change.version + 1);
  }
  if (change.version % k_records_kept == 0 && change.version > k_records_kept)
    (void)co_await store_.trim(k_system, change.version - k_records_kept);  // a failed trim is tried again later
  co_return true;
}

}  // namespace mailstead::auth
