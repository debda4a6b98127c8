// The change record: what one commit did, as effects on the account's state, and who did it. The same effects move the
// cached state on, be they this node's own commit or another's; and they are the account's history.
//
//   record  := version:u8 time:svarint state:str n:varint entry*
//   entry   := kind:str device:str protocol:str address:str n:varint effect*
//   effect  := 1 mailbox:u32be value:str                     mailbox row as stored
//            | 2 mailbox:u32be                               mailbox gone
//            | 3 mailbox:u32be uid:u32be value:str           message row as stored (new when uid ≥ the uidnext before)
//            | 4 mailbox:u32be uid:u32be number:varint       message left; number in Recently removed, 0: it has moved
//            | 5 on:u8 name:str                              subscription of a name without a mailbox
//            | 6 mailbox:u32be uid:u32be value:str how:u8 from:varint from_uid:varint      as 3, with RowPut's origin
//            | 7 mailbox:u32be uid:u32be number:varint content:varint flags:varint         as 4, with what it was
//            | 8 mailbox:u32be name:str                      as 2, with the name it had
//            | 9 number:varint content:varint                Recently removed: purged
//            | 10 device:u32be mailbox:u32be retrieved:str hidden:str   UIDs new in a POP3 device's view (encode_uids)
//            | 11 value:str                                  the account's options as stored
//            | 12 mailbox:u32be name:str                     annotation set or removed; of the account: mailbox 0
//            | 13 mailbox:u32be value:str                    who it is shared with, as stored
//            | 16 mailbox:u32be from:varint to:varint uids:str contents:str     flags of many rows (encode_uids)
//            | 17 mailbox:u32be blocks:str                   blocks of rows written (account/blocks.h, encode_uids)
//            | 20 mailbox:u32be uid:u32be user:str n:varint entry:str*   annotations of a message set or removed
// 3, 4 and 2 were written before there were 6, 7 and 8; they stay readable.
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
  std::string name;  // "": of an older format
};
// How a row came to be as it is now.
struct Origin {
  enum How : std::uint8_t {
    unknown,   // of an older format
    fresh,     // a new message
    flags,     // its flags were `from`
    copied,    // of mailbox `from`, `from_uid`
    moved,     // the same
    restored,  // `from`: the number in Recently removed
  } how = unknown;
  std::uint64_t from = 0;
  std::uint32_t from_uid = 0;
};
struct RowPut {
  std::uint32_t mailbox, uid;
  std::string value;
  Origin origin{};
};
// Rows whose flags were `from` and are `to`; their MODSEQ is the commit's version.
struct FlagsPut {
  std::uint32_t mailbox;
  std::uint64_t from, to;
  std::string uids;      // encode_uids: of these rows, and no others
  std::string contents;  // of each, svarints: the difference from the one before
};
// Blocks of rows that the commit wrote or deleted; it says nothing of the rows.
struct BlocksPut {
  std::uint32_t mailbox;
  std::string blocks;  // encode_uids: their numbers
};
struct RowGone {
  std::uint32_t mailbox, uid;
  std::uint64_t removed;
  std::uint64_t content = 0, flags = 0;  // content 0: of an older format
};
struct RemovedGone {
  std::uint64_t number, content;
};
struct DeviceSeen {
  std::uint32_t device, mailbox;
  std::string retrieved, hidden;
};
struct OptionsPut {
  std::string value;
};
struct AnnotationSet {
  std::uint32_t mailbox;
  std::string name;
};
struct SharingSet {
  std::uint32_t mailbox;
  std::string value;
};
// Beside the row's own effect; a message's annotations that only go where it goes are not told.
struct MessageAnnotated {
  std::uint32_t mailbox, uid;
  std::string user;  // "": shared ones
  std::vector<std::string> entries;
};
struct SubscriptionSet {
  bool on;
  std::string name;
};
using Effect = std::variant<MailboxPut, MailboxGone, RowPut, RowGone, SubscriptionSet, RemovedGone, DeviceSeen,
                            OptionsPut, AnnotationSet, SharingSet, FlagsPut, BlocksPut, MessageAnnotated>;

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
