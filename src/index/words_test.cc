#include "index/words.h"

#include <gtest/gtest.h>

#include "mime/casemap.h"

namespace mailstead::index {
namespace {

std::vector<std::string> terms(std::string_view text) {
  const auto folded = mime::fold(text);
  Terms source(folded);
  std::vector<std::string> out;
  for (std::string_view t; source.next(t);) out.emplace_back(t);
  return out;
}
using Strings = std::vector<std::string>;

TEST(Terms, AreRunsOfLettersAndDigits) {
  EXPECT_EQ(terms("From: \"Ann\" <ann.b@example.org>"), (Strings{"FROM", "ANN", "ANN", "B", "EXAMPLE", "ORG"}));
  EXPECT_EQ(terms(" .,\r\n--"), Strings());
  EXPECT_EQ(terms("a1_b2"), (Strings{"A1", "B2"}));
  EXPECT_EQ(terms("“naïve” – 10 €"), (Strings{"NAI\u0308VE", "10"}));
  EXPECT_EQ(terms("Москва"), Strings{"МОСКВА"});
}

TEST(Terms, OfScriptsWithoutSpacesAreNeighbours) {
  EXPECT_EQ(terms("日本語"), (Strings{"日本", "本語"}));
  EXPECT_EQ(terms("日"), Strings{"日"});
  EXPECT_EQ(terms("PDF版、東京"), (Strings{"PDF", "版", "東京"}));
  EXPECT_EQ(terms("😀 party"), (Strings{"😀", "PARTY"}));
}

TEST(Terms, OfLongRunsOverlap) {
  std::string run;
  for (int i = 0; i < 150; ++i) run += static_cast<char>('A' + i % 26);
  const auto all = terms(run);
  ASSERT_EQ(all.size(), 4U);
  EXPECT_TRUE(run.starts_with(all.front()));
  EXPECT_TRUE(run.ends_with(all.back()));
  for (std::size_t at = 0; at + k_sure_bytes <= run.size(); ++at) {
    const auto piece = run.substr(at, k_sure_bytes);
    EXPECT_TRUE(std::any_of(all.begin(), all.end(), [&](const auto& t) {
      return t.size() <= k_term_bytes && t.find(piece) != std::string::npos;
    })) << at;
  }
}

TEST(Plan, OneRunIsExact) {
  const auto p = plan("MEET");
  ASSERT_TRUE(p);
  EXPECT_TRUE(p->exact);
  EXPECT_EQ(p->wanted, (std::vector<Wanted>{{Wanted::anywhere, "MEET"}}));
  EXPECT_TRUE(plan("日本")->exact);
  EXPECT_TRUE(plan("語")->exact);
}

TEST(Plan, SeveralRunsAreCandidates) {
  const auto p = plan("NCH AT NOO");
  ASSERT_TRUE(p);
  EXPECT_FALSE(p->exact);
  EXPECT_EQ(p->wanted, (std::vector<Wanted>{{Wanted::ends, "NCH"}, {Wanted::whole, "AT"}, {Wanted::begins, "NOO"}}));
  EXPECT_FALSE(plan("日本語")->exact);
  EXPECT_FALSE(plan("A.")->exact);
  EXPECT_EQ(plan("A.")->wanted, (std::vector<Wanted>{{Wanted::ends, "A"}}));
  EXPECT_EQ(plan(".A")->wanted, (std::vector<Wanted>{{Wanted::begins, "A"}}));
}

TEST(Plan, SeparatorsAloneAreNotKnown) {
  EXPECT_FALSE(plan(""));
  EXPECT_FALSE(plan("-- "));
  EXPECT_FALSE(plan("…"));
}

TEST(Plan, LongRunsAreClipped) {
  const std::string run(100, 'X');
  EXPECT_FALSE(plan(run)->exact);
  EXPECT_EQ(plan(run)->wanted.front().text.size(), k_sure_bytes);
  EXPECT_TRUE(plan(run.substr(0, k_sure_bytes))->exact);
}

}  // namespace
}  // namespace mailstead::index
