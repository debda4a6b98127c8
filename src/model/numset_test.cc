#include "model/numset.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>

namespace mailstead::model {
namespace {

using Set = NumSet<Uid>;

Set set_of(const std::set<std::uint32_t>& numbers) {
  std::vector<Uid> v;
  for (auto n : numbers) v.emplace_back(n);
  return Set::of_numbers(v);
}
std::set<std::uint32_t> numbers_of(const Set& s) {
  std::set<std::uint32_t> out;
  s.for_each([&](Uid u) { out.insert(u.value); });
  return out;
}

TEST(NumSet, PrintsMergedRanges) {
  Set s;
  s.insert(Uid(7));
  s.insert(Uid(3), Uid(1));  // reversed
  s.insert(Uid(4));          // touches
  EXPECT_EQ(s.to_string(), "1:4,7");
  s.insert(Uid(5), Uid(6));  // closes the gap
  EXPECT_EQ(s.to_string(), "1:7");
  EXPECT_EQ(s.size(), 7U);
}

TEST(NumSet, WholeNumberRangeDoesNotOverflow) {
  Set s(Uid(1), Uid(0xFFFFFFFF));
  EXPECT_EQ(s.size(), 0xFFFFFFFFULL);
  s.insert(Uid(0xFFFFFFFF));
  s.insert(Uid(5));
  EXPECT_EQ(s.to_string(), "1:4294967295");
  EXPECT_EQ(s.subtract(Set(Uid(0xFFFFFFFF))).to_string(), "1:4294967294");
}

TEST(NumSet, Star) {
  Set s(Uid(2));
  s.insert_star(Uid(9));
  EXPECT_EQ(s.to_string(), "2,9:*");
  EXPECT_EQ(s.resolve(Uid(12)).to_string(), "2,9:12");
  EXPECT_EQ(s.resolve(Uid(5)).to_string(), "2,5");  // RFC 9051 §9: * is in n:* even when n is above
  EXPECT_EQ(s.resolve(Uid(0)).to_string(), "2");
  Set star;
  star.insert_star();
  EXPECT_EQ(star.to_string(), "*");
  EXPECT_EQ(star.resolve(Uid(12)).to_string(), "12");
  // The largest number is a number, not "*": UID EXPUNGE 4294967295 must not take the last message.
  EXPECT_EQ(Set(Uid(0xFFFFFFFF)).resolve(Uid(12)).to_string(), "4294967295");
}

TEST(NumSet, ManySingleNumbersInAnyOrder) {
  std::vector<Uid> v;
  for (std::uint32_t i = 200'000; i > 0; i -= 2) v.emplace_back(i);
  const auto s = Set::of_numbers(v);
  EXPECT_EQ(s.ranges().size(), 100'000U);
  EXPECT_TRUE(s.contains(Uid(2)) && !s.contains(Uid(3)));
}

TEST(NumSet, AgreesWithStdSet) {
  rc::check([] {
    const auto a = *rc::gen::container<std::set<std::uint32_t>>(rc::gen::inRange<std::uint32_t>(1, 40));
    const auto b = *rc::gen::container<std::set<std::uint32_t>>(rc::gen::inRange<std::uint32_t>(1, 40));
    const auto sa = set_of(a), sb = set_of(b);
    std::set<std::uint32_t> both, all = a, minus;
    all.insert(b.begin(), b.end());
    for (auto n : a) (b.count(n) ? both : minus).insert(n);
    RC_ASSERT(sa.size() == a.size());
    RC_ASSERT(numbers_of(sa.intersect(sb)) == both);
    RC_ASSERT(sa.unite(sb) == set_of(all));
    RC_ASSERT(sa.subtract(sb) == set_of(minus));
    for (std::uint32_t n = 0; n < 42; ++n) RC_ASSERT(sa.contains(Uid(n)) == (a.count(n) == 1));
    Set one_by_one;
    for (auto it = a.rbegin(); it != a.rend(); ++it) one_by_one.insert(Uid(*it));
    RC_ASSERT(one_by_one == sa);
  });
}

}  // namespace
}  // namespace mailstead::model
