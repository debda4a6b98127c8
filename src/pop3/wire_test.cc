#include "pop3/wire.h"

#include <gtest/gtest.h>

namespace mailstead::pop3 {
namespace {

TEST(Pop3Wire, ParsesEachCommand) {
  EXPECT_EQ(parse("stat")->verb, Verb::stat);
  EXPECT_EQ(parse("RETR 12")->number, 12U);
  EXPECT_EQ(parse("LIST")->number, std::nullopt);
  EXPECT_EQ(parse("LIST 3 ")->number, 3U);
  EXPECT_EQ(parse("TOP 1 0")->lines, 0U);
  EXPECT_EQ(parse("PASS  two words ")->text, " two words ");  // RFC 1939 §7: spaces belong to the password
  EXPECT_EQ(parse("AUTH PLAIN =")->initial, "");
  EXPECT_EQ(parse("AUTH PLAIN AGEAYg==")->initial, "AGEAYg==");
  EXPECT_EQ(parse("AUTH PLAIN")->initial, std::nullopt);
}

TEST(Pop3Wire, RefusesWhatIsNotOne) {
  for (const char* bad : {"", " ", "RETR", "RETR 0", "RETR -1", "RETR 1 2", "RETR 4294967296", "TOP 1", "TOP 1 -1",
                          "STAT 1", "USER", "GET / HTTP/1.1", "DELE x", "NOOP now"})
    EXPECT_FALSE(parse(bad)) << bad;
  EXPECT_FALSE(parse(std::string_view("STAT\0", 5)));
}

std::string stuffed(std::string_view text, std::size_t piece) {
  DotStuffer stuffer;
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += piece) stuffer.append(out, text.substr(at, piece));
  stuffer.finish(out);
  return out;
}

TEST(Pop3Wire, DotStuffingDoesNotDependOnThePieces) {
  const std::string text = ".a\r\n..b\r\nc.\r\n.\r\n\r.\n.x\r\nend";
  const auto whole = stuffed(text, text.size());
  EXPECT_EQ(whole, "..a\r\n...b\r\nc.\r\n..\r\n\r.\n.x\r\nend\r\n.\r\n");
  for (std::size_t piece = 1; piece < text.size(); ++piece) EXPECT_EQ(stuffed(text, piece), whole) << piece;
  EXPECT_EQ(stuffed("", 1), ".\r\n");
}

std::string top(std::string_view text, std::uint32_t lines, std::size_t piece) {
  TopCounter counter(lines);
  std::string out;
  for (std::size_t at = 0; at < text.size() && !counter.done(); at += piece) {
    const auto p = text.substr(at, piece);
    out += p.substr(0, counter.feed(p));
  }
  return out;
}

TEST(Pop3Wire, TopCountsBodyLinesOnly) {
  const std::string text = "A: 1\r\nB: 2\r\n\r\none\r\n\r\nthree\r\n";
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    EXPECT_EQ(top(text, 0, piece), "A: 1\r\nB: 2\r\n\r\n");
    EXPECT_EQ(top(text, 2, piece), "A: 1\r\nB: 2\r\n\r\none\r\n\r\n");
    EXPECT_EQ(top(text, 99, piece), text);
  }
}

TEST(Pop3Wire, UidlIsOfTheLegalShape) {
  EXPECT_EQ(uidl(0xAB, 7), "000000ab00000007");
}

}  // namespace
}  // namespace mailstead::pop3
