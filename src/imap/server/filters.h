// FILTERS (RFC 5466): queries stored as annotations of the account, by name.
#pragma once

#include <optional>
#include <string_view>

#include "imap/server/session_impl.h"

namespace mailstead::imap {

// Puts the stored queries where `query` names them. What it returns refuses the command: [UNDEFINED-FILTER name], …
Task<std::optional<Reply>> expand_filters(Session* session, model::Query* query);

// Whether this annotation of the account holds a filter, whose value must be search criteria (§3.2).
bool is_filter_entry(std::string_view name);

}  // namespace mailstead::imap
