#include "config/config.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace mailstead::config {
namespace {

TEST(Config, TheReferenceIsItselfValid) {
  const auto config = parse(reference());
  ASSERT_TRUE(config) << config.error().detail;
  EXPECT_EQ(config->removed_keep_days, 30);
}

TEST(Config, TheDocumentIsTheReference) {
  std::ifstream file(std::filesystem::path(MAILSTEAD_TESTDATA).parent_path() / "docs/config.md");
  std::stringstream text;
  text << file.rdbuf();
  const auto document = text.str();
  const auto begin = document.find("```toml\n") + 8;
  EXPECT_EQ(document.substr(begin, document.rfind("```") - begin), reference());
}

TEST(Config, UnknownKeysAreRefusedWithTheirLine) {
  const auto config = parse("hostname = \"a\"\n[tls]\ncertifikate = \"x\"\n");
  ASSERT_FALSE(config);
  EXPECT_NE(config.error().detail.find("line 3"), std::string::npos) << config.error().detail;
  EXPECT_NE(config.error().detail.find("tls.certifikate"), std::string::npos);
}

TEST(Config, WrongTypesAndValuesAreRefused) {
  for (const char* text :
       {"homes = \"two\"", "homes = -1", "log_level = \"loud\"", "compression = \"most\"", "listen = 3",
        "[listen]\nimap = [\"nowhere\"]", "[listen]\nimap = \"127.0.0.1:143\"",
        "hostname = ", "[pop3]\npolicy = \"some\"", "[tls]\nkey = \"k\"", "[listen]\nmetrics = [\"0.0.0.0:9100\"]",
        "[tls]\nallow_plain_without_tls = true\n[listen]\nimap = [\"0.0.0.0:143\"]", "[imap]\nwithout = \"NOTIFY\"",
        "[imap]\nmessage_limit = 999", "[imap]\nmessage_limit = 1000\nsave_limit = 1000"})
    EXPECT_FALSE(parse(text)) << text;
}

TEST(Config, Addresses) {
  EXPECT_EQ(parse_address("127.0.0.1:143")->port, 143);
  EXPECT_EQ(parse_address("[::1]:143")->address, "::1");
  EXPECT_TRUE(is_loopback(*parse_address("localhost:1")));
  EXPECT_EQ(parse_address("unix:/run/lmtp")->address, "unix:/run/lmtp");
  for (const char* bad : {"", "143", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:70000", "example.org:25"})
    EXPECT_FALSE(parse_address(bad)) << bad;
}

TEST(Config, PasswordCostHasLimits) {
  EXPECT_EQ(parse("[accounts]\nargon2_passes = 3\nargon2_memory = 8192\n")->argon2_passes, 3);
  for (const char* bad :
       {"argon2_passes = 0", "argon2_passes = 1001", "argon2_memory = 8191", "argon2_memory = 1073741825"})
    EXPECT_FALSE(parse(std::string("[accounts]\n") + bad)) << bad;
}

}  // namespace
}  // namespace mailstead::config
