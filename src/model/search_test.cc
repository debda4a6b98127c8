#include "model/search.h"

#include <gtest/gtest.h>

namespace mailstead::model {
namespace {

// A subject whose header and body load on demand.
struct Fake : Subject {
  bool header_loaded = true, body_loaded = true;
  Flags flags() const override { return k_seen; }
  bool has_keyword(std::string_view name) const override { return name == "k"; }
  Uid uid() const override { return Uid(50); }
  SeqNum seq() const override { return SeqNum(5); }
  std::uint64_t size() const override { return 100; }
  std::int64_t internal_date() const override { return 10 * 86'400 - 1800; }  // day 9 in UTC, 10 at +0100
  int internal_zone() const override { return 60; }
  std::int64_t save_date() const override { return 20 * 86'400; }
  std::int64_t now() const override { return internal_date() + 60; }
  ModSeq modseq() const override { return ModSeq(7); }
  std::string email_id() const override { return "M1"; }
  std::optional<std::string> thread_id() const override { return "T1"; }
  std::optional<SentDay> sent_day() const override {
    return header_loaded ? std::optional(SentDay{std::nullopt}) : std::nullopt;
  }
  std::optional<bool> envelope_contains(std::string_view, std::string_view text) const override {
    return header_loaded ? std::optional(text == "h") : std::nullopt;
  }
  std::optional<bool> header_contains(std::string_view, std::string_view text) const override {
    return header_loaded ? std::optional(text == "h") : std::nullopt;
  }
  std::optional<bool> body_contains(std::string_view text) const override {
    return body_loaded ? std::optional(text == "b") : std::nullopt;
  }
  std::optional<bool> text_contains(std::string_view text) const override {
    return body_loaded ? std::optional(text == "h" || text == "b") : std::nullopt;
  }
};

using key::DateIs;
using key::DateOf;

TEST(Search, Keys) {
  const Fake s;
  const std::pair<Query, bool> rows[] = {
      {{key::All{}}, true},
      {{key::System{k_seen, true}}, true},
      {{key::System{k_deleted, true}}, false},
      {{key::Keyword{"k", false}}, false},
      {{key::Seqs{NumSet<SeqNum>(SeqNum(5))}}, true},
      {{key::Uids{NumSet<Uid>(Uid(5))}}, false},
      {{key::Size{true, 100}}, false},  // LARGER and SMALLER are exclusive
      {{key::Size{false, 101}}, true},
      {{key::Date{DateOf::internal, DateIs::on, 10}}, true},  // its own zone's day
      {{key::Date{DateOf::internal, DateIs::before, 10}}, false},
      {{key::Date{DateOf::saved, DateIs::since, 20}}, true},
      {{key::Date{DateOf::sent, DateIs::since, -100'000}}, false},  // no Date field
      {{key::Age{true, 60}}, true},
      {{key::Age{true, 61}}, false},
      {{key::Age{false, 60}}, true},
      {{key::ModSeqFrom{ModSeq(7)}}, true},
      {{key::ModSeqFrom{ModSeq(8)}}, false},
      {{key::ObjectId{false, "M1"}}, true},
      {{key::ObjectId{true, "M1"}}, false},
      {negate({key::All{}}), false},
      {both({{key::Envelope{"TO", "h"}}, {key::Body{"b"}}}), true},
      {{key::Or{{{key::Text{"x"}}, {key::Text{"b"}}}}}, true},
  };
  for (const auto& [q, expected] : rows) EXPECT_EQ(matches(q, s), expected) << to_string(q);
}

TEST(Search, LoadsOnlyWhatDecides) {
  Fake s;
  s.header_loaded = s.body_loaded = false;
  const Query seen{key::System{k_seen, true}}, unseen{key::System{k_seen, false}}, body{key::Body{"b"}};
  EXPECT_EQ(evaluate(both({body, unseen}), s), false);
  EXPECT_EQ(evaluate({key::Or{{body, seen}}}, s), true);
  EXPECT_EQ(evaluate(both({body, seen}), s), std::nullopt);
  EXPECT_EQ(evaluate(negate(body), s), std::nullopt);
  s.body_loaded = true;
  EXPECT_EQ(evaluate(both({body, seen}), s), true);
}

TEST(Search, OrderAndCost) {
  auto q = both({{key::Body{"b"}}, {key::Envelope{"CC", "h"}}, {key::System{k_seen, true}}});
  EXPECT_EQ(cost(q), Cost::body);
  order_by_cost(q);
  EXPECT_EQ(to_string(q), "(SEEN CC \"h\" BODY \"b\")");
  EXPECT_TRUE(needs_modseq(negate({key::ModSeqFrom{ModSeq(1)}})) && !needs_modseq(q));
  EXPECT_TRUE(needs_saved(both({q, {key::Saved{}}})) && !needs_saved(q));
}

TEST(Search, Days) {
  EXPECT_EQ(day_of(-1, 0), -1);
  EXPECT_EQ(day_of(0, -1), -1);
  EXPECT_EQ(day_of(86'399, 1), 1);
  EXPECT_EQ(to_string(Query{key::Date{DateOf::sent, DateIs::before, 0}}), "SENTBEFORE 1-Jan-1970");
}

// What fails the test of flags cannot match; what passes matches if there is nothing else.
TEST(Search, FlagTest) {
  const Query seen{key::System{k_seen, true}}, unseen{key::System{k_seen, false}}, draft{key::System{k_draft, true}};
  const Query large{key::Size{true, 10}}, all{key::All{}};
  const auto plain = flag_test(both({unseen, draft, all}));
  EXPECT_TRUE(plain.all);
  EXPECT_TRUE(plain.passes(k_draft | k_flagged));
  EXPECT_FALSE(plain.passes(k_draft | k_seen) || plain.passes({}));
  EXPECT_TRUE(flag_test(all).all && flag_test(all).passes(k_seen));
  const auto more = flag_test(both({seen, both({draft, large})}));
  EXPECT_FALSE(more.all);
  EXPECT_TRUE(more.passes(k_seen | k_draft));
  EXPECT_FALSE(more.passes(k_seen));
  EXPECT_FALSE(flag_test(both({seen, unseen})).passes(k_seen) || flag_test(both({seen, unseen})).passes({}));
  const auto either = flag_test({key::Or{{seen, draft}}});
  EXPECT_FALSE(either.all);
  EXPECT_TRUE(either.passes({}));
  EXPECT_FALSE(flag_test(negate(seen)).all);
}

}  // namespace
}  // namespace mailstead::model
