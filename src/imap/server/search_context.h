// Results of SEARCH and SORT that the client is kept up to date about (RFC 5267 §4.3), of the selected mailbox.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "imap/wire/command.h"
#include "model/sort.h"
#include "runtime/task.h"

namespace mailstead::imap {

class Session;

struct SearchContext {
  std::string tag;
  bool uid = false;                      // told are UIDs, else numbers
  model::Query query;                    // its sequence numbers are those of the command: UIDs by now (§4.3)
  std::vector<FetchItem> items;          // RFC 5465 §7: of messages that arrive
  std::uint64_t seen_modseq = 0;         // changes up to here are in the results
  std::vector<std::uint32_t> results;    // UIDs in the order asked for
  std::vector<model::SortKey> keys;      // of SORT
  std::vector<model::SortValue> values;  // of SORT: keys.size() for each result
};

// The query as it is to be asked again later. To be called when the command begins.
model::Query keep_query(const Session& session, const model::Query& query);

// Whether a command of this tag keeps its results up to date: it cannot be used again (§4.3).
bool has_context(const Session& session, std::string_view tag);
// Or says that it will not (§4.3.1).
void add_context(Session& session, SearchContext context);

// Before EXPUNGE and VANISHED are told: what is about to leave (§4.3.4).
void tell_contexts_of_expunges(Session& session);
// What has changed; those from `arrived_from` on have just been announced, `own` by this session itself.
Task<void> tell_contexts(Session& session, std::uint32_t arrived_from, UidSet own);

}  // namespace mailstead::imap
