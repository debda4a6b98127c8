// The keys and values of an account's partition.
//
//   key                               value
//   "m" mailbox:u32be                 mailbox   (encode_mailbox)
//   "e" mailbox:u32be uid:u32be       row       (encode_row)
//   "e" mailbox:u32be last:u32be "b"  rows of the 64 UIDs up to `last` (account/blocks.h)
//   "c" content:u64be                 content   (encode_content)
//   "p" content:u64be                 summary   (mime/summary.h, of the blob alone); absent when it was too big or
//   there
//                                               was no room in the commit: then it is made anew
//   "r" number:u64be                  removed   (encode_removed)
//   "s" name                          empty: a subscription of a name without a mailbox
//   "n" mailbox:u32be uid:u32be user  a message's annotations (encode_annotations): shared ones, user "", or this
//   user's
//                                     own; of one in Recently removed: mailbox k_removed_mailbox, uid its number
//   "o"                               options   (account/options.h)
//   "g" mailbox:u32be device:u32be    a POP3 device's view (encode_view)
//   "a" mailbox:u32be name            annotation (encode_annotation); of the account: mailbox 0
//   "l" mailbox:u32be                 who it is shared with (encode_sharing); absent: nobody
//   "d" device:u32be                  before there was "g": UIDs of INBOX hidden from a POP3 device (encode_uids)
//   head summary                      encode_state
//
// Each value begins with the version of its format; decoders refuse versions they do not know with Errc::corrupt.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "account/account.h"
#include "account/mailbox.h"
#include "base/result.h"

namespace mailstead::account {

// What the head of the partition says of the account.
struct State {
  std::uint32_t next_mailbox = 1;
  std::uint32_t last_uidvalidity = 0;
  std::uint64_t next_content = 1;
  std::uint64_t next_removed = 1;
  Quota quota;
};

struct Content {
  store::BlobId blob;
  std::string prefix;
  std::uint64_t size = 0;  // prefix and blob
  std::string email_id;
};

struct RemovedRow {
  Row row;
  std::uint32_t mailbox = 0;
  std::string mailbox_name;
  std::vector<std::string> flags;
  std::int64_t removed_at = 0;
  std::string actor;
};

std::string mailbox_key(std::uint32_t mailbox);
std::string row_key(std::uint32_t mailbox, std::uint32_t uid);
std::string block_key(std::uint32_t mailbox, std::uint32_t block);
struct RowPlace {
  std::uint32_t mailbox, uid;
  bool block;  // `uid` is the last of a block
};
// Of a key of letter "e".
std::optional<RowPlace> parse_row_key(std::string_view key);
std::string content_key(std::uint64_t content);
std::string summary_key(std::uint64_t content);
std::string removed_key(std::uint64_t number);
std::string subscription_key(std::string_view name);
std::string annotation_key(std::uint32_t mailbox, std::string_view name);
std::string annotations_key(std::uint32_t mailbox, std::uint32_t uid, std::string_view user);
std::string hidden_key(std::uint32_t device);
std::string view_key(std::uint32_t mailbox, std::uint32_t device);
std::string options_key();
// The first key after all keys of one letter.
std::string after_letter(char letter);

std::string encode_state(const State& s);
Result<State> decode_state(std::string_view bytes);
std::string encode_mailbox(const Mailbox& m);
Result<Mailbox> decode_mailbox(std::uint32_t id, std::string_view bytes);
std::string encode_row(const Row& r);
Result<Row> decode_row(std::uint32_t uid, std::string_view bytes);
std::string encode_content(const Content& c);
Result<Content> decode_content(std::string_view bytes);
std::string encode_removed(const RemovedRow& r);
Result<RemovedRow> decode_removed(std::string_view bytes);
std::string encode_annotation(std::string_view value);
Result<std::string> decode_annotation(std::string_view bytes);
// Entry and value, by entry.
using Entries = std::map<std::string, std::string>;
std::string encode_annotations(const Entries& entries);
Result<Entries> decode_annotations(std::string_view bytes);
std::string sharing_key(std::uint32_t mailbox);
std::string encode_sharing(const model::Sharing& sharing);
Result<model::Sharing> decode_sharing(std::string_view bytes);
std::string encode_uids(const UidSet& uids);
Result<UidSet> decode_uids(std::string_view bytes);
std::string encode_view(const Pop3View& v);
Result<Pop3View> decode_view(std::string_view bytes);

}  // namespace mailstead::account
