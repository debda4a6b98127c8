#include "admin/units.h"

#include <ctime>

#include "base/ascii.h"

namespace mailstead::admin {
namespace {
constexpr std::string_view k_units = "BKMGTPE";
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  text = trim(text);
  if (iequals(text, "none")) return 0;
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto whole = parse_number<std::uint64_t>(text.substr(0, digits));
  if (!whole) return std::nullopt;
  auto rest = text.substr(digits);
  std::uint64_t tenths = 0;
  if (rest.size() >= 2 && rest[0] == '.' && is_digit(rest[1])) {
    tenths = static_cast<std::uint64_t>(rest[1] - '0');
    rest.remove_prefix(2);
  }
  rest = trim(rest);
  std::uint64_t unit = 1;
  if (!rest.empty()) {
    const auto at = k_units.find(to_upper(rest[0]));
    if (at == std::string_view::npos) return std::nullopt;
    if (rest.size() > 1 && !iequals(rest.substr(1), "B") && !iequals(rest.substr(1), "iB")) return std::nullopt;
    if (at == 0 && rest.size() > 1) return std::nullopt;
    unit <<= 10 * at;
  }
  if (tenths != 0 && unit == 1) return std::nullopt;
  if (*whole > (UINT64_MAX >> 1) / unit) return std::nullopt;
  return *whole * unit + unit / 10 * tenths;
}

std::string format_size(std::uint64_t bytes) {
  std::size_t unit = 0;
  std::uint64_t tenths = bytes * 10;
  if (bytes > UINT64_MAX / 20) tenths = UINT64_MAX / 2;
  for (; tenths >= 10'240 && unit + 1 < k_units.size(); ++unit) tenths = (tenths + 512) / 1024;
  if (unit == 0) return cat(bytes, " B");
  return cat(tenths / 10, '.', tenths % 10, ' ', k_units[unit], "iB");
}

std::string format_time(std::int64_t unix_seconds) {
  if (unix_seconds == 0) return "never";
  const std::time_t t = unix_seconds;
  std::tm utc{};
  gmtime_r(&t, &utc);
  char text[40];
  return {text, strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc)};
}

}  // namespace mailstead::admin
