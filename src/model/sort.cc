#include "model/sort.h"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>

namespace mailstead::model {
namespace {

constexpr std::string_view k_words[] = {"ANNOTATION", "ARRIVAL",   "CC",   "DATE",    "DISPLAYFROM", "DISPLAYTO",
                                        "FROM",       "RELEVANCY", "SIZE", "SUBJECT", "TO"};

struct Numbered {
  std::uint64_t number;
  std::uint32_t message, place;  // where it stands before sorting
};

// By digits, the lowest first: each pass leaves equal ones as they were.
void sort_by_digits(std::vector<Numbered>& all, std::uint64_t largest) {
  constexpr unsigned k_bits = 11;
  constexpr std::size_t k_digits = 1U << k_bits;
  std::vector<Numbered> to(all.size());
  for (unsigned shift = 0; shift < static_cast<unsigned>(std::bit_width(largest)); shift += k_bits) {
    const auto digit = [shift](const Numbered& n) { return (n.number >> shift) & (k_digits - 1); };
    std::array<std::size_t, k_digits> begin{};
    for (const auto& n : all) ++begin[digit(n)];
    std::exclusive_scan(begin.begin(), begin.end(), begin.begin(), std::size_t{0});
    for (const auto& n : all) to[begin[digit(n)]++] = n;
    all.swap(to);
  }
}

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

std::vector<std::uint32_t> sort_numbers(std::span<const SortColumn> columns, std::span<const SortKey> keys) {
  constexpr std::size_t k_few = 512;  // for which counting digits would cost more
  if (keys.empty()) return {};
  std::vector<std::uint32_t> order(columns.front().size());
  std::iota(order.begin(), order.end(), 0U);
  std::vector<Numbered> all(order.size());
  for (auto k = keys.size(); k-- > 0;) {  // the last key first, as each sorting is stable
    const auto& column = columns[k];
    const auto [least, most] = std::minmax_element(column.begin(), column.end());
    if (least == column.end() || *least == *most) continue;
    for (std::size_t i = 0; i < order.size(); ++i) {
      const auto n = column[order[i]];
      all[i] = {keys[k].reverse ? *most - n : n - *least, order[i], static_cast<std::uint32_t>(i)};
    }
    if (all.size() <= k_few)
      std::sort(all.begin(), all.end(), [](const Numbered& a, const Numbered& b) {
        return a.number != b.number ? a.number < b.number : a.place < b.place;
      });
    else
      sort_by_digits(all, *most - *least);
    std::transform(all.begin(), all.end(), order.begin(), [](const Numbered& n) { return n.message; });
  }
  return order;
}

}  // namespace mailstead::model
