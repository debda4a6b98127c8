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
                          "BDAT 1 FIRST",
                          "AUTH",
                          "MAIL FROM:<\xC3\xA9@b.example>",
                          "MAIL FROM:<a\r@b>",
                          "RCPT TO:<@a.example>"})
    EXPECT_FALSE(parse(bad)) << bad;
  EXPECT_FALSE(parse("RCPT TO:<" + std::string(300, 'a') + "@b>"));
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
