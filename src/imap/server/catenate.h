// CATENATE (RFC 4469): a message put together from what the client sends and what the account has.
#pragma once

#include <optional>

#include "imap/server/session_impl.h"

namespace mailstead::imap {

// Makes `message->content` from its parts. What it returns refuses the command: [BADURL …], [TOOBIG], or what kept the
// store from answering.
Task<std::optional<Reply>> catenate(Session* session, AppendMessage* message);

}  // namespace mailstead::imap
