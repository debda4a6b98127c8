// Dates of messages (RFC 5322 §3.3, obsolete forms §4.3) and of IMAP (RFC 9051 date-time).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mailstead::mime {

struct CivilDate {
  std::int32_t year = 1970;
  std::uint8_t month = 1;  // 1…12
  std::uint8_t day = 1;    // 1…31
  friend auto operator<=>(const CivilDate&, const CivilDate&) = default;
};

// Days since 1970-01-01 (proleptic Gregorian), and back.
std::int64_t days_from_civil(const CivilDate&);
CivilDate civil_from_days(std::int64_t days);
bool is_valid(const CivilDate&);

struct DateTime {
  std::int64_t unix_seconds = 0;
  std::int16_t zone_minutes = 0;  // east of UTC, as written

  // The date as written, in its own zone: what SENTON, SENTBEFORE and SENTSINCE compare (RFC 9051 §6.4.4).
  CivilDate civil() const;
  friend bool operator==(const DateTime&, const DateTime&) = default;
};

// Tolerant: comments, missing day name, seconds or zone, two-digit years, "GMT"/"EST", dashes, asctime's order.
std::optional<DateTime> parse_date(std::string_view);

// "Tue, 24 Nov 2026 02:44:25 +0100".
std::string format_rfc5322_date(std::int64_t unix_seconds, std::int16_t zone_minutes);

// "17-Jul-1996 02:44:25 -0700", a one-digit day padded with a space; without the quotes. Strict in parsing.
std::string format_internaldate(std::int64_t unix_seconds, std::int16_t zone_minutes);
std::optional<DateTime> parse_internaldate(std::string_view);

// "1-Feb-1994": the date of SEARCH.
std::optional<CivilDate> parse_imap_date(std::string_view);

}  // namespace mailstead::mime
