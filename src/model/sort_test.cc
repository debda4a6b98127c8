#include "model/sort.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <numeric>

namespace mailstead::model {
namespace {

TEST(Sort, WordsAndBack) {
  for (const auto* w : {"ARRIVAL", "CC", "DATE", "DISPLAYFROM", "DISPLAYTO", "FROM", "SIZE", "SUBJECT", "TO"}) {
    ASSERT_TRUE(sort_by(w));
    EXPECT_EQ(to_string(*sort_by(w)), w);
  }
  EXPECT_FALSE(sort_by("NAME"));
}

TEST(Sort, EqualOnesStayInMailboxOrderEvenReversed) {  // RFC 5256 §3
  const std::vector<SortValue> values{{2, ""}, {1, ""}, {2, ""}, {1, ""}};
  const std::vector<SortKey> up{{SortBy::size, false}}, down{{SortBy::size, true}};
  EXPECT_EQ(sort_order(values, up), (std::vector<std::uint32_t>{1, 3, 0, 2}));
  EXPECT_EQ(sort_order(values, down), (std::vector<std::uint32_t>{0, 2, 1, 3}));
  EXPECT_TRUE(sort_order({}, up).empty());
}

// Sorting by one key after the other, the last first, each time stably, is the same.
TEST(Sort, EqualsStableSortsByEachKey) {
  EXPECT_TRUE(
      rc::check([](std::vector<std::tuple<std::uint8_t, bool, std::uint8_t>> messages, bool r0, bool r1, bool r2) {
        const std::vector<SortKey> keys{{SortBy::size, r0}, {SortBy::subject, r1}, {SortBy::date, r2}};
        std::vector<SortValue> values;
        for (const auto& [a, b, c] : messages) {
          values.push_back({a % 3, ""});
          values.push_back({0, b ? "x" : ""});
          values.push_back({c % 3, ""});
        }
        std::vector<std::uint32_t> naive(messages.size());
        std::iota(naive.begin(), naive.end(), 0U);
        for (std::size_t k = 3; k-- > 0;) {
          const auto less = [&](std::uint32_t a, std::uint32_t b) {
            const auto &x = values[a * 3 + k], &y = values[b * 3 + k];
            return keys[k].reverse ? y < x : x < y;
          };
          for (std::size_t i = 1; i < naive.size(); ++i)  // insertion sort is stable
            for (std::size_t j = i; j > 0 && less(naive[j], naive[j - 1]); --j) std::swap(naive[j], naive[j - 1]);
        }
        RC_ASSERT(sort_order(values, keys) == naive);
      }));
}

// Few and many, small and large numbers: as sorting values does it.
TEST(Sort, NumbersEqualValues) {
  EXPECT_TRUE(rc::check([](bool r0, bool r1, std::uint8_t few, std::uint64_t seed) {
    const std::vector<SortKey> keys{{SortBy::size, r0}, {SortBy::date, r1}};
    for (const std::size_t n : {std::size_t{few}, std::size_t{3000}}) {
      std::vector<SortValue> values;
      std::vector<SortColumn> columns(2);
      for (std::size_t i = 0; i < n; ++i) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        const auto a = static_cast<std::int64_t>(seed >> 60);
        const auto b = (seed >> 40 & 1) == 0 ? static_cast<std::int64_t>(seed) : static_cast<std::int64_t>(seed) % 5;
        values.push_back({a, ""});
        values.push_back({b, ""});
        columns[0].push_back(sort_number(a));
        columns[1].push_back(sort_number(b));
      }
      RC_ASSERT(sort_numbers(columns, keys) == sort_order(values, keys));
    }
  }));
}

}  // namespace
}  // namespace mailstead::model
