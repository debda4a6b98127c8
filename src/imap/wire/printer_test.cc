#include "imap/wire/printer.h"

#include <gtest/gtest.h>

namespace mailstead::imap {
namespace {

std::string with(bool utf8, auto&& f) {
  std::string out;
  Printer p(out, utf8);
  f(p);
  return out;
}

TEST(Printer, Strings) {
  const auto s = [](std::string_view v, bool utf8 = false) { return with(utf8, [&](Printer& p) { p.string(v); }); };
  EXPECT_EQ(s("a\"b\\c"), "\"a\\\"b\\\\c\"");
  EXPECT_EQ(s(""), "\"\"");
  EXPECT_EQ(s("a\r\nb"), "{4}\r\na\r\nb");
  EXPECT_EQ(s("\xC3\xA9"), "{2}\r\n\xC3\xA9");  // no raw 8-bit in quotes without UTF8
  EXPECT_EQ(s("\xC3\xA9", true), "\"\xC3\xA9\"");
  EXPECT_EQ(s("\xFF", true), "{1}\r\n\xFF");
}

TEST(Printer, Names) {
  const auto a = [](std::string_view v) { return with(false, [&](Printer& p) { p.astring(v); }); };
  EXPECT_EQ(a("INBOX"), "INBOX");
  EXPECT_EQ(a("a b"), "\"a b\"");
  EXPECT_EQ(a("nil"), "\"nil\"");
  EXPECT_EQ(a(""), "\"\"");
  EXPECT_EQ(with(false, [](Printer& p) { p.mailbox("Entwürfe"); }), "Entw&APw-rfe");
  EXPECT_EQ(with(true, [](Printer& p) { p.mailbox("Entwürfe"); }), "\"Entwürfe\"");
}

TEST(Printer, Dates) {
  EXPECT_EQ(date_time(760'686'745, -480), "07-Feb-1994 21:52:25 -0800");
  EXPECT_EQ(date_time(0, 330), "01-Jan-1970 05:30:00 +0530");
  EXPECT_EQ(date_time(-1, 0), "31-Dec-1969 23:59:59 +0000");
  EXPECT_EQ(date_time(INT64_MAX, 1439).size(), 26U);
  EXPECT_EQ(date_time(INT64_MIN, -1439).size(), 26U);
}

TEST(Printer, FetchItemNames) {
  FetchItem item{.attr = FetchAttr::body, .peek = true, .section = {}, .partial = {{10, 20}}};
  item.section = {.part = {1, 2}, .text = Section::Text::header_fields, .fields = {"Date", "x y"}};
  EXPECT_EQ(item_name(item), "BODY[1.2.HEADER.FIELDS (Date \"x y\")]<10>");
}

TEST(Printer, ReplyTextIsOneLine) {
  EXPECT_EQ(reply_text("a\r\n* BYE\x01\xC3"), "a??* BYE??");
  EXPECT_EQ(reply_text("[ALERT] x"), " [ALERT] x");
  EXPECT_EQ(reply_text(""), "-");
}

}  // namespace
}  // namespace mailstead::imap
