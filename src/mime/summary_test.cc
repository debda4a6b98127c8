#include "mime/summary.h"

#include <gtest/gtest.h>

#include "base/ascii.h"
#include "base/limits.h"

namespace mailstead::mime {
namespace {

constexpr std::string_view k_mail =
    "Date: Mon, 7 Feb 1994 21:52:25 -0800 (PST)\r\nFrom: Fred Foobar <foobar@blurdybloop.example>\r\n"
    "Subject: Re: afternoon meeting\r\nTo: mooch@owatagu.siam.edu.example\r\nMessage-Id: "
    "<B27397-0100000@blurdybloop.example>\r\n"
    "References: <one@x> (comment <no@x>)\r\n <two@x>\r\nMIME-Version: 1.0\r\n"
    "Content-Type: TEXT/PLAIN; CHARSET=US-ASCII\r\n\r\nHello Joe, do you think we can meet at 3:30 tomorrow?\r\n";

TEST(Summary, OfASmallMail) {
  const auto s = summarize(k_mail);
  EXPECT_EQ(s.size, k_mail.size());
  ASSERT_TRUE(s.sent);
  EXPECT_EQ(s.sent->unix_seconds, 760686745);
  EXPECT_EQ(s.sent->civil(), (CivilDate{1994, 2, 7}));
  EXPECT_EQ(s.message_id, "B27397-0100000@blurdybloop.example");
  EXPECT_EQ(s.references, (std::vector<std::string>{"one@x", "two@x"}));
  EXPECT_EQ(s.base_subject, "afternoon meeting");
  EXPECT_TRUE(s.is_reply);
  EXPECT_EQ(s.preview, "Hello Joe, do you think we can meet at 3:30 tomorrow?");
  const auto stored = encode(s);
  ASSERT_TRUE(stored);
  EXPECT_LT(stored->size(), 400U);
  EXPECT_EQ(decode(*stored).value(), s);
}

TEST(Summary, ShiftMovesAllButTheRootsBegin) {
  const auto s = summarize("Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\nx\r\n--a--\r\n");
  const auto shifted = decode(*encode(s), 100).value();
  EXPECT_EQ(shifted.size, s.size + 100);
  EXPECT_EQ(shifted.message.parts[0].header_begin, 0U);
  EXPECT_EQ(shifted.message.parts[0].body_begin, s.message.parts[0].body_begin + 100);
  EXPECT_EQ(shifted.message.parts[1].header_begin, s.message.parts[1].header_begin + 100);
  EXPECT_EQ(shifted.message.parts[1].body_end, s.message.parts[1].body_end + 100);
}

TEST(Summary, BadBytesAreRefused) {
  const auto good = *encode(summarize(k_mail));
  EXPECT_EQ(decode("").error().code, Errc::corrupt);
  EXPECT_EQ(decode(cat('\x7F', good)).error().code, Errc::unsupported);
  for (std::size_t n = 1; n < good.size(); ++n) EXPECT_FALSE(decode(std::string_view(good).substr(0, n))) << n;
  EXPECT_FALSE(decode(good + "x"));
  for (std::size_t i = 1; i < good.size(); ++i) {
    for (const int bit : {1, 16, 128}) {
      auto bad = good;
      bad[i] = static_cast<char>(bad[i] ^ bit);
      if (const auto s = decode(bad)) {
        for (const auto& p : s->message.parts) EXPECT_TRUE(p.header_begin <= p.body_begin && p.body_end <= s->size);
      }
    }
  }
}

// Brief is the same without what it leaves out; and no more wary of bad bytes than it must be.
TEST(Summary, BriefOfAStoredOne) {
  for (const std::string_view header :
       {"From: a@x\r\nTo: b@x\r\nSubject: Re: s\r\nMessage-ID: <1@x>\r\nReferences: <2@x>\r\n",
        "From: a@x\r\nSender: c@x\r\nReply-To: d@x\r\nCc: e@x\r\nBcc: f@x\r\nDate: Mon, 3 Jan 2022 10:00:00 +0100\r\n",
        ""}) {
    auto whole = summarize(cat(header, "\r\ntext\r\n"));
    const auto stored = *encode(whole);
    auto brief = decode_brief(stored);
    ASSERT_TRUE(brief);
    auto& e = whole.message.envelope;
    if (e.sender == e.from) e.sender.clear();
    if (e.reply_to == e.from) e.reply_to.clear();
    whole.preview.clear();
    whole.message.parts.clear();
    whole.message.embedded.clear();
    EXPECT_EQ(*brief, whole);
    for (std::size_t n = 0; n < stored.size(); ++n) (void)decode_brief(std::string_view(stored).substr(0, n));
  }
  EXPECT_EQ(decode_brief("").error().code, Errc::corrupt);
  EXPECT_EQ(decode_brief("\x02").error().code, Errc::unsupported);
  EXPECT_EQ(decode_brief("\x01 broken").error().code, Errc::corrupt);
}

TEST(Summary, TooBigIsNotStored) {
  std::string raw = "To: ";
  for (int i = 0; i < 9000; ++i) append(raw, "somebody", i, "@example.org,\r\n ");
  const auto s = summarize(raw + "x@y\r\n\r\n");
  EXPECT_EQ(s.message.envelope.to.size(), 9001U);
  EXPECT_FALSE(encode(s));
}

TEST(Summary, ReferencesAreBounded) {
  std::string raw = "References:";
  for (int i = 0; i < 5000; ++i) append(raw, "\r\n <", i, "@x>");
  const auto s = summarize(raw + "\r\n\r\n");
  ASSERT_EQ(s.references.size(), limits::k_references);
  EXPECT_EQ(s.references.front(), "0@x");
  EXPECT_EQ(s.references.back(), "4999@x");
}

// Only the first piece of a long text is decoded, unless the preview is not full after it.
TEST(Summary, PreviewOfALongTextLooksAsFarAsItMust) {
  const std::string head = "From: a@example.org\r\n\r\n";
  std::string words, blank;
  while (words.size() < 100'000) words += "lorem ipsum dolor\r\n";
  while (blank.size() < 10'000) blank += " \r\n";
  EXPECT_EQ(summarize(head + words).preview, summarize(head + words.substr(0, 1900)).preview);
  EXPECT_EQ(summarize(head + blank + "at last\r\n").preview, "at last");
}

}  // namespace
}  // namespace mailstead::mime
