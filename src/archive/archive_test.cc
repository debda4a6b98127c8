#include <gtest/gtest.h>

#include "archive/line_ends.h"
#include "archive/maildir.h"
#include "archive/mbox.h"

namespace mailstead::archive {
namespace {

using Flags = std::vector<std::string>;

std::vector<ArchiveMessage> read_mbox(std::string_view file, std::size_t step = std::string::npos,
                                      std::size_t max = 10'000) {
  MboxReader reader(max);
  for (std::size_t at = 0; at < file.size(); at += std::min(step, file.size() - at)) reader.feed(file.substr(at, step));
  reader.finish();
  std::vector<ArchiveMessage> all;
  while (auto m = reader.next()) all.push_back(*std::move(m));
  return all;
}

TEST(LineEnds, LfBecomesCrlfAndABareCrStays) {
  EXPECT_EQ(to_crlf("a\nb\r\nc\rd\n\n"), "a\r\nb\r\nc\rd\r\n\r\n");
  EXPECT_EQ(to_crlf("\n"), "\r\n");
  EXPECT_EQ(to_crlf("no end"), "no end");
}

TEST(LineEnds, WhatIsWrittenComesBack) {
  for (const std::string_view message : {"a\r\nb\r\n", "a\rb\r\n", "a\r\r\nb\r\n", "", "\r\n\r\n", "no end", "end\r"})
    EXPECT_EQ(to_crlf(to_file(message)), message);
  EXPECT_EQ(to_file("a\r\nb\r\n"), "a\nb\n");
}

TEST(Maildir, FlagsOfAFileName) {
  const KeywordLetters keywords("0 $Work\n1 todo\nnonsense\n99 x\n");
  EXPECT_EQ(maildir_flags("1.M2.host,S=9:2,FRSa", keywords), (Flags{"\\Flagged", "\\Answered", "\\Seen", "$Work"}));
  EXPECT_EQ(maildir_flags("1.M2.host:2,PDTb", keywords), (Flags{"$Forwarded", "\\Draft", "\\Deleted", "todo"}));
  EXPECT_EQ(maildir_flags("1.M2.host:2,Szz", keywords), (Flags{"\\Seen"}));
  EXPECT_TRUE(maildir_flags("1.M2.host", keywords).empty());
  EXPECT_EQ(maildir_flags("1.M2.host:2,S,x=F", keywords), (Flags{"\\Seen"}));
}

TEST(Maildir, SuffixIsSortedAndNamesLetters) {
  KeywordLetters keywords;
  std::size_t lost = 0;
  EXPECT_EQ(maildir_suffix({"\\Seen", "$Work", "\\Draft", "$Forwarded"}, keywords, lost), ":2,DPSa");
  EXPECT_EQ(keywords.file(), "0 $Work\n");
  for (int i = 0; i < 30; ++i) maildir_suffix({"k" + std::to_string(i)}, keywords, lost);
  EXPECT_EQ(lost, 5U);
}

TEST(Maildir, FoldersAndMailboxes) {
  EXPECT_EQ(mailbox_of_folder(""), "INBOX");
  EXPECT_EQ(mailbox_of_folder("INBOX"), "INBOX");
  EXPECT_EQ(mailbox_of_folder(".A.B"), "A/B");
  EXPECT_EQ(mailbox_of_folder("A/B"), "A/B");
  EXPECT_EQ(mailbox_of_folder(".Entw&APw-rfe"), "Entwürfe");
  EXPECT_EQ(mailbox_of_folder(".R&D"), "R&D");  // no modified UTF-7: taken as it is
  EXPECT_EQ(mailbox_of_folder("..A..B."), "A/B");
  for (const std::string_view name : {"INBOX", "A/B", "v1.2/x\\y", "Entwürfe", "R&D", "日本/語"})
    EXPECT_EQ(mailbox_of_folder(folder_of_mailbox(name)), name);
  EXPECT_EQ(folder_of_mailbox("v1.2/b"), ".v1\\2e2.b");
}

constexpr std::string_view k_mbox =
    "From bob@example.net Tue Nov 24 10:00:00 2026\nSubject: one\nStatus: RO\nX-Status: AF\nX-Keywords: $Work todo\n"
    "\nHello\n>From the start\n>>From quoted\n\nFrom here it goes on\n\n"
    "From - Tue Nov 24 10:00:01 2026\r\nX-Mozilla-Status: 1005\r\nSubject: two\r\n\r\nBye\r\n\r\n";

TEST(Mbox, MessagesFlagsAndDates) {
  const auto all = read_mbox(k_mbox);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].content,
            "Subject: one\r\n\r\nHello\r\nFrom the start\r\n>From quoted\r\n\r\nFrom here it goes on\r\n");
  EXPECT_EQ(all[0].flags, (Flags{"\\Seen", "\\Answered", "\\Flagged", "$Work", "todo"}));
  EXPECT_EQ(all[0].date, 1'795'514'400);
  EXPECT_EQ(all[1].content, "Subject: two\r\n\r\nBye\r\n");
  EXPECT_EQ(all[1].flags, (Flags{"\\Seen", "\\Flagged", "$Forwarded"}));
}

TEST(Mbox, AnySplitGivesTheSame) {
  const auto whole = read_mbox(k_mbox);
  for (const std::size_t step : {1U, 2U, 7U, 64U}) {
    const auto split = read_mbox(k_mbox, step);
    ASSERT_EQ(split.size(), whole.size());
    for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_EQ(split[i].content, whole[i].content);
  }
}

TEST(Mbox, PseudoMessagesAndRemovedOnesAreSkipped) {
  const auto all = read_mbox(
      "From MAILER-DAEMON Fri Jul  8 12:08:34 2011\nFrom: Mail System Internal Data <MAILER-DAEMON@host>\n"
      "Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\nX-IMAP: 1310126914 0000000003\n\nThis text\n\n"
      "From a@b.example Fri Jul  8 12:08:34 2011\nSubject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\n\n"
      "a person quotes it\n\nFrom - Fri Jul  8 12:08:34 2011\nX-Mozilla-Status: 0009\n\ngone\n");
  ASSERT_EQ(all.size(), 3U);
  EXPECT_TRUE(all[0].skip);
  EXPECT_FALSE(all[1].skip);
  EXPECT_TRUE(all[2].skip);
}

TEST(Mbox, WhatIsNoMboxIsSaid) {
  MboxReader reader(1000);
  reader.feed("From: not an mbox\n\nFrom a@b.example Fri Jul  8 12:08:34 2011\n\nx\n");
  reader.finish();
  EXPECT_TRUE(reader.is_other());
  EXPECT_FALSE(reader.next());
}

TEST(Mbox, TooBigIsToldAndTheNextMessageIsFine) {
  const auto all = read_mbox("From a Fri Jul  8 12:08:34 2011\n\n" + std::string(5000, 'x') +
                                 "\nmore\n\nFrom a Fri Jul  8 12:08:34 2011\n\n" + std::string(200, 'y') + "\n" +
                                 std::string(200, 'z') + "\n\nFrom a Fri Jul  8 12:08:34 2011\nSubject: s\n\nsmall\n",
                             64, 300);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_TRUE(all[0].too_big);
  EXPECT_TRUE(all[1].too_big);
  EXPECT_EQ(all[2].content, "Subject: s\r\n\r\nsmall\r\n");
}

TEST(Mbox, WrittenAndReadAgain) {
  const Flags flags{"\\Seen", "\\Draft", "\\Deleted", "$Work"};
  for (const std::string_view message :
       {"Subject: a\r\n\r\nFrom x\r\n>From y\r\n\r\n\r\n", "Subject: own\r\nStatus: RO\r\nX-Status: F\r\n\r\n.\r\n",
        "Subject: cr\r\n\r\na\r\r\nFrom b\r\n", "Subject: no body\r\n", "\r\nno header\r\n",
        "Subject: a\r\n\r\ntext\r\n\r\nFrom a@b Fri Jul  8 12:08:34 2011\r\n"}) {
    for (const std::int64_t date : {0, 1'795'514'400, 951'782'400, -86'401}) {
      const auto all = read_mbox(mbox_entry(message, flags, date) + mbox_entry("X: y\r\n", {}, 1));
      ASSERT_EQ(all.size(), 2U) << message;
      EXPECT_EQ(all[0].content, message);
      EXPECT_EQ(all[0].date, date);
      EXPECT_EQ(all[0].flags.size(), 4U);
      EXPECT_TRUE(all[1].flags.empty());
    }
  }
}

TEST(Mbox, AMessageWithoutALineEndAtItsEndGetsOne) {
  for (const std::string_view message : {"Subject: a\r\n\r\nend", "Subject: a\r\n\r\nend\r", "\r"}) {
    const auto all = read_mbox(mbox_entry(message, {}, 1));
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].content, std::string(message) + "\r\n");
  }
}

}  // namespace
}  // namespace mailstead::archive
