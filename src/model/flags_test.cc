#include "model/flags.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace mailstead::model {
namespace {

TEST(Flags, SystemFlagsInAnyCase) {
  EXPECT_EQ(system_flag("\\sEEN"), k_seen);
  EXPECT_EQ(system_flag("\\Draft"), k_draft);
  EXPECT_EQ(system_flag("\\Recent"), std::nullopt);
  EXPECT_EQ(system_flag("Seen"), std::nullopt);
}

TEST(Flags, KeywordsKeepTheirFirstCase) {
  KeywordTable table;
  const auto forwarded = table.add("$Forwarded");
  ASSERT_TRUE(forwarded);
  EXPECT_EQ(table.add("$FORWARDED"), forwarded);
  EXPECT_EQ(table.names(), std::vector<std::string>{"$Forwarded"});
  EXPECT_EQ(table.names(k_seen | *forwarded), (std::vector<std::string>{"\\Seen", "$Forwarded"}));
  EXPECT_EQ(forwarded->bits, std::uint64_t{1} << k_first_keyword_bit);
}

TEST(Flags, RefusesWhatIsNoKeyword) {
  for (const std::string bad : {"", "\\Foo", "a b", "a)", "a(", "a{", "a%", "a*", "a\"", "a]", "\x7F", "\xC3\xA9"})
    EXPECT_FALSE(KeywordTable().add(bad)) << bad;
  EXPECT_FALSE(KeywordTable().add(std::string(limits::k_keyword_bytes + 1, 'a')));
}

TEST(Flags, TableHasAnEnd) {
  KeywordTable table;
  for (std::size_t i = 0; i < limits::k_keywords; ++i) {
    const auto f = table.add("k" + std::to_string(i));
    ASSERT_TRUE(f);
    EXPECT_TRUE((*f & k_system_flags).empty());
  }
  EXPECT_FALSE(table.add("one-more"));
  EXPECT_TRUE(table.add("K57"));
}

}  // namespace
}  // namespace mailstead::model
