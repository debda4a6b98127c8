// The runner itself: what it must call a failure.
#include "transcript/player.h"

#include <gtest/gtest.h>

#include "base/log.h"

namespace mailstead::transcript {
namespace {

std::string outcome(std::string text, std::string protocol = "pop3", Mode mode = Mode::plain) {
  log::set_level(log::Level::error);
  const auto script = parse_script("# rfc: 1939\n" + text, std::move(protocol), "");
  return script ? play(*script, "x.t", mode, 1) : script.error().detail;
}

const std::string k_one = "mail <<one\n1 login ann\n";
const std::string k_body = "== one\nSubject: x\n\nhello\n";

TEST(Player, AllAsExpected) {
  EXPECT_EQ(outcome(k_one + "C: STAT\nS: +OK 1 21\nC: QUIT\nS: +OK...\nclosed\n" + k_body), "");
  EXPECT_EQ(outcome(k_one + "C: RETR 1\nS: +OK ...\nS. one\n" + k_body), "");
}

TEST(Player, AWrongExpectedLineFails) {
  const auto out = outcome(k_one + "C: STAT\nS: +OK 2 21\n" + k_body);
  EXPECT_TRUE(out.starts_with("x.t:5: not expected here:\n      +OK 1 21")) << out;
  EXPECT_NE(out.find("line 5: +OK 2 21"), std::string::npos) << out;
  EXPECT_NE(out.find("1 C: STAT"), std::string::npos) << out;
}

TEST(Player, AMissingReplyFails) {
  const auto out = outcome(k_one + "C: STAT\nS: +OK 1 21\nS: +OK more\n" + k_body);
  EXPECT_TRUE(out.starts_with("x.t:6: missing:")) << out;
}

TEST(Player, AnExtraReplyFails) {
  const auto in_group = outcome(k_one + "C: STAT\nC: NOOP\nS: +OK 1 21\n" + k_body);
  EXPECT_NE(in_group.find("nothing more"), std::string::npos) << in_group;
  const auto before_command = outcome(k_one + "C: STAT\nadvance 1\nC: NOOP\nS: +OK...\n" + k_body);
  EXPECT_NE(before_command.find("said more than expected"), std::string::npos) << before_command;
  const auto at_end = outcome(k_one + "C: STAT\n" + k_body);
  EXPECT_NE(at_end.find("said more than expected"), std::string::npos) << at_end;
}

TEST(Player, WhatShouldBeAbsentFails) {
  EXPECT_NE(outcome("S: +OK...\nC: CAPA\nS! TOP\nS* ...\n").find("should not have been said"), std::string::npos);
  EXPECT_EQ(outcome("S: +OK...\nC: CAPA\nS! STLS\nS* ...\n"), "");
}

TEST(Player, AConnectionStillOpenOrClosedTooEarlyFails) {
  EXPECT_NE(outcome("1 login ann\nclosed\n").find("is still open"), std::string::npos);
  EXPECT_NE(outcome("1 login ann\nC: QUIT\nS: +OK...\nC: NOOP\nS: +OK...\n").find("closed connection"),
            std::string::npos);
}

TEST(Player, VariablesAreComparedAfterTheFirstUse) {
  const std::string two = "mail <<one\nmail <<one\n1 login ann\nC: UIDL 1\nS: +OK 1 $a\n";
  EXPECT_EQ(outcome(two + "C: UIDL 1\nS: +OK 1 $a\n" + k_body), "");
  EXPECT_NE(outcome(two + "C: UIDL 2\nS: +OK 2 $a\n" + k_body).find("not expected here"), std::string::npos);
  EXPECT_EQ(outcome(two + "C: UIDL 2\nS: +OK 2 $b\nassert $a != $b\n" + k_body), "");
  EXPECT_NE(outcome(two + "C: UIDL 2\nS: +OK 2 $b\nassert $a == $b\n" + k_body).find("$a is "), std::string::npos);
}

TEST(Player, ACutLineIsNotACommand) {
  EXPECT_EQ(outcome(k_one + "1 cut 2\nC: QUIT\n2 login ann\n2 C: STAT\n2 S: +OK 1 21\n" + k_body), "");
}

TEST(Player, ARestartKeepsTheMailInBothStores) {
  for (const auto mode : {Mode::plain, Mode::rocks})
    for (const std::string how : {"restart", "crash"})
      EXPECT_EQ(outcome(k_one + how + "\n1 login ann\nC: STAT\nS: +OK 1 21\n" + k_body, "pop3", mode), "");
}

TEST(Player, AFailingStoreIsSeenByTheClient) {
  EXPECT_NE(outcome(k_one + "fail-store 1 later\nC: RETR 1\nS: +OK...\nS. one\n" + k_body).find("-ERR [SYS/TEMP]"),
            std::string::npos);
  EXPECT_EQ(
      outcome(k_one + "fail-store 1 later\nC: RETR 1\nS: -ERR [SYS/TEMP]...\nheal\nC: RETR 1\nS: +OK...\nS. one\n" +
              k_body),
      "");
}

TEST(Player, MistakesInAFileAreFailures) {
  EXPECT_NE(outcome("C: UIDL $nobody\n"), "");
  EXPECT_NE(outcome("frobnicate 1\n").find("unknown directive"), std::string::npos);
  EXPECT_NE(outcome("setting nothing true\n").find("line 2"), std::string::npos);
  EXPECT_FALSE(parse_script("C: STAT\n", "pop3", ""));  // names no RFC
}

TEST(Match, WildcardsVariablesAndLiterals) {
  Variables v;
  const Bodies bodies{{"b", "ab\r\n"}};
  EXPECT_TRUE(matches("* OK [UIDNEXT $n] ...", "* OK [UIDNEXT 42] next", v, bodies));
  EXPECT_EQ(v["n"], "42");
  EXPECT_TRUE(matches("${n+1} ${x*3} $$", "43 xxx $", v, bodies));
  EXPECT_FALSE(matches("$n", "43", v, bodies));
  EXPECT_TRUE(matches("* 1 FETCH (BODY[] {<<b})", "* 1 FETCH (BODY[] {4}\r\nab\r\n)", v, bodies));
  EXPECT_FALSE(matches("a ... c", "a b d", v, bodies));
  EXPECT_EQ(replies("* 1 FETCH (X {4}\r\na\r\nb Y {1}\r\nz)\r\n* OK\r\nrest", true).size(), 3U);
}

}  // namespace
}  // namespace mailstead::transcript
