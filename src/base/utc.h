// Moments as people write them, in UTC.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mailstead {

// "2026-11-24", "2026-11-24T10:30" (or a space for the T), "2026-11-24T10:30:00", the last with or without a Z; Unix
// seconds.
std::optional<std::int64_t> parse_utc(std::string_view text);
// "2026-11-24", of the day that holds this moment.
std::string utc_day(std::int64_t seconds);

}  // namespace mailstead
