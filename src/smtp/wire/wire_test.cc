#include <gtest/gtest.h>

#include "smtp/wire/command.h"
#include "smtp/wire/data.h"

namespace mailstead::smtp {
namespace {

TEST(SmtpCommand, Envelopes) {
  EXPECT_EQ(parse("MAIL FROM:<a@b.example> SIZE=100 BODY=8BITMIME")->size, 100U);
  EXPECT_EQ(parse("mail from:<>")->text, "");
  EXPECT_EQ(parse("RCPT TO:<@x.example,@y.example:a@b.example>")->text, "a@b.example");
  EXPECT_EQ(parse("RCPT TO:<\"a b>\"@c.example>")->text, "\"a b>\"@c.example");
  EXPECT_TRUE(parse("MAIL FROM: <a@b.example>")->space_quirk);
  EXPECT_TRUE(parse("MAIL FROM:<\xC3\xA9@b.example> SMTPUTF8"));
  EXPECT_EQ(parse("RCPT TO:<Postmaster>")->text, "Postmaster");
  EXPECT_TRUE(parse("BDAT 5 last")->last);
  EXPECT_EQ(parse("BURL imap://a@b/c LAST")->text, "imap://a@b/c");
  EXPECT_TRUE(parse("burl x last")->last);
  EXPECT_FALSE(parse("BURL x")->last);
  EXPECT_EQ(parse("AUTH PLAIN =")->initial, "");
}

TEST(SmtpCommand, Refused) {
  for (const char* bad : {"",
                          "GET / HTTP/1.1",
                          "MAIL",
                          "MAIL FROM:a@b",
                          "MAIL FROM:<a@b",
                          "MAIL FROM:<a@>",
                          "MAIL FROM:<@b>",
                          "MAIL FROM:<\"\"@b>",
                          "RCPT TO:<>",
                          "MAIL FROM:<a@b>x",
                          "MAIL FROM:<a@b> RET=HDRS",
                          "MAIL FROM:<a b@c>",
                          "MAIL FROM:<a@b> SIZE=-1",
                          "MAIL FROM:<a@b><c@d>",
                          "RCPT TO:<a@b> SIZE=1",
                          "EHLO",
                          "DATA now",
                          "BDAT",
                          "BDAT x",
                          "BURL",
                          "BURL x FIRST",
                          "BDAT 1 FIRST",
                          "AUTH",
                          "MAIL FROM:<\xC3\xA9@b.example>",
                          "MAIL FROM:<a\r@b>",
                          "RCPT TO:<@a.example>"})
    EXPECT_FALSE(parse(bad)) << bad;
  EXPECT_FALSE(parse("RCPT TO:<" + std::string(300, 'a') + "@b>"));
}

std::string address(std::string_view text) {
  std::string_view rest;
  const auto path = parse_path(text, &rest);
  return path && rest.empty() ? *path : "refused";
}

TEST(SmtpAddress, FollowsTheGrammar) {
  for (const char* good :
       {"a.b+c@x-y.example", "\"a b\"@x", "\"a@b\"@x", "\"a\\\"b\\\\\"@x", "a@[192.0.2.1]", "a@[IPv6:2001:db8::1]",
        "user%other@us", "δ@παράδειγμα.example", "a@under_score.example", "!#$%&'*+-/=?^_`{|}~@x"})
    EXPECT_EQ(address("<" + std::string(good) + ">"), good);
  EXPECT_EQ(address("<@r1,@r2.example:a@b>"), "a@b");
  for (const char* bad : {"<.a@b>",   "<a.@b>",   "<a..b@c>",  "<a@b c>",    "<a@-b>",   "<a@b->",  "<a@.b>",
                          "<a@b.>",   "<a@b..c>", "<\"a@b>",   "<\"a\"b@c>", "<a@[]>",   "<a@[x>",  "<a@[1 2]>",
                          "<@r a@b>", "<@r,a@b>", "<a@b@c>",   "<a@b>>",     "<<a@b>>",  "< a@b>",  "<a\tb@c>",
                          "<\"\"@b>", "<@:a@b>",  "<@a,:b@c>", "<a:b@c>",    "<a@b(c)>", "<a\\@b>", "<\"a\\\"@b>"})
    EXPECT_EQ(address(bad), "refused") << bad;
}

TEST(SmtpCommand, ControlCharactersAndWrongUtf8AreRefused) {
  EXPECT_FALSE(parse("NOOP a\rRCPT TO:<x@y>"));
  EXPECT_FALSE(parse("EHLO a\x01"));
  EXPECT_FALSE(parse("EHLO \xff"));
  EXPECT_FALSE(parse(std::string_view("NOOP\0", 5)));
  EXPECT_TRUE(parse("NOOP a\tb"));
}

struct Outcome {
  std::string content, rest;
  bool done, bad;
};

Outcome decode(std::string_view input, std::size_t piece) {
  DataDecoder d(10'000);
  std::size_t used = 0;
  while (used < input.size() && !d.done()) used += d.feed(input.substr(used, piece));
  return {d.take(), std::string(input.substr(used)), d.done(), d.bad_lines()};
}

TEST(SmtpData, OnlyCrlfDotCrlfEndsIt) {
  const std::string good = "a\r\n..b\r\n...\r\nc.\r\n.\r\nNEXT";
  for (std::size_t piece = 1; piece <= good.size(); ++piece) {
    const auto o = decode(good, piece);
    EXPECT_TRUE(o.done);
    EXPECT_FALSE(o.bad);
    EXPECT_EQ(o.content, "a\r\n.b\r\n..\r\nc.\r\n");
    EXPECT_EQ(o.rest, "NEXT");
  }
  EXPECT_TRUE(decode(".\r\n", 1).done);
}

// The smuggling matrix: none of these ends the data, and each marks the message as one to refuse.
TEST(SmtpData, SmuggledEndsAreNone) {
  using namespace std::string_literals;
  const std::string rows[] = {"\n.\n"s,       "\n.\r"s,       "\r.\n"s,       "\r.\r"s,
                              "\n.\r\n"s,     "\r.\r\n"s,     "\r\n.\n"s,     "\r\n.\rx"s,
                              "\r\n\0.\r\n"s, "\r\n.\0\r\n"s, "\r\n.\r\r\n"s, "\r\r\n.\rx\r\n"s};
  for (const auto& row : rows)
    for (const std::string& before : {""s, "text"s, "H: 1\r\n\r\nbody"s})
      for (std::size_t piece = 1; piece <= 4; ++piece) {
        const auto input = before + row + "MAIL FROM:<x@y>\r\n";
        const auto o = decode(input, piece);
        EXPECT_FALSE(o.done) << testing::PrintToString(input);
        EXPECT_TRUE(o.bad) << testing::PrintToString(input);
        EXPECT_TRUE(decode(input + "\r\n.\r\n", piece).done) << testing::PrintToString(input);
      }
}

// Wherever the network cuts them: the same verdict, content and rest.
TEST(SmtpData, SmuggledEndsSplitAtEveryByte) {
  using namespace std::string_literals;
  for (const auto& row : {"\n.\n"s, "\n.\r\n"s, "\r.\r\n"s, "\r\n.\n"s, "\r\n.\r\r\n"s, "\r\r\n.\r\r\n"s,
                          "\r\n\0.\r\n"s, "\r\n.\0\r\n"s, "\n\r\n.\r\r\n"s, "\r\n.\n\r\n"s}) {
    const auto input = "A: 1\r\n\r\nx" + row + "MAIL FROM:<evil@x>\r\n.\r\nQUIT\r\n";
    const auto whole = decode(input, input.size());
    EXPECT_TRUE(whole.done && whole.bad);
    EXPECT_EQ(whole.rest, "QUIT\r\n");
    for (std::size_t at = 1; at < input.size(); ++at) {
      DataDecoder d(10'000);
      EXPECT_EQ(d.feed(std::string_view(input).substr(0, at)), std::min(at, input.size() - 6));
      if (!d.done()) d.feed(std::string_view(input).substr(at));
      ASSERT_TRUE(d.done() && d.bad_lines()) << at;
      ASSERT_EQ(d.take(), whole.content) << at;
    }
  }
}

TEST(SmtpData, ContentWithoutFramingIsCheckedByTheSameRule) {
  const auto bad = [](std::initializer_list<std::string_view> pieces) {
    LineCheck c;
    for (auto p : pieces) c.feed(p);
    return c.bad();
  };
  EXPECT_FALSE(bad({"a\r", "\nb\r\n.\r\n"}));
  EXPECT_FALSE(bad({"", "\r\n\r\n"}));
  EXPECT_TRUE(bad({"a\r", "b"}));
  EXPECT_TRUE(bad({"a\r"}));
  EXPECT_TRUE(bad({"a", "\nb"}));
  EXPECT_TRUE(bad({"\n"}));
  EXPECT_TRUE(bad({"a\r\r\n"}));
  EXPECT_TRUE(bad({std::string_view("a\0b\r\n", 5)}));
}

TEST(SmtpData, TooBigIsSwallowed) {
  DataDecoder d(100);
  const std::string line(70, 'x');
  for (int i = 0; i < 1000; ++i) d.feed(line + "\r\n");
  d.feed(".\r\n");
  EXPECT_TRUE(d.done());
  EXPECT_TRUE(d.too_big());
  EXPECT_EQ(d.take(), "");
}

}  // namespace
}  // namespace mailstead::smtp
