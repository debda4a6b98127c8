// UNAUTHENTICATE (RFC 8437): the connection goes on as if nobody had logged in. What was enabled is off again (§2).
#include "base/log.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {

Task<Reply> run(Session& s, Unauthenticate) {
  log::info("imap.unauthenticate", {{"account", s.identity.name}});
  s.log_out();
  co_return Reply::done("Logged out; the connection stays");
}

}  // namespace mailstead::imap
