// Quick resynchronisation (RFC 7162 §3.2): what a client that comes back has missed.
#pragma once

#include "imap/server/session_impl.h"

namespace mailstead::imap {

// After SELECT's own replies: VANISHED (EARLIER), then FETCH, of the selected mailbox (§3.2.5.1). The UIDVALIDITY is
// right.
Task<Result<>> resync(Session& session, QResync query);

// VANISHED (EARLIER) with those of `known` that left the mailbox after `since`; nothing if none did (§3.2.6).
Task<Result<>> tell_vanished(Session& session, UidSet known, ModSeq since);

}  // namespace mailstead::imap
