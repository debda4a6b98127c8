// Sizes and times as people write and read them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mailstead::admin {

// "500", "1G", "1.5 GiB", "20MB": powers of 1024, whatever the unit's spelling; "none" is 0. nullopt: not a size.
std::optional<std::uint64_t> parse_size(std::string_view text);
std::string format_size(std::uint64_t bytes);  // "999 B", "1.5 GiB"

std::string format_time(std::int64_t unix_seconds);  // "2026-11-24T10:00:00Z"; 0: "never"

}  // namespace mailstead::admin
