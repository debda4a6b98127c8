#include "model/message_annotation.h"

#include <gtest/gtest.h>

namespace mailstead::model {
namespace {

TEST(MessageAnnotation, Entries) {
  for (const auto* good : {"/comment", "/altsubject", "/vendor/x", "/vendor/foobar/label.priv", "/1/comment",
                           "/1.2.3/flags/seen", "/12/flags/forwarded", "/1/vendor/x/y"}) {
    EXPECT_TRUE(is_entry(good)) << good;
    EXPECT_TRUE(is_storable_entry(good)) << good;
  }
  for (const auto* other : {"/flags", "/flags/seen", "/Comment", "/comment/x", "/vendor", "/vendors/x", "/1",
                            "/1/flags", "/1/flags/x", "/1/altsubject"}) {
    EXPECT_TRUE(is_entry(other)) << other;
    EXPECT_FALSE(is_storable_entry(other)) << other;
  }
  for (const auto* bad :
       {"", "/", "comment", "/comment/", "//comment", "/a//b", "/a*", "/a%", "/a b", "/\xC3\xA4", "/0/comment",
        "/01/comment", "/1./comment", "/1..2/comment", "/1x/comment", "/99999999999/comment"})
    EXPECT_FALSE(is_entry(bad)) << bad;
  EXPECT_FALSE(is_entry("/vendor/" + std::string(1000, 'x')));
}

TEST(MessageAnnotation, Parts) {
  EXPECT_EQ(part_of("/1.12/comment"), (std::vector<std::uint32_t>{1, 12}));
  EXPECT_TRUE(part_of("/comment").empty());
  EXPECT_TRUE(is_value_of("/1/flags/seen", "1"));
  EXPECT_TRUE(is_value_of("/1/flags/seen", std::nullopt));
  EXPECT_FALSE(is_value_of("/1/flags/seen", "yes"));
  EXPECT_TRUE(is_value_of("/1/comment", "yes"));
}

}  // namespace
}  // namespace mailstead::model
