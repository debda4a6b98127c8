// The order of SORT (RFC 5256 §3, RFC 5957, RFC 6203 §6), over values that the caller has taken from the messages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mailstead::model {

enum class SortBy : std::uint8_t {
  annotation,
  arrival,
  cc,
  date,
  display_from,
  display_to,
  from,
  relevancy,
  size,
  subject,
  to
};

std::string_view to_string(SortBy by);
std::optional<SortBy> sort_by(std::string_view word);  // in capitals

struct SortKey {
  SortBy by{};
  bool reverse = false;
  std::string entry = {};  // of an annotation (RFC 5257 §4.9): its shared value, or the user's own
  bool shared = false;
  friend bool operator==(const SortKey&, const SortKey&) = default;
};

struct SortValue {
  std::int64_t number = 0;  // arrival, date: Unix seconds; size; relevancy: the smaller the better
  std::string text;         // the others, made comparable by its octets (mime/casemap.h)
  friend auto operator<=>(const SortValue&, const SortValue&) = default;
};

// `values`: keys.size() of them for each message, the messages in mailbox order. The places of the messages in the
// order asked; equal ones stay in mailbox order even with REVERSE (RFC 5256 §3).
std::vector<std::uint32_t> sort_order(std::span<const SortValue> values, std::span<const SortKey> keys);

// The same of numbers alone, in linear time: a column for each key, all as long as there are messages.
using SortColumn = std::vector<std::uint64_t>;
std::vector<std::uint32_t> sort_numbers(std::span<const SortColumn> columns, std::span<const SortKey> keys);
// Of a signed number, in the same order.
constexpr std::uint64_t sort_number(std::int64_t n) {
  return static_cast<std::uint64_t>(n) ^ (std::uint64_t{1} << 63);
}

}  // namespace mailstead::model
