// RFC 4469's and RFC 5092's URLs.
#include "imap/wire/imap_url.h"

#include <gtest/gtest.h>

#include "base/ascii.h"
#include "imap/wire/printer.h"

namespace mailstead::imap {
namespace {

TEST(ImapUrl, MessagesAndParts) {
  auto u = parse_message_url("/Drafts;UIDVALIDITY=385759045/;UID=20/;section=1.MIME");
  ASSERT_TRUE(u);
  EXPECT_EQ(u->mailbox, "Drafts");
  EXPECT_EQ(u->uidvalidity, 385759045U);
  EXPECT_EQ(u->uid.value, 20U);
  EXPECT_EQ(section_text(u->section), "[1.MIME]");
  EXPECT_FALSE(u->partial);

  // RFC 4469's first example has "/" behind UID=20 and nothing after it.
  u = parse_message_url("/a%20b/%C3%BC/;UID=1/;SECTION=HEADER.FIELDS%20(DATE%20FROM)/;PARTIAL=3.7");
  ASSERT_TRUE(u);
  EXPECT_EQ(u->mailbox, "a b/\xC3\xBC");
  EXPECT_EQ(section_text(u->section), "[HEADER.FIELDS (DATE FROM)]");
  EXPECT_EQ(u->partial, std::pair(std::uint64_t{3}, std::uint64_t{7}));

  u = parse_message_url("inbox/;uid=4");
  ASSERT_TRUE(u);
  EXPECT_EQ(u->mailbox, "INBOX");
  EXPECT_EQ(section_text(u->section), "[]");

  u = parse_message_url(";UID=4/;PARTIAL=0");
  ASSERT_TRUE(u);
  EXPECT_FALSE(u->mailbox);
  EXPECT_EQ(u->partial->first, 0U);
}

TEST(ImapUrl, OthersAreRefused) {
  for (const auto* url : {"",
                          "/",
                          "INBOX",
                          "/INBOX",
                          "/INBOX/;UID=",
                          "/INBOX/;UID=0",
                          "/INBOX/;UID=1x",
                          "/INBOX/;UID=99999999999",
                          "imap://h/INBOX/;UID=1",
                          "//h/INBOX/;UID=1",
                          "imap:/INBOX/;UID=1",
                          "/INBOX/;UID=1/;SECTION=1.",
                          "/%4/;UID=1",
                          "/INBOX/;UID=1/;SECTION=0",
                          "/INBOX/;UID=1/;PARTIAL=",
                          "/INBOX/;UID=1/;PARTIAL=1.0",
                          "/INBOX/;SECTION=1",
                          "/INBOX;UIDVALIDITY=0/;UID=1",
                          "/INBOX;X=1/;UID=1",
                          "/INBOX/;UID=1/;SECTION=1]x[",
                          "/INBOX/;UID=1/;EXPIRE=x",
                          "/a%00b/;UID=1",
                          "/INBOX/;PARTIAL=1/;UID=1"})
    EXPECT_FALSE(parse_message_url(url)) << url;
}

TEST(ImapUrl, WithAuthority) {
  // RFC 4467's example.
  auto u = parse_auth_url("imap://joe@example.com/INBOX/;uid=20/;section=1.2;urlauth=submit+fred");
  ASSERT_TRUE(u);
  EXPECT_EQ(u->user, "joe");
  EXPECT_EQ(u->host, "example.com");
  EXPECT_EQ(u->message.mailbox, "INBOX");
  EXPECT_EQ(u->message.uid.value, 20U);
  EXPECT_EQ(section_text(u->message.section), "[1.2]");
  EXPECT_EQ(u->access, AuthUrl::Access::submit);
  EXPECT_EQ(u->access_user, "fred");
  EXPECT_EQ(u->mechanism, "");
  EXPECT_FALSE(u->expire);

  const std::string rump =
      "IMAP://Ann%40example.org;AUTH=*@mail.example.org:143/a%20b;UIDVALIDITY=7/;UID=1/;PARTIAL=0.5"
      ";EXPIRE=2027-01-15T08:00:00.25+01:30;URLAUTH=user+Bela%40Example.org";
  u = parse_auth_url(cat(rump, ":internal:91354A473744909de610943775f92038"));
  ASSERT_TRUE(u);
  EXPECT_EQ(u->rump, rump);
  EXPECT_EQ(u->user, "ann@example.org");
  EXPECT_EQ(u->host, "mail.example.org:143");
  EXPECT_EQ(u->message.mailbox, "a b");
  EXPECT_EQ(u->message.partial, std::pair(std::uint64_t{0}, std::uint64_t{5}));
  EXPECT_EQ(u->expire, 1'799'994'600);
  EXPECT_EQ(u->access_user, "bela@example.org");
  EXPECT_EQ(u->mechanism, "INTERNAL");
  EXPECT_EQ(u->token.size(), 16U);
  EXPECT_EQ(u->token[0], '\x91');
}

TEST(ImapUrl, OthersWithAuthorityAreRefused) {
  const std::string good = "imap://joe@h/INBOX/;UID=1;URLAUTH=authuser";
  ASSERT_TRUE(parse_auth_url(good));
  for (const auto* url : {"", "/INBOX/;UID=1;URLAUTH=authuser", "imap://joe@h/INBOX/;UID=1",
                          "imap://h/INBOX/;UID=1;URLAUTH=authuser", "imap://@h/INBOX/;UID=1;URLAUTH=authuser",
                          "imap://joe@/INBOX/;UID=1;URLAUTH=authuser", "imap://joe@h/;UID=1;URLAUTH=authuser",
                          "imap://joe@h;URLAUTH=authuser", "imap://j%e@h/INBOX/;UID=1;URLAUTH=authuser",
                          "imap://joe@h/INBOX/;UID=1;URLAUTH=", "imap://joe@h/INBOX/;UID=1;URLAUTH=all",
                          "imap://joe@h/INBOX/;UID=1;URLAUTH=user+", "imap://joe@h/INBOX/;UID=1;URLAUTH=user+%ff",
                          "imap://joe@h/INBOX/;UID=1;EXPIRE=;URLAUTH=authuser",
                          "imap://joe@h/INBOX/;UID=1;EXPIRE=2027-01-15;URLAUTH=authuser",
                          "imap://joe@h/INBOX/;UID=1;EXPIRE=2027-01-15T08:00:00;URLAUTH=authuser",
                          "imap://joe@h/INBOX/;UID=1;EXPIRE=2027-01-15T08:00:00.Z;URLAUTH=authuser",
                          "imap://joe@h/INBOX/;UID=1;EXPIRE=2027-02-30T08:00:00Z;URLAUTH=authuser",
                          "imap://joe@h/INBOX/;UID=1;EXPIRE=2027-01-15T08:00:00+24:00;URLAUTH=authuser"})
    EXPECT_FALSE(parse_auth_url(url)) << url;
  for (const auto* behind : {":", ":internal", ":internal:", "::00112233445566778899aabbccddeeff",
                             ":internal:00112233445566778899aabbccddee", ":internal:0011223344556677889 aabbccddeeff",
                             ":internal:00112233445566778899aabbccddeefg"})
    EXPECT_FALSE(parse_auth_url(good + behind)) << behind;
}

}  // namespace
}  // namespace mailstead::imap
