#include "model/thread.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <numeric>

#include "base/ascii.h"
#include "model/dictionary.h"

namespace mailstead::model {
namespace {

struct M {  // one message; its number is its place, from 1
  std::int64_t sent = 0;
  std::string id = {};
  std::vector<std::string> references = {};
  std::string subject = {};
  bool reply = false;
  std::int64_t received = 0;
};

std::string threads(const std::vector<M>& messages, Threading by) {
  Dictionary dictionary;
  std::vector<std::vector<std::uint32_t>> references(messages.size());
  std::vector<ThreadItem> items;
  for (const auto& m : messages) {
    auto& ids = references[items.size()];
    for (const auto& id : m.references) ids.push_back(dictionary.id(id));
    items.push_back({m.sent, dictionary.id(m.id), ids, dictionary.id(m.subject), m.reply, m.received});
  }
  std::vector<std::uint32_t> numbers(items.size());
  std::iota(numbers.begin(), numbers.end(), 1U);
  return to_string(thread(items, by), numbers);
}
std::string refs(const std::vector<M>& m) {
  return threads(m, Threading::references);
}

TEST(Thread, OrderedSubject) {
  EXPECT_EQ(threads({}, Threading::ordered_subject), "");
  // Thread order is that of the first dates; children are siblings in the order of their dates.
  EXPECT_EQ(threads({{30, "", {}, "B"}, {10, "", {}, "A"}, {50, "", {}, "B"}, {40, "", {}, "B"}, {20, "", {}, "A"}},
                    Threading::ordered_subject),
            "(2 5)(1 (4)(3))");
  EXPECT_EQ(threads({{1, "", {}, "B"}, {1, "", {}, "A"}}, Threading::ordered_subject), "(1)(2)");  // equal dates
}

TEST(Thread, ReferencesMakeParentsAndSiblings) {
  // RFC 5256 §4 THREAD: (2)(3 6 (4 23)(44 7 96)) with numbers from 1.
  EXPECT_EQ(refs({{1, "a"},
                  {2, "b"},
                  {3, "c", {"b"}},
                  {4, "d", {"b", "c"}},
                  {5, "e", {"b", "c", "d"}},
                  {6, "f", {"b", "c"}},
                  {7, "g", {"b", "c", "f"}},
                  {8, "h", {"g"}}}),
            "(1)(2 3 (4 5)(6 7 8))");
  // ((3)(5)): siblings of a parent that is not there.
  EXPECT_EQ(refs({{1, "a", {"gone"}}, {2, "b", {"gone"}}}), "((1)(2))");
  EXPECT_EQ(refs({{1, "a", {"gone"}, "s"}}), "(1)");  // a dummy with one child goes
  EXPECT_EQ(refs({{1, "a", {}}, {2, "b", {"a", "gone", "lost"}}, {3, "c", {"a", "gone"}}}), "(1 (2)(3))");
}

TEST(Thread, RefsGoByReferencesAloneAndTheLatestMail) {
  const std::vector<M> mail{{1, "a", {}, "s", false, 9},      {2, "b", {}, "s", false, 5},
                            {3, "c", {"b"}, "s", true, 7},    {4, "d", {"b"}, "t", true, 3},
                            {5, "e", {"gone"}, "", false, 1}, {6, "f", {"gone"}, "", false, 8}};
  EXPECT_EQ(threads(mail, Threading::refs), "(2 (3)(4))((5)(6))(1)");
  EXPECT_EQ(threads({{1, "a", {}, "", false, 5}, {2, "b", {}, "", false, 5}}, Threading::refs), "(1)(2)");
  EXPECT_EQ(threads({}, Threading::refs), "");
}

TEST(Thread, ParentsMayComeLater) {
  EXPECT_EQ(refs({{3, "c", {"a", "b"}}, {2, "b", {"a"}}, {1, "a"}}), "(3 2 1)");
}

TEST(Thread, SameIdTwiceAndNone) {
  EXPECT_EQ(refs({{1, "a"}, {2, "a"}, {3, "b", {"a"}}, {4, "", {"a"}}, {5, ""}}), "(1 (3)(4))(2)(5)");
}

TEST(Thread, LoopsAreNotMade) {
  EXPECT_EQ(refs({{1, "a", {"a"}}}), "(1)");
  EXPECT_EQ(refs({{1, "a", {"b"}}, {2, "b", {"a"}}}), "(2 1)");  // the first link stays
  EXPECT_EQ(refs({{1, "a", {"c", "b"}}, {2, "b", {"a", "c"}}, {3, "c", {"b", "a"}}}).find("()"), std::string::npos);
}

TEST(Thread, OwnReferencesBeatOthersGuesses) {  // (1)(B): c said that a is b's parent; b knows better
  EXPECT_EQ(refs({{1, "a"}, {2, "x"}, {3, "c", {"a", "b"}}, {4, "b", {"x"}}}), "(1)(2 4 3)");
  EXPECT_EQ(refs({{1, "a"}, {3, "c", {"a", "b"}}, {4, "b"}}), "(1)(3 2)");
}

TEST(Thread, SubjectsMergeThreads) {
  // A reply becomes a child of what is none, wherever it stands (5.C).
  EXPECT_EQ(refs({{1, "a", {}, "S"}, {2, "b", {}, "S", true}}), "(1 2)");
  EXPECT_EQ(refs({{1, "b", {}, "S", true}, {2, "a", {}, "S"}}), "(2 1)");
  // Two of the same kind become siblings.
  EXPECT_EQ(refs({{1, "a", {}, "S"}, {2, "b", {}, "S"}}), "((1)(2))");
  EXPECT_EQ(refs({{1, "a", {}, "S", true}, {2, "b", {}, "S", true}, {3, "c", {}, "S", true}}), "((1)(2)(3))");
  // Into a dummy, and two dummies into one.
  EXPECT_EQ(refs({{1, "a", {"g"}, "S"}, {2, "b", {"g"}, "S"}, {3, "c", {}, "S"}}), "((1)(2)(3))");
  EXPECT_EQ(refs({{1, "a", {"g"}, "S"}, {2, "b", {"g"}, "T"}, {3, "c", {"h"}, "S"}, {4, "d", {"h"}, "U"}}),
            "((1)(2)(3)(4))");
  EXPECT_EQ(refs({{1, "a", {}, ""}, {2, "b", {}, "", true}}), "(1)(2)");  // an empty subject joins nothing
  // Only roots are joined.
  EXPECT_EQ(refs({{1, "a", {}, "S"}, {2, "b", {"a"}, "T"}, {3, "c", {}, "T"}}), "(1 2)(3)");
}

TEST(Thread, SortedByDateOfTheFirst) {
  EXPECT_EQ(refs({{9, "a"}, {5, "b", {"g"}}, {3, "c", {"g"}}, {4, "d"}}), "((3)(2))(4)(1)");
}

TEST(Thread, DeepAndWideCostLittle) {
  std::vector<M> deep, back;
  for (int i = 0; i < 100'000; ++i) deep.push_back({i, cat("m", i), {cat("m", i - 1)}, "S", true});
  for (int i = 100'000; i-- > 0;) back.push_back({i, cat("m", i), {cat("m", i - 1)}, "S", true});
  EXPECT_TRUE(refs(deep).starts_with("(1 2 3 4 "));
  EXPECT_TRUE(refs(back).starts_with("(100000 99999 "));
}

// Whatever the references say, each message is told once and brackets match.
TEST(Thread, EachMessageOnce) {
  EXPECT_TRUE(rc::check([](std::vector<std::tuple<std::uint8_t, std::vector<std::uint8_t>, std::uint8_t, bool>> in) {
    std::vector<M> messages;
    for (const auto& [id, references, subject, reply] : in) {
      M m{id % 7, cat("", id % 12), {}, subject % 4 == 0 ? "" : cat("s", subject % 4), reply};
      for (const auto r : references) m.references.push_back(cat("", r % 15));
      messages.push_back(std::move(m));
    }
    for (const auto by : {Threading::ordered_subject, Threading::references}) {
      const auto out = threads(messages, by);
      std::vector<int> seen(messages.size() + 1);
      int depth = 0;
      for (std::size_t at = 0; at < out.size();) {
        if (is_digit(out[at])) {
          std::size_t n = 0;
          while (at < out.size() && is_digit(out[at])) n = n * 10 + static_cast<std::size_t>(out[at++] - '0');
          RC_ASSERT(n >= 1 && n <= messages.size());
          ++seen[n];
          continue;
        }
        depth += out[at] == '(' ? 1 : out[at] == ')' ? -1 : 0;
        RC_ASSERT(depth >= 0 && (depth > 0 || out[at] == ')'));
        ++at;
      }
      RC_ASSERT(depth == 0 && out.find("()") == std::string::npos);
      for (std::size_t n = 1; n < seen.size(); ++n) RC_ASSERT(seen[n] == 1);
    }
  }));
}

}  // namespace
}  // namespace mailstead::model
