// How a commit's changes of rows are written: each in a key of its own, or the blocks they are in (account/blocks.h).
#include <algorithm>
#include <tuple>

#include "account/account_impl.h"
#include "account/blocks.h"
#include "base/check.h"
#include "base/codec.h"

namespace mailstead::account {
namespace {

// Counted against a commit's room for a block: twice a usual one.
constexpr std::size_t k_block_room = 2048;
// The same for a row in a key of its own, and for what the record says of a row whose flags change.
constexpr std::size_t k_row_room = 64, k_flags_room = 16;

bool by_uid(const Row& a, const Row& b) {
  return a.uid < b.uid;
}

}  // namespace

Transaction::Changes& Transaction::changes(const Mailbox& m) {
  if (changes_of_ == nullptr || changes_id_ != m.id.value) {
    changes_id_ = m.id.value;
    changes_of_ = &changes_[m.id.value];
  }
  return *changes_of_;
}

// In time for full(): what this change adds, when it may be one of many of its block.
void Transaction::make_room(Changes& c, std::uint32_t uid, bool removed) {
  const auto least = account_.settings_.block_least;
  const auto block = block_of(uid);
  if (c.counted == nullptr || c.counted_block != block) {
    c.counted_block = block;
    c.counted = &c.blocks[block];
  }
  const auto many = removed ? least : std::size_t{1};
  if (*c.counted < least && *c.counted + many >= least) bytes_ += k_block_room;
  if (removed || *c.counted < least) bytes_ += k_row_room;
  *c.counted += many;
}

void Transaction::set_flags(Mailbox& m, const Row& row, std::uint64_t flags) {
  auto now = row;
  now.flags = flags;
  now.modseq = m.highest_modseq = modseq();
  count(m, row, -1);
  count(m, now, +1);
  auto& c = changes(m);
  make_room(c, row.uid, false);
  bytes_ += k_flags_room;
  c.put.push_back(now);
  c.flags.push_back({row.flags, flags, row.content, row.uid});
  ++rows_;
}

void Transaction::write_flags(std::uint32_t mailbox, std::vector<FlagsOf>& flags) {
  // Those that have the same flags before and after are one group, in the order of UIDs.
  const auto before = [](const FlagsOf& a, const FlagsOf& b) {
    return std::tie(a.from, a.to, a.uid) < std::tie(b.from, b.to, b.uid);
  };
  if (!std::is_sorted(flags.begin(), flags.end(), before)) std::sort(flags.begin(), flags.end(), before);
  for (auto at = flags.begin(); at != flags.end();) {
    FlagsPut group{mailbox, at->from, at->to, {}, {}};
    UidSet uids;
    Writer contents;
    std::uint64_t last = 0;
    for (; at != flags.end() && at->from == group.from && at->to == group.to; ++at) {
      uids.insert(Uid(at->uid));
      contents.svarint(static_cast<std::int64_t>(at->content - last));
      last = at->content;
    }
    group.uids = encode_uids(uids);
    group.contents = contents.take();
    effect(std::move(group));
  }
}

void Transaction::write_block(std::uint32_t mailbox, std::uint32_t block, std::span<const Row> rows) {
  if (rows.empty())
    ops.push_back({store::Op::del, block_key(mailbox, block), {}});
  else
    put(block_key(mailbox, block), encode_block(rows));
}

void Transaction::write_rows() {
  for (auto& [id, c] : changes_) {
    write_flags(id, c.flags);
    if (!std::is_sorted(c.put.begin(), c.put.end(), by_uid)) std::sort(c.put.begin(), c.put.end(), by_uid);
    std::sort(c.gone.begin(), c.gone.end());
    const auto handle = account_.opened(id);
    const auto* rows = handle ? handle->rows.get() : nullptr;
    // Only new messages come into a mailbox that is not in memory.
    CHECK(rows != nullptr || (c.gone.empty() && c.flags.empty()));
    const auto* there = account_.find(MailboxId(id));
    const std::uint32_t uidnext = there != nullptr ? there->uidnext : 1;
    UidSet written;
    auto put_at = c.put.begin();
    auto gone_at = c.gone.begin();
    while (put_at != c.put.end() || gone_at != c.gone.end()) {
      const auto block = std::min(put_at != c.put.end() ? block_of(put_at->uid) : UINT32_MAX,
                                  gone_at != c.gone.end() ? block_of(*gone_at) : UINT32_MAX);
      const auto put_end = std::upper_bound(put_at, c.put.end(), block,
                                            [](std::uint32_t b, const Row& row) { return b < block_of(row.uid); });
      const auto gone_end = std::upper_bound(gone_at, c.gone.end(), block,
                                             [](std::uint32_t b, std::uint32_t uid) { return b < block_of(uid); });
      const std::span fresh(put_at, put_end);
      const bool known = rows != nullptr || std::max(first_uid(block), 1U) >= uidnext;  // all rows of the block (B2)
      const bool many = known && fresh.size() >= account_.settings_.block_least;
      const bool stands = gone_at != gone_end && rows->may_be_stored(block);  // and B1 wants it written
      if (many || stands) {
        std::vector<Row> all;
        if (rows != nullptr)
          for (auto i = rows->rank(first_uid(block)); i < rows->size() && block_of(rows->uid_at(i)) == block; ++i)
            if (!std::binary_search(gone_at, gone_end, rows->uid_at(i))) all.push_back(rows->at(i));
        write_block(id, block, newer(fresh, all));
        written.insert(Uid(block));
      } else {
        for (const auto& row : fresh) put(row_key(id, row.uid), encode_row(row));
      }
      for (; gone_at != gone_end; ++gone_at) ops.push_back({store::Op::del, row_key(id, *gone_at), {}});
      put_at = put_end;
    }
    if (!written.empty()) effect(BlocksPut{id, encode_uids(written)});
  }
}

void Transaction::merge_rows(MailboxId mailbox, const Rows& rows, std::span<const std::uint32_t> blocks) {
  for (auto run = blocks.begin(); run != blocks.end();) {
    auto end = run + 1;
    while (end != blocks.end() && *end == *(end - 1) + 1) ++end;
    // The rows' own keys and the blocks; then the blocks anew.
    ops.push_back(
        {store::Op::del_range, row_key(mailbox.value, first_uid(*run)), block_key(mailbox.value, *(end - 1)) + '\0'});
    auto i = rows.rank(first_uid(*run));
    for (; run != end; ++run) {
      std::vector<Row> all;
      for (; i < rows.size() && block_of(rows.uid_at(i)) == *run; ++i) all.push_back(rows.at(i));
      if (!all.empty()) write_block(mailbox.value, *run, all);
    }
  }
  UidSet written;
  for (const auto block : blocks) written.insert(Uid(block));
  effect(BlocksPut{mailbox.value, encode_uids(written)});
}

}  // namespace mailstead::account
