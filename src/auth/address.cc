#include <string>

#include "auth/directory_impl.h"
#include "base/utf8.h"

namespace mailstead::auth {

// Labels of letters, digits, hyphens, and UTF-8 (U-labels); no address literals.
Result<std::string> normalise_domain(std::string_view domain) {
  if (domain.ends_with('.')) domain.remove_suffix(1);
  if (domain.empty() || domain.size() > 253 || !is_utf8(domain)) return fail(Errc::invalid, "not a domain");
  std::size_t label = 0;
  for (char c : domain) {
    const bool ok = is_alnum(c) || c == '-' || c == '_' || static_cast<unsigned char>(c) >= 0x80;
    if (c == '.' ? label == 0 : !ok) return fail(Errc::invalid, "not a domain");
    label = c == '.' ? 0 : label + 1;
    if (label > 63) return fail(Errc::invalid, "not a domain");
  }
  if (label == 0) return fail(Errc::invalid, "not a domain");
  return lower(domain);
}

Result<std::string> normalise_address(std::string_view address) {
  const auto at = address.rfind('@');
  if (at == std::string_view::npos || at == 0 || address.size() > 254) return fail(Errc::invalid, "not an address");
  const auto local = address.substr(0, at);
  if (local.size() > 64 || !is_utf8(local)) return fail(Errc::invalid, "not an address");  // RFC 5321 §4.5.3.1.1
  for (char c : local)
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7F || std::string_view("\"@()<>[],;:\\").contains(c))
      return fail(Errc::invalid, "not an address");
  TRY(auto domain, normalise_domain(address.substr(at + 1)));
  return cat(lower(local), '@', domain);
}

}  // namespace mailstead::auth
