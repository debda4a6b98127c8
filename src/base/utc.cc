#include "base/utc.h"

#include <chrono>
#include <cstdio>

#include "base/ascii.h"

namespace mailstead {

std::optional<std::int64_t> parse_utc(std::string_view text) {
  const auto field = [&](std::size_t at, std::size_t size) {
    return at + size <= text.size() ? parse_number<std::uint32_t>(text.substr(at, size)) : std::nullopt;
  };
  const auto year = field(0, 4), month = field(5, 2), day = field(8, 2);
  if (!year || !month || !day || text[4] != '-' || text[7] != '-') return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)), std::chrono::month(*month),
                                         std::chrono::day(*day)};
  if (!date.ok()) return std::nullopt;
  const std::int64_t seconds = std::chrono::sys_days(date).time_since_epoch().count() * std::int64_t{86'400};
  if (text.size() == 10) return seconds;
  const auto hour = field(11, 2), minute = field(14, 2);
  if (text.size() < 16 || (text[10] != 'T' && text[10] != ' ') || text[13] != ':' || !hour || !minute || *hour > 23 ||
      *minute > 59)
    return std::nullopt;
  const auto at = seconds + std::int64_t{*hour} * 3600 + std::int64_t{*minute} * 60;
  if (text.size() == 16) return at;
  const auto second = field(17, 2);
  if (text.size() > 20 || text[16] != ':' || !second || *second > 60 || (text.size() == 20 && text[19] != 'Z'))
    return std::nullopt;
  return at + std::int64_t{*second};
}

std::string utc_day(std::int64_t seconds) {
  using namespace std::chrono;
  const year_month_day day(floor<days>(sys_seconds(std::chrono::seconds(seconds))));
  char out[16];
  const auto size = std::snprintf(out, sizeof out, "%04d-%02u-%02u", static_cast<int>(day.year()) % 10'000,
                                  static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  return {out, static_cast<std::size_t>(size)};
}

}  // namespace mailstead
