#include "base/result.h"

namespace mailstead {

std::string_view to_string(Errc e) {
  switch (e) {
    case Errc::syntax:
      return "syntax";
    case Errc::invalid:
      return "invalid";
    case Errc::too_big:
      return "too_big";
    case Errc::not_found:
      return "not_found";
    case Errc::exists:
      return "exists";
    case Errc::no_permission:
      return "no_permission";
    case Errc::over_quota:
      return "over_quota";
    case Errc::auth_failed:
      return "auth_failed";
    case Errc::expired:
      return "expired";
    case Errc::throttled:
      return "throttled";
    case Errc::in_use:
      return "in_use";
    case Errc::unavailable:
      return "unavailable";
    case Errc::full:
      return "full";
    case Errc::unknown:
      return "unknown";
    case Errc::corrupt:
      return "corrupt";
    case Errc::unsupported:
      return "unsupported";
    case Errc::closed:
      return "closed";
  }
  return "?";
}

}  // namespace mailstead
