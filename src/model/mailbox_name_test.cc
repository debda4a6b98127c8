#include "model/mailbox_name.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/limits.h"

namespace mailstead::model {
namespace {

TEST(MailboxName, Accepts) {
  const std::pair<std::string, std::string> rows[] = {
      {"inbox", "INBOX"},   {"iNbOx/x", "INBOX/x"}, {"Inboxes", "Inboxes"},   {"a/b/", "a/b"},       {"..", ".."},
      {"a/../b", "a/../b"}, {"%*", "%*"},           {"Entwürfe", "Entwürfe"}, {"日本/語", "日本/語"}};
  for (const auto& [in, out] : rows) EXPECT_EQ(check_name(in).value_or("refused"), out) << in;
}

TEST(MailboxName, Refuses) {
  const std::string rows[] = {"",
                              "/",
                              "/a",
                              "a//b",
                              "a//",
                              std::string("a\0b", 3),
                              "a\nb",
                              "a\x7F",
                              "\xFF",
                              "\xC0\xAF",
                              "\xED\xA0\x80",
                              "a\xE2\x80\xA8",
                              "\xC2\x85",
                              std::string(limits::k_mailbox_name_bytes + 1, 'a')};
  for (const auto& name : rows) EXPECT_FALSE(check_name(name)) << name;
  std::string deep = "a";
  for (std::size_t i = 1; i < limits::k_mailbox_name_depth; ++i) deep += "/a";
  EXPECT_TRUE(check_name(deep));
  EXPECT_FALSE(check_name(deep + "/a"));
}

TEST(MailboxName, Levels) {
  EXPECT_EQ(parent_of("a/b/c"), "a/b");
  EXPECT_EQ(parent_of("a"), "");
  EXPECT_EQ(leaf_of("a/b/c"), "c");
  EXPECT_TRUE(is_under("a/b", "a"));
  EXPECT_FALSE(is_under("ab", "a") || is_under("a", "a"));
}

TEST(MailboxName, OfOthers) {
  EXPECT_EQ(owner_in("Other Users/Bela@Example.org/Plans"), "bela@example.org");
  EXPECT_EQ(others_name("Other Users/bela@example.org/inbox/x")->mailbox, "INBOX/x");
  EXPECT_EQ(others_name("Other Users/bela@example.org")->mailbox, "");
  for (const auto* own : {"Other Users", "Other Users/", "Other Users/bela/x@y", "other users/bela@example.org/x"})
    EXPECT_EQ(owner_in(own), "") << own;
  EXPECT_EQ(canonical_name("Other Users/Bela@Example.org/inbox"), "Other Users/bela@example.org/INBOX");
  EXPECT_EQ(canonical_name("Other Users/Bela/inbox"), "Other Users/Bela/inbox");
}

TEST(MailboxName, SpecialUse) {
  EXPECT_EQ(parse_special_use("\\sent"), SpecialUse::sent);
  EXPECT_EQ(parse_special_use("Sent"), std::nullopt);
  for (int i = 0; i < 8; ++i) {
    const auto use = static_cast<SpecialUse>(i);
    EXPECT_EQ(parse_special_use(to_string(use)), use);
  }
}

TEST(ListPattern, Table) {
  struct Row {
    const char *pattern, *name;
    bool match;
  };
  const Row rows[] = {
      {"*", "a/b", true},
      {"%", "a", true},
      {"%", "a/b", false},
      {"%/%", "a/b", true},
      {"a*", "a", true},
      {"a%", "a/", false},
      {"*b", "a/b", true},
      {"%b", "a/b", false},
      {"inbox", "INBOX", true},
      {"InB%", "INBOX", true},
      {"inbox/*", "INBOX/x", true},
      {"inbox/X", "INBOX/x", false},
      {"Inboxes", "inboxes", false},
      {"", "a", false},
      {"", "", true},
      {"a%*c", "a/b/c", true},
      {"%%", "a/b", false},
      {"*%", "a/b", true},
      {"INBOX", "INBO", false},
      {"*é", "caf\xC3\xA9", true},
  };
  for (const auto& r : rows) EXPECT_EQ(ListPattern(r.pattern).matches(r.name), r.match) << r.pattern << " " << r.name;
}

bool naive(std::string_view p, std::string_view n) {
  if (p.empty()) return n.empty();
  if (p[0] == '*' || p[0] == '%')
    return naive(p.substr(1), n) || (!n.empty() && (p[0] == '*' || n[0] != '/') && naive(p, n.substr(1)));
  return !n.empty() && p[0] == n[0] && naive(p.substr(1), n.substr(1));
}

TEST(ListPattern, AgreesWithTheDefinition) {
  rc::check([] {
    const auto p = *rc::gen::container<std::string>(rc::gen::element('a', 'b', '/', '*', '%'));
    const auto n = *rc::gen::container<std::string>(rc::gen::element('a', 'b', '/'));
    RC_PRE(p.size() < 12 && n.size() < 12);
    RC_ASSERT(ListPattern(p).matches(n) == naive(p, n));
  });
}

TEST(ListPattern, LongAndHostile) {
  std::string pattern;
  for (int i = 0; i < 500; ++i) pattern += "%a*";
  EXPECT_FALSE(ListPattern(pattern + "b").matches(std::string(1000, 'a')));
  EXPECT_TRUE(ListPattern(pattern).matches(std::string(1000, 'a')));
  EXPECT_FALSE(ListPattern(std::string(100'000, 'a')).matches("a"));
  // Crosses the word border of the bit set.
  const std::string name(200, 'x');
  EXPECT_TRUE(ListPattern(std::string(63, 'x') + "*" + std::string(64, 'x')).matches(name));
}

}  // namespace
}  // namespace mailstead::model
