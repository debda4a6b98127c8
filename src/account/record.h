// The change record: what one commit did, as effects on the account's state, and who did it. The same effects move the
// cached state on, be they this node's own commit or another's; and they are the account's history.
//
//   record  := version:u8 time:svarint state:str n:varint entry*
//   entry   := kind:str device:str protocol:str address:str n:varint effect*
//   effect  := 1 mailbox:u32be value:str                     mailbox row as stored
//            | 2 mailbox:u32be                               mailbox gone
//            | 3 mailbox:u32be uid:u32be value:str           message row as stored (new when uid ≥ the uidnext before)
//            | 4 mailbox:u32be uid:u32be number:varint       message left; number in Recently removed, 0 when it has
//            moved | 5 on:u8 name:str                              subscription of a name without a mailbox
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "account/actor.h"
#include "base/result.h"

namespace mailstead::account {

struct MailboxPut {
  std::uint32_t mailbox;
  std::string value;
};
struct MailboxGone {
  std::uint32_t mailbox;
};
struct RowPut {
  std::uint32_t mailbox, uid;
  std::string value;
};
struct RowGone {
  std::uint32_t mailbox, uid;
  std::uint64_t removed;
};
struct SubscriptionSet {
  bool on;
  std::string name;
};
using Effect = std::variant<MailboxPut, MailboxGone, RowPut, RowGone, SubscriptionSet>;

struct RecordEntry {
  std::string kind;  // "append", "flags", "expunge", …
  Actor actor;
  std::vector<Effect> effects;
};

struct ChangeRecord {
  std::int64_t time = 0;  // Unix seconds
  std::string state;      // the head's summary after the commit
  std::vector<RecordEntry> entries;
};

std::string encode_record(const ChangeRecord& record);
Result<ChangeRecord> decode_record(std::string_view bytes);

}  // namespace mailstead::account
