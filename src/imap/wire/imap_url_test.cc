// RFC 4469's and RFC 5092's URLs.
#include "imap/wire/imap_url.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace mailstead::imap
