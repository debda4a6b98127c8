#include "model/sort.h"

#include <algorithm>
#include <numeric>

namespace mailstead::model {
namespace {

constexpr std::string_view k_words[] = {"ARRIVAL", "CC",        "DATE", "DISPLAYFROM", "DISPLAYTO",
                                        "FROM",    "RELEVANCY", "SIZE", "SUBJECT",     "TO"};

}  // namespace

std::string_view to_string(SortBy by) {
  return k_words[static_cast<std::size_t>(by)];
}

std::optional<SortBy> sort_by(std::string_view word) {
  const auto* at = std::find(std::begin(k_words), std::end(k_words), word);
  if (at == std::end(k_words)) return std::nullopt;
  return static_cast<SortBy>(at - std::begin(k_words));
}

std::vector<std::uint32_t> sort_order(std::span<const SortValue> values, std::span<const SortKey> keys) {
  if (keys.empty()) return {};
  std::vector<std::uint32_t> order(values.size() / keys.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    for (std::size_t k = 0; k < keys.size(); ++k) {
      const auto c = values[a * keys.size() + k] <=> values[b * keys.size() + k];
      if (c != 0) return keys[k].reverse ? c > 0 : c < 0;
    }
    return a < b;
  });
  return order;
}

}  // namespace mailstead::model
