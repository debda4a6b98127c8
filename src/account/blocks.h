// Rows of a mailbox in blocks of 64 UIDs: one key for what would be 64, so that a mailbox is opened, and a range of it
// changed, at a fraction of the cost.
//
// A row stands in a key of its own, in its block, or in both; the one with the higher MODSEQ counts. A single change
// writes the row's own key and leaves the block alone. A change of many rows of a block writes the block, from the rows
// in memory, and leaves the keys of their own as they are: they are older.
//
// Invariants:
//   B1  Each row in a block that is stored belongs to a message that is in the mailbox. So what removes a message from
//       a mailbox writes the block without it (Transaction::write_rows()), in the same commit that deletes its own key.
//   B2  A row that stands in its block stays there until its message is removed: whoever writes a block puts all rows
//       of it into it.
//   B3  Rows::may_be_stored() is true of each block that is stored, and possibly of others. It is set for the blocks
//       that were read and for those that any commit wrote (BlocksPut in the change record), and never unset while the
//       mailbox is open. Pages may be read at versions above the account's, each at another; all records above the
//       account's version are replayed over them, so at the version of the next commit none is missing.
//
// B3 makes B1 hold: a removal that finds may_be_stored() false knows that there is no block. It is decided and
// committed at one version, which is the one that B3 speaks of. Writing a block that was not there costs its octets.
//
// A block's key sorts behind the keys of its rows' own. So a scan, whose pages may be of different versions, that meets
// neither a row's own key nor, later, the row in its block, has met a row that was not there at the time of the first
// or has left before the second (B2): replaying the records says which.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "account/mailbox.h"
#include "base/result.h"

namespace mailstead::account {

inline constexpr std::uint32_t k_block_rows = 64;

constexpr std::uint32_t block_of(std::uint32_t uid) {
  return uid / k_block_rows;
}
constexpr std::uint32_t first_uid(std::uint32_t block) {
  return block * k_block_rows;
}
constexpr std::uint32_t last_uid(std::uint32_t block) {
  return first_uid(block) + (k_block_rows - 1);
}

// Rows of one block, at least one, ascending by UID.
std::string encode_block(std::span<const Row> rows);
// Appends them. corrupt: nothing was appended.
Result<> decode_block(std::uint32_t block, std::string_view bytes, std::vector<Row>& rows);

// Puts the rows of one mailbox together from its keys, in the order of a scan.
class RowReader {
 public:
  Result<> add(std::string_view key, std::string_view value);

  std::vector<Row> rows;
  std::vector<std::uint32_t> blocks;   // that are stored
  std::vector<std::uint32_t> singles;  // blocks of which a row has a key of its own
  std::size_t single_rows = 0;         // such rows
};

// Both ascending, of one block, a UID once each: where both have a row the one with the higher MODSEQ counts.
std::vector<Row> newer(std::span<const Row> a, std::span<const Row> b);

}  // namespace mailstead::account
