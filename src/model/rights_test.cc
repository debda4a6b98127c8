#include "model/rights.h"

#include <gtest/gtest.h>

namespace mailstead::model {
namespace {

TEST(Rights, Letters) {
  EXPECT_EQ(to_string(right::all), "lrswipkxteancd");
  EXPECT_EQ(to_string(Rights()), "");
  EXPECT_EQ(to_string(*parse_rights("wr")), "rw");
  // RFC 4314 §2.1.1: the old rights.
  EXPECT_EQ(*parse_rights("c"), right::create | right::remove_mailbox);
  EXPECT_EQ(*parse_rights("d"), right::remove_message | right::expunge);
  EXPECT_EQ(to_string(*parse_rights("lk")), "lkc");
  EXPECT_EQ(to_string(*parse_rights("e")), "ed");
  EXPECT_FALSE(parse_rights("lrq"));
  EXPECT_FALSE(parse_rights("L"));
}

TEST(Rights, Changes) {
  const auto old = *parse_rights("lrs");
  const auto after = [&](std::string_view text) { return to_string(parse_rights_change(text)->of(old)); };
  EXPECT_EQ(after("w"), "w");
  EXPECT_EQ(after("+w"), "lrsw");
  EXPECT_EQ(after("-sw"), "lr");
  EXPECT_EQ(after(""), "");
  EXPECT_EQ(after("+"), "lrs");
  EXPECT_EQ(parse_rights_change("-d")->to_string(), "-ted");
  for (const auto* bad : {"+-l", "l+r", "q"}) EXPECT_FALSE(parse_rights_change(bad)) << bad;
}

TEST(Rights, OfUsers) {
  const Sharing sharing{{"anyone", *parse_rights("lr")},
                        {"-anyone", *parse_rights("s")},
                        {"bela@example.org", *parse_rights("swi")},
                        {"-bela@example.org", *parse_rights("r")}};
  EXPECT_EQ(to_string(rights_of(sharing, "ann@example.org")), "lr");
  EXPECT_EQ(to_string(rights_of(sharing, "bela@example.org")), "lwi");
  EXPECT_EQ(rights_of({}, "bela@example.org"), Rights());
}

TEST(Rights, Flags) {
  EXPECT_EQ(flags_allowed(*parse_rights("lr")).bits, 0U);
  EXPECT_EQ(flags_allowed(right::all).bits, ~std::uint64_t{0});
  EXPECT_EQ(flags_allowed(*parse_rights("st")), k_seen | k_deleted);
  EXPECT_FALSE(flags_allowed(*parse_rights("w")).has(k_seen));
  EXPECT_TRUE(flags_allowed(*parse_rights("w")).has(k_flagged));
  EXPECT_EQ(right_to_change("\\seen"), right::seen);
  EXPECT_EQ(right_to_change("\\Deleted"), right::remove_message);
  for (const auto* other : {"\\Flagged", "$Junk", "Deleted"}) EXPECT_EQ(right_to_change(other), right::write);
}

}  // namespace
}  // namespace mailstead::model
