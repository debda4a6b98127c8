#include <algorithm>

#include "account/account_impl.h"
#include "account/mailbox.h"

namespace mailstead::account {
namespace {

// Changes that are remembered for changed_since(): 32 KiB of an open mailbox at most.
constexpr std::size_t k_recent = 1024;
constexpr std::size_t k_room = 16;  // rows: for arrivals in a small mailbox

bool by_uid(const Row& a, const Row& b) {
  return a.uid < b.uid;
}

}  // namespace

std::size_t Rows::rank(std::uint32_t uid) const {
  if (rows_.empty() || uid <= rows_.front().uid) return 0;
  // UIDs ascend, so it is no farther than this, and there where none is missing before it.
  const auto most = std::min(rows_.size(), std::size_t{uid - rows_.front().uid});
  if (most < rows_.size() && rows_[most].uid == uid) return most;
  const auto at = std::lower_bound(rows_.begin(), rows_.begin() + static_cast<std::ptrdiff_t>(most), uid,
                                   [](const Row& r, std::uint32_t u) { return r.uid < u; });
  return static_cast<std::size_t>(at - rows_.begin());
}

const Row* Rows::find(std::uint32_t uid) const {
  const auto i = rank(uid);
  return i < rows_.size() && rows_[i].uid == uid ? &rows_[i] : nullptr;
}

bool Rows::contains(std::uint32_t uid) const {
  return find(uid) != nullptr;
}

std::vector<std::size_t> Rows::changed_since(std::uint64_t after) const {
  std::vector<std::size_t> changed;
  if (after >= recent_from_) {
    const auto from = std::upper_bound(recent_.begin(), recent_.end(), after,
                                       [](std::uint64_t m, const Change& c) { return m < c.modseq; });
    changed.reserve(static_cast<std::size_t>(recent_.end() - from));
    for (auto c = from; c != recent_.end(); ++c)
      if (const auto i = rank(c->uid); i < rows_.size() && rows_[i].uid == c->uid) changed.push_back(i);
    std::sort(changed.begin(), changed.end());
    changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
    return changed;
  }
  for (std::size_t i = 0; i < rows_.size(); ++i)
    if (rows_[i].modseq > after) changed.push_back(i);
  return changed;
}

bool Rows::may_be_stored(std::uint32_t block) const {
  return std::binary_search(blocks_.begin(), blocks_.end(), block);
}

void AccountState::set(Rows& rows, std::vector<Row> all, std::uint64_t version, std::vector<std::uint32_t> blocks) {
  rows.rows_ = std::move(all);
  rows.blocks_ = std::move(blocks);
  rows.recent_.clear();
  rows.recent_from_ = version;
}

void AccountState::note_blocks(Rows& rows, const UidSet& blocks) {
  blocks.for_each([&](Uid block) {
    const auto at = std::lower_bound(rows.blocks_.begin(), rows.blocks_.end(), block.value);
    if (at == rows.blocks_.end() || *at != block.value) rows.blocks_.insert(at, block.value);
  });
}

void AccountState::set_flags(Rows& rows, const UidSet& uids, std::uint64_t flags, std::uint64_t modseq) {
  for (const auto& range : uids.ranges())
    for (auto i = rows.rank(range.first.value); i < rows.size() && rows.uid_at(i) <= range.last.value; ++i) {
      auto& row = rows.rows_[i];
      row.flags = flags;
      row.modseq = modseq;
      rows.recent_.push_back({modseq, row.uid});
    }
}

std::vector<Row> AccountState::change(Rows& rows, std::vector<Row> put, std::vector<std::uint32_t> gone) {
  auto& all = rows.rows_;
  for (const auto& row : put) rows.recent_.push_back({row.modseq, row.uid});
  if (!std::is_sorted(put.begin(), put.end(), by_uid)) std::sort(put.begin(), put.end(), by_uid);
  // Changed ones in place; new ones behind the last as a rule, and merged in where another node's are seen late.
  std::vector<Row> fresh;
  auto at = all.begin();
  for (const auto& row : put) {
    at = std::lower_bound(at, all.end(), row, by_uid);
    if (at != all.end() && at->uid == row.uid)
      *at = row;
    else
      fresh.push_back(row);
  }
  if (fresh.empty() || all.empty() || all.back().uid < fresh.front().uid) {
    // A sixteenth more, where a vector would take twice as much: of a million rows that is too much.
    if (const auto size = all.size() + fresh.size(); size > all.capacity()) all.reserve(size + size / 16 + k_room);
    all.insert(all.end(), fresh.begin(), fresh.end());
  } else {
    std::vector<Row> merged;
    merged.reserve(all.size() + fresh.size());
    std::merge(all.begin(), all.end(), fresh.begin(), fresh.end(), std::back_inserter(merged), by_uid);
    all = std::move(merged);
  }

  std::vector<Row> left;
  if (!std::is_sorted(gone.begin(), gone.end())) std::sort(gone.begin(), gone.end());
  // The stretches between two that leave are moved as a whole.
  auto from = all.begin(), to = all.end();
  for (const auto uid : gone) {
    const auto i = std::lower_bound(from, all.end(), uid, [](const Row& r, std::uint32_t u) { return r.uid < u; });
    if (i == all.end() || i->uid != uid) continue;
    to = to == all.end() ? i : std::move(from, i, to);
    left.push_back(*i);
    from = i + 1;
  }
  if (!left.empty()) all.erase(std::move(from, all.end(), to), all.end());

  if (rows.recent_.size() > 2 * k_recent) {
    // Changes of one commit are kept or dropped together: the tail says "all after".
    auto keep = rows.recent_.end() - static_cast<std::ptrdiff_t>(k_recent);
    rows.recent_from_ = (keep - 1)->modseq;
    keep = std::upper_bound(keep, rows.recent_.end(), rows.recent_from_,
                            [](std::uint64_t m, const Rows::Change& c) { return m < c.modseq; });
    rows.recent_.erase(rows.recent_.begin(), keep);
  }
  return left;
}

}  // namespace mailstead::account
