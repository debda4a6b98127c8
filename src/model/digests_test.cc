#include "model/digests.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>

#include "base/ascii.h"

namespace mailstead::model {
namespace {

using Numbers = std::vector<std::uint32_t>;

mime::Summary mail(std::string_view header) {
  return mime::summarize(cat(header, "\r\nbody\r\n"));
}

TEST(Dictionary, EachTextOnceAndViewsStay) {
  Dictionary d;
  EXPECT_EQ(d.id(""), Dictionary::k_empty);
  const auto a = d.id("a");
  const auto view = d.at(a);
  std::map<std::string, std::uint32_t> model;
  for (int i = 0; i < 20'000; ++i) {
    const auto text = i % 100 == 0 ? std::string(3000, static_cast<char>('a' + i % 26)) : cat("text ", i % 7000);
    const auto id = d.id(text);
    EXPECT_EQ(model.try_emplace(text, id).first->second, id);
    ASSERT_EQ(d.at(id), text);
  }
  EXPECT_EQ(d.size(), model.size() + 2);
  EXPECT_EQ(view, "a");
  EXPECT_EQ(d.id("a"), a);
  std::size_t octets = 0;
  for (const auto& [text, id] : model) octets += text.size();
  EXPECT_GE(d.bytes(), octets);
  EXPECT_LE(d.bytes(), 2 * octets + 64 * d.size());
}

TEST(Digests, WhatTheyKeepOfAMessage) {
  Digests d;
  d.add(7, mail("From: =?utf-8?Q?J=C3=B6rg?= <joe@example.org>, b@x\r\nTo: Friends: ann@x;\r\nCc: z@x\r\n"
                "Subject: Re: [list] Hello\r\nDate: Mon, 3 Jan 2022 23:30:00 -0100\r\nMessage-ID: <1@x>\r\n"
                "References: <a@x> <b@x>\r\n"));
  d.add(8, mail("X: y\r\n"));
  EXPECT_EQ(d.places(Numbers{6, 7, 8, 9}), (Numbers{Digests::k_none, 0, 1, Digests::k_none}));
  EXPECT_EQ(d.text(Column::from, 0), "JO\xCC\x88RG <JOE@EXAMPLE.ORG>, <B@X>");
  EXPECT_EQ(d.text(Column::from_mailbox, 0), "JOE");
  EXPECT_EQ(d.text(Column::from_display, 0), "JO\xCC\x88RG");
  EXPECT_EQ(d.text(Column::to_display, 0), "FRIENDS");
  EXPECT_EQ(d.text(Column::cc_mailbox, 0), "Z");
  EXPECT_EQ(d.text(Column::subject, 0), "RE: [LIST] HELLO");
  EXPECT_EQ(d.text(Column::base_subject, 0), "HELLO");
  EXPECT_EQ(d.text(Column::message_id, 0), "1@x");
  EXPECT_TRUE(d.is_reply(0));
  EXPECT_TRUE(d.has_field(Column::from, 0) && d.has_field(Column::cc, 0) && d.has_field(Column::subject, 0));
  EXPECT_FALSE(d.has_field(Column::bcc, 0));
  EXPECT_EQ(d.sent(0), 1'641'256'200 + 3600 - 3600);
  EXPECT_EQ(d.sent_day(0).day, 18'995);
  ASSERT_EQ(d.references(0).size(), 2U);
  EXPECT_EQ(d.dictionary().at(d.references(0)[1]), "b@x");
  EXPECT_FALSE(d.sent(1));
  EXPECT_FALSE(d.sent_day(1).day);
  EXPECT_FALSE(d.is_reply(1) || d.has_field(Column::subject, 1) || d.has_field(Column::from, 1));
  EXPECT_TRUE(d.references(1).empty());
}

// In whatever order and portions they come, each message has its own values, and ranks are those of all texts.
TEST(Digests, AnyOrderOfAdding) {
  EXPECT_TRUE(rc::check([](std::vector<std::pair<std::uint8_t, std::uint8_t>> messages, std::uint8_t portion) {
    Digests d;
    std::map<std::uint32_t, std::string> subjects;
    std::size_t n = 0;
    for (const auto& [uid, letter] : messages) {
      if (subjects.try_emplace(uid, cat("S", letter % 16)).second)
        d.add(uid, mail(cat("Subject: ", subjects[uid], "\r\nMessage-ID: <", uid, "@x>\r\nReferences: <r@x> <",
                            letter % 3, "@x>\r\n")));
      if (++n % (1 + portion % 7) != 0 && n != messages.size()) continue;
      Numbers uids;
      for (const auto& [u, s] : subjects) uids.push_back(u), uids.push_back(u + 1000);
      std::sort(uids.begin(), uids.end());
      const auto places = d.places(uids);
      auto work = d.unranked(Column::base_subject);
      const auto ranking = work.ranked && work.fresh.empty() ? work.ranked : rank(std::move(work));
      d.keep(Column::base_subject, ranking);
      std::map<std::string, std::uint32_t> ranks;
      for (std::size_t i = 0; i < uids.size(); ++i) {
        RC_ASSERT((places[i] == Digests::k_none) == (uids[i] >= 1000));
        if (uids[i] >= 1000) continue;
        const auto& subject = subjects[uids[i]];
        RC_ASSERT(d.text(Column::base_subject, places[i]) == subject);
        RC_ASSERT(d.text(Column::message_id, places[i]) == cat(uids[i], "@x"));
        RC_ASSERT(d.references(places[i]).size() == 2U);
        const auto rank = ranking->rank[d.id(Column::base_subject, places[i])];
        RC_ASSERT(ranks.try_emplace(subject, rank).first->second == rank);
      }
      std::uint32_t next = 0;
      for (const auto& [text, place] : ranks) RC_ASSERT(place == next++);
    }
  }));
}

}  // namespace
}  // namespace mailstead::model
