// What SEARCH and SORT tell: the old untagged lines, ESEARCH, and "$".
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "imap/server/searcher.h"

namespace mailstead::imap {

// A result in the order asked for; for SEARCH that of the mailbox.
struct Results {
  std::vector<std::uint32_t> uids;
  std::uint64_t modseq = 0;  // the highest among them
  bool tell_modseq = false;  // RFC 7162 §3.1.5: MODSEQ was among the keys
  Scores scores{};           // RFC 6203 §4: if RELEVANCY asks for them
};

// UIDs, or this view's numbers.
std::vector<std::uint32_t> told_numbers(const Session& session, const std::vector<std::uint32_t>& uids, bool uid);

// A sequence-set that keeps this order; only ascending runs are ranges (RFC 5267 §3.2).
std::string ordered_set(std::span<const std::uint32_t> numbers);

// RFC 9394 §3.1: the results [first, second) of `count` that the range names.
std::pair<std::size_t, std::size_t> slice(const PartialRange& range, std::size_t count);

// What "$" becomes. RFC 5182 §2.1, RFC 9394 §3.2: with MIN, MAX or PARTIAL and without COUNT and ALL only these.
UidSet saved_of(const SearchReturn& give, const std::vector<std::uint32_t>& uids);

// An ESEARCH line of another mailbox (RFC 7377 §2.1): always UIDs; nothing if nothing was found.
void tell_of(Session& session, const account::OpenMailbox& mailbox, const SearchReturn& give, const Results& results);

// Answers `word` ("SEARCH", "SORT") as RETURN asks, and sets "$" if it asks for that.
Reply tell(Session& session, std::string_view word, bool uid, const std::optional<SearchReturn>& give,
           const Results& results);

}  // namespace mailstead::imap
