#include "imap/wire/utf7.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/utf8.h"

namespace mailstead::imap {
namespace {

TEST(Utf7, Rfc3501Examples) {
  const std::pair<std::string, std::string> rows[] = {{"~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語"},
                                                      {"&Jjo-!", "☺!"},
                                                      {"&-", "&"},
                                                      {"R&-D", "R&D"},
                                                      {"&2Dzf7w-", "\xF0\x9F\x8F\xAF"},
                                                      {"", ""}};
  for (const auto& [utf7, utf8] : rows) {
    EXPECT_EQ(utf7_decode(utf7).value_or("refused"), utf8);
    EXPECT_EQ(utf7_encode(utf8), utf7);
  }
}

TEST(Utf7, RefusesOtherSpellings) {
  // Unterminated; ASCII encoded; superfluous shift; lone, reversed surrogates; stray bits; foreign alphabet; raw bytes.
  for (const std::string s : {"&", "&Jjo", "a&Jjo!", "&AGE-", "&U,BTFw-&ZeVnLIqe-", "&2Dw-", "&3,8-", "&3+,YPA-",
                              "&Jjp-", "&JjoA-", "&J-", "&U/BTFw-", "&Jjo=-", "\xC3\xA9", "\t", "\x7F", "&ACY-"})
    EXPECT_FALSE(utf7_decode(s)) << s;
}

TEST(Utf7, RoundTrip) {
  rc::check([] {
    std::string s;
    for (const auto c : *rc::gen::container<std::vector<std::uint32_t>>(
             rc::gen::oneOf(rc::gen::inRange<std::uint32_t>(0x20, 0x7F), rc::gen::inRange<std::uint32_t>(0xA0, 0xD800),
                            rc::gen::inRange<std::uint32_t>(0x10000, 0x110000))))
      utf8_append(s, c);
    RC_ASSERT(utf7_decode(utf7_encode(s)).value() == s);
  });
}

}  // namespace
}  // namespace mailstead::imap
