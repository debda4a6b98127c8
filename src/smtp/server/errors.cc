#include "smtp/server/errors.h"

#include "base/ascii.h"

namespace mailstead::smtp {

std::string reply_for(const Error& e, bool refuse_full) {
  switch (e.code) {
    case Errc::not_found:
      return "550 5.1.1 no such user here";
    case Errc::no_permission:
      return "550 5.7.1 we do not relay to that domain";
    case Errc::over_quota:
      return refuse_full ? "552 5.2.2 the mailbox is full" : "452 4.2.2 the mailbox is full";
    case Errc::too_big:
      return "552 5.3.4 message too big";
    case Errc::full:
      return "452 4.3.1 no space now; try again later";
    case Errc::invalid:
      return cat("554 5.4.6 ", e.detail);
    case Errc::syntax:
      return cat("501 5.5.4 ", e.detail);
    case Errc::exists:
    case Errc::unsupported:
    case Errc::corrupt:
      return "554 5.3.0 cannot be stored";
    case Errc::auth_failed:
    case Errc::expired:
      return "535 5.7.8 wrong user name or password";
    case Errc::throttled:
    case Errc::in_use:
    case Errc::unavailable:
    case Errc::unknown:
    case Errc::closed:
      return "451 4.3.0 temporary fault; try again later";
  }
  return "451 4.3.0 temporary fault; try again later";
}

std::string auth_reply_for(const Error& e) {
  switch (e.code) {
    case Errc::auth_failed:
    case Errc::expired:
    case Errc::no_permission:
      return "535 5.7.8 wrong user name or password";
    case Errc::syntax:
    case Errc::invalid:
      return cat("501 5.5.2 ", e.detail);
    default:
      return "454 4.7.0 temporary authentication failure";
  }
}

}  // namespace mailstead::smtp
