// An account's history, read from its change records: who did what to which message, when. No message text is in it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "account/actor.h"
#include "model/ids.h"
#include "model/numset.h"

namespace mailstead::account {

struct HistoryEntry {
  enum What : std::uint8_t {
    added,      // a new message came: delivered, appended
    copied,     // from_mailbox/from_uid → mailbox/uid
    moved,      // the same; it left there
    flagged,    // flags_before → flags
    removed,    // into Recently removed as `number`
    restored,   // back from it; a new UID
    freed,      // Recently removed `number` was purged
    retrieved,  // a POP3 device has these `uids` completely
    hidden,     // these `uids` left a POP3 device's view; all others still see them
    mailbox_changed,
    mailbox_gone,
    settings,  // quota, keep times, rules
  };
  What what = settings;
  std::uint64_t version = 0;
  std::int64_t time = 0;  // Unix seconds
  std::string kind;       // the operation: "append", "expunge", "retention", …
  Actor actor;
  std::string mailbox, from_mailbox;  // as they were called then; "#7" where the name is not known any more
  std::uint32_t mailbox_id = 0, uid = 0, from_id = 0, from_uid = 0;
  std::uint64_t content = 0;  // 0: no message, or of an older format that did not say
  std::vector<std::string> flags, flags_before;
  std::uint64_t number = 0;        // in Recently removed
  model::NumSet<model::Uid> uids;  // retrieved, hidden
  model::DeviceId device{};        // retrieved, hidden: whose view
};

struct HistoryQuery {
  std::uint64_t after = 0;  // versions above it
  std::int64_t since = 0, until = INT64_MAX;
  std::optional<std::string> device, protocol, mailbox;
};

struct HistoryPage {
  std::vector<HistoryEntry> entries;  // ascending
  std::uint64_t next = 0;             // `after` of the next page
  bool more = false;
  bool trimmed = false;  // older records than `after` asked for are not kept any more
};

std::string_view to_string(HistoryEntry::What what);

}  // namespace mailstead::account
