#include "admin/command.h"

#include <gtest/gtest.h>

#include "admin/table.h"
#include "admin/units.h"
#include "admin/wire.h"

namespace mailstead::admin {
namespace {

TEST(Command, ArgumentsAndOptions) {
  const auto call = parse({"device", "add", "ann@example.org", "--scopes", "imap,pop3", "laptop"});
  ASSERT_TRUE(call);
  EXPECT_EQ(call->command->name(), "device add");
  EXPECT_EQ(call->arguments, (std::vector<std::string>{"ann@example.org", "laptop"}));
  EXPECT_EQ(call->get("--scopes"), "imap,pop3");
  EXPECT_FALSE(call->has("--json"));
  EXPECT_TRUE(parse({"device", "list", "--json", "ann@example.org"})->has("--json"));
  EXPECT_EQ(parse({"quota", "set", "a", "1G", "--messages=5"})->get("--messages"), "5");
  EXPECT_EQ(parse({"device", "add", "a", "--", "--scopes"})->arguments.back(), "--scopes");
}

TEST(Command, WrongWordsAreNamed) {
  const auto detail = [](std::vector<std::string> words) { return parse(std::move(words)).error().detail; };
  EXPECT_NE(detail({"domain", "add"}).find("missing\nusage: mailstead domain add NAME"), std::string::npos);
  EXPECT_NE(detail({"domain", "add", "a", "b"}).find("too many"), std::string::npos);
  EXPECT_NE(detail({"domain", "add", "a", "--force"}).find("unknown option --force"), std::string::npos);
  EXPECT_NE(detail({"device", "add", "a", "b", "--scopes"}).find("needs a value"), std::string::npos);
  EXPECT_NE(detail({"domain", "list", "--json=x"}).find("no value"), std::string::npos);
  EXPECT_NE(detail({"domain", "frob"}).find("which of these?\n  domain add NAME"), std::string::npos);
  EXPECT_EQ(parse({"frob"}).error().code, Errc::unsupported);
  EXPECT_EQ(parse({}).error().code, Errc::unsupported);
}

TEST(Command, ASecretIsAWordOfTheSocketAlone) {
  const auto call = parse({"password", "set", "a@b.example", "--secret--"}, true);
  ASSERT_TRUE(call);
  EXPECT_EQ(call->secret, "--secret--");
  EXPECT_EQ(call->arguments.size(), 1U);
  EXPECT_FALSE(parse({"password", "set", "a@b.example", "secret"}));
}

TEST(Command, RepeatedArguments) {
  EXPECT_EQ(parse({"alias", "add", "a", "b", "c"})->arguments.size(), 3U);
  EXPECT_FALSE(parse({"alias", "add", "a"}));
  EXPECT_TRUE(parse({"export", "a", "dir"}));
  EXPECT_EQ(parse({"export", "a", "dir", "INBOX", "Sent"})->arguments.size(), 4U);
}

TEST(Units, Sizes) {
  EXPECT_EQ(parse_size("0"), 0U);
  EXPECT_EQ(parse_size("none"), 0U);
  EXPECT_EQ(parse_size("1G"), 1ULL << 30);
  EXPECT_EQ(parse_size("1.5 GiB"), (1ULL << 30) + (1ULL << 30) / 10 * 5);
  EXPECT_EQ(parse_size("20mb"), 20ULL << 20);
  for (const auto* bad : {"", "G", "1X", "-1", "1.5", "99999999999G", "1GB x", "BB"})
    EXPECT_FALSE(parse_size(bad)) << bad;
  EXPECT_EQ(format_size(999), "999 B");
  EXPECT_EQ(format_size(1536), "1.5 KiB");
  EXPECT_EQ(format_size(1ULL << 30), "1.0 GiB");
}

TEST(Output, TextAndJson) {
  Output o;
  o.columns = {"name", "size", "used"};
  o.rows = {{"a", Cell(Cell::bytes, 2048), Cell(Cell::time, 0)},
            {"long\x1bname", Cell(Cell::bytes, 5), Cell(Cell::time, 60)}};
  EXPECT_EQ(o.to_text(),
            "NAME          SIZE  USED\na          2.0 KiB  never\nlong?name      5 B  1970-01-01T00:01:00Z\n");
  EXPECT_EQ(o.to_json(),
            "[{\"name\":\"a\",\"size\":2048,\"used\":null},"
            "{\"name\":\"long\\u001bname\",\"size\":5,\"used\":\"1970-01-01T00:01:00Z\"}]\n");
  o.facts = {{"total", Cell(Cell::limit, 0)}};
  o.rows_name = "files";
  EXPECT_EQ(o.to_text().substr(0, 13), "total: none\n\n");
  EXPECT_EQ(o.to_json().substr(0, 20), "{\"total\":0,\"files\":[");
}

TEST(Wire, FramesRoundTripAndRubbishIsRefused) {
  const std::vector<std::string> words{"a", "", std::string(70'000, 'x')};
  const auto frame = encode_frame(words);
  EXPECT_EQ(decode_frame(std::string_view(frame).substr(4)), words);
  EXPECT_FALSE(decode_frame("\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
  EXPECT_FALSE(decode_frame(std::string_view(frame).substr(4, 9)));
}

}  // namespace
}  // namespace mailstead::admin
