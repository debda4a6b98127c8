// MESSAGELIMIT and SAVELIMIT (RFC 9738): how many messages one command works on. Both are off unless they are set, and
// of the two a server has one. What there is more of, a command leaves for the next: it takes those with the highest
// UIDs, and says which was the lowest. COPY, APPEND, SORT and THREAD do all or nothing; EXPUNGE, CLOSE and STATUS are
// not limited.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "imap/server/reply.h"
#include "imap/server/search_subject.h"

namespace mailstead::imap {

class Session;

std::uint32_t message_limit(const Session& session);  // 0: none
std::uint32_t save_limit(const Session& session);     // of COPY and APPEND, by either name; 0: none

// Of `uids`, ascending, the highest stay, as many as the limit allows. The response code that says so; "" if all did.
std::string keep_highest(const Session& session, std::vector<std::uint32_t>& uids);
// The reply of a command whose messages were cut so: with the code, or behind an untagged NO if it has one already.
Reply cut_short(Session& session, Reply reply, const std::string& code);

// Of a command that does nothing rather than a part.
std::optional<Reply> refuse_above(std::uint32_t limit, std::size_t messages);

// The messages that a query looks at, ascending: its sets of numbers and UIDs leave the others out (RFC 9738 §3.1).
std::vector<std::uint32_t> looked_at(const Scope& scope, const model::Query& query);

}  // namespace mailstead::imap
