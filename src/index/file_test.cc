#include "index/file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <random>

#include "base/ascii.h"
#include "index/limits.h"
#include "mime/casemap.h"

namespace mailstead::index {
namespace {

namespace fs = std::filesystem;

// Documents whose texts are known, and the file that indexes them.
struct FileTest : testing::Test {
  fs::path dir = fs::temp_directory_path() / cat("mailstead-index-", ::getpid());
  std::string path = dir / "1.index";
  std::mt19937_64 random{7};
  std::map<std::uint64_t, std::array<std::string, k_columns>> texts;
  std::size_t words_max = 0;
  account::TailPoint point;

  void SetUp() override { fs::create_directories(dir); }
  void TearDown() override { fs::remove_all(dir); }

  std::unique_ptr<File> open(File::Open how = File::Open::write) {
    auto f = File::open(path, 1, how);
    EXPECT_TRUE(f) << (f ? "" : f.error().detail);
    return f ? *std::move(f) : nullptr;
  }
  std::size_t below(std::size_t n) { return random() % n; }
  std::string word() {
    static const std::vector<std::string> k = {"a", "ab",   "abc", "b", "BA",  "日本", "本", "日本語", "é",
                                               "e", "x1",   "-",   " ", ". ",  "--",   "の", "café",   "ü",
                                               "ﬁ", "가나", "日",  "@", "a.b", "abab", "\n", "ส",      "😀"};
    return k[below(k.size())];
  }
  std::string text(std::size_t words) {
    std::string out;
    for (auto n = below(words + 1); n > 0; --n) append(out, word(), below(3) == 0 ? " " : "");
    if (below(10) == 0) out += std::string(40 + below(120), 'q') + word();
    return out;
  }
  void add(File& file, std::size_t count, std::vector<std::uint64_t> freed = {}) {
    std::vector<std::uint64_t> ids;
    Builder builder;
    for (std::size_t i = 0; i < count; ++i) {
      point.content += 1 + below(3);
      ids.push_back(point.content);
      auto& t = texts[point.content];
      for (const auto c : {header, body, subject}) {
        t[c] = mime::fold(text(12));
        builder.add(c, t[c]);
      }
      builder.end_document();
    }
    ++point.version;
    ASSERT_TRUE(file.add(ids, std::vector<bool>(count), &builder, freed, point, 1000));
  }
  void compare(File& file, std::size_t questions, std::size_t* sure = nullptr) {
    for (std::size_t q = 0; q < questions; ++q) {
      std::string needle;
      for (auto n = 1 + below(3); n > 0; --n) needle += word();
      if (below(8) == 0) needle = std::string(1 + below(70), 'q');
      needle = mime::fold(needle);
      const auto columns = static_cast<Columns>(1 + below(7));
      const auto hits = file.ask({{columns, needle}}, words_max);
      ASSERT_LE(file.words_bytes(), words_max);
      ASSERT_TRUE(hits) << hits.error().detail;
      for (const auto& [id, t] : texts) {
        bool there = false;
        for (std::size_t c = 0; c < 3; ++c)
          there = there || ((columns >> c & 1) != 0 && t[c].find(needle) != std::string::npos);
        const auto verdict = (*hits)->of(0, id);
        if (verdict == Verdict::look) continue;
        ASSERT_EQ(verdict == Verdict::yes, there) << "'" << needle << "' in " << id << ", columns " << int{columns};
        if (sure != nullptr) ++*sure;
      }
    }
  }
  void merge_all(File& file, std::int64_t before = 0) {
    for (int i = 0; i < 100; ++i) {
      const auto done = file.merge_some(before);
      ASSERT_TRUE(done) << done.error().detail;
      if (!*done) return;
    }
    FAIL() << "merging does not end";
  }
};

TEST_F(FileTest, AnswersAsTheTextsDo) {
  auto file = open();
  std::size_t sure = 0;
  for (int round = 0; round < 40; ++round) {
    add(*file, 1 + below(30));
    compare(*file, 20, &sure);
    if (below(3) == 0) merge_all(*file);
    if (below(5) == 0) file = open();
  }
  EXPECT_GT(sure, 50'000U);
  EXPECT_LT(file->facts()->segments, 40U);
  EXPECT_EQ(file->facts()->documents, texts.size());
  EXPECT_EQ(*file->point(), point);
}

TEST_F(FileTest, WordsThatStayInMemoryAnswerAsTheFileDoes) {
  auto file = open();
  std::size_t most = 0, least = SIZE_MAX;
  for (int round = 0; round < 40; ++round) {
    add(*file, 1 + below(30));
    words_max = std::size_t{20'000} * below(6);  // few segments fit
    if (file->words_bytes() > words_max) file->forget_words();
    compare(*file, 10);
    most = std::max(most, file->words_bytes());
    least = std::min(least, file->words_bytes());
    if (below(3) == 0) merge_all(*file);
  }
  EXPECT_GT(most, 30'000U);
  EXPECT_EQ(least, 0U);
}

// All of a segment's documents were purged, so the next one gets its id.
TEST_F(FileTest, WordsInMemoryAreOfThisSegment) {
  auto file = open();
  words_max = 1'000'000;
  add(*file, 5);
  compare(*file, 20);
  EXPECT_GT(file->words_bytes(), 0U);
  std::vector<std::uint64_t> all;
  for (const auto& [id, t] : texts) all.push_back(id);
  texts.clear();
  add(*file, 0, all);
  merge_all(*file, 2000);
  EXPECT_EQ(file->facts()->segments, 0U);
  add(*file, 5);
  compare(*file, 200);
}

TEST_F(FileTest, WhatIsNotIndexedIsToBeLookedAt) {
  auto file = open();
  add(*file, 3);
  const auto hits = *file->ask({{bit(body), "ABC"}, {bit(body), "--"}, {bit(body), "ABC", false}});
  EXPECT_EQ(hits->of(0, point.content + 1), Verdict::look);
  for (const auto& [id, t] : texts) {
    EXPECT_EQ(hits->of(1, id), Verdict::look);
    EXPECT_NE(hits->of(2, id), Verdict::yes);
  }
}

TEST_F(FileTest, AMessageWithTooManyTermsIsToBeLookedAt) {
  auto file = open();
  Builder builder;
  std::string big;
  for (int i = 0; i < 60'000; ++i) append(big, 'W', i, ' ');
  builder.add(body, big);
  const bool fits = builder.end_document();
  EXPECT_FALSE(fits);
  builder.add(body, "SMALL W1");
  EXPECT_TRUE(builder.end_document());
  ASSERT_TRUE(file->add({5, 6}, {!fits, false}, &builder, {}, point, 0));
  const auto hits = *file->ask({{bit(body), "W1"}, {bit(body), "W59999"}});
  EXPECT_EQ(hits->of(0, 5), Verdict::look);
  EXPECT_EQ(hits->of(0, 6), Verdict::yes);
  EXPECT_EQ(hits->of(1, 5), Verdict::look);
  EXPECT_EQ(hits->of(1, 6), Verdict::no);
}

TEST_F(FileTest, PurgedTextLeavesTheFile) {
  auto file = open();
  Builder builder;
  builder.add(body, "PUBLIC SECRETWORDS");
  builder.end_document();
  builder.add(body, "PUBLIC");
  builder.end_document();
  ASSERT_TRUE(file->add({1, 2}, {false, false}, &builder, {}, point, 1000));
  ASSERT_TRUE(file->add({}, {}, nullptr, {1, 77}, point, 2000));
  EXPECT_EQ(file->facts()->gone, 2U);
  merge_all(*file, 1999);  // not yet
  EXPECT_EQ(file->facts()->gone, 2U);
  merge_all(*file, 2000);
  EXPECT_EQ(file->facts()->gone, 0U);
  EXPECT_EQ(file->facts()->documents, 1U);
  const auto hits = *file->ask({{bit(body), "PUBLIC"}, {bit(body), "SECRET"}});
  EXPECT_EQ(hits->of(0, 2), Verdict::yes);
  EXPECT_EQ(hits->of(0, 1), Verdict::look);
  EXPECT_EQ(hits->of(1, 2), Verdict::no);
  file.reset();  // the log goes into the file
  std::string all;
  for (const auto& entry : fs::directory_iterator(dir)) {
    std::ifstream in(entry.path(), std::ios::binary);
    all.append(std::istreambuf_iterator<char>(in), {});
  }
  EXPECT_NE(all.find("PUBLIC"), std::string::npos);
  EXPECT_EQ(all.find("SECRETWORDS"), std::string::npos);
}

TEST_F(FileTest, ReadersSeeWhatWasCommittedAndDoNotWait) {
  auto writer = open();
  add(*writer, 5);
  auto reader = open(File::Open::read);
  const auto before = reader->facts()->documents;
  add(*writer, 5);
  compare(*reader, 20);
  EXPECT_EQ(before, 5U);
  EXPECT_EQ(reader->facts()->documents, 10U);
}

TEST_F(FileTest, OthersFilesAreRefused) {
  EXPECT_EQ(File::open(path, 1, File::Open::read).error().code, Errc::not_found);
  {
    add(*open(), 2);
  }
  EXPECT_EQ(File::open(path, 2, File::Open::write).error().code, Errc::unsupported);
  std::ofstream(path, std::ios::binary | std::ios::trunc) << std::string(20'000, 'x');
  EXPECT_EQ(File::open(path, 1, File::Open::write).error().code, Errc::corrupt);
  File::remove(path);
  EXPECT_TRUE(fs::is_empty(dir));
}

// A flipped octet anywhere: refused, or the answers are still right.
TEST_F(FileTest, DamageNeverLies) {
  {
    auto file = open();
    for (int i = 0; i < 9; ++i) add(*file, 40);
    merge_all(*file);
  }
  std::string whole;
  {
    std::ifstream in(path, std::ios::binary);
    whole.assign(std::istreambuf_iterator<char>(in), {});
  }
  std::size_t refused = 0;
  for (int i = 0; i < 150; ++i) {
    auto damaged = whole;
    const auto at = below(damaged.size());
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << below(8)));
    File::remove(path);
    std::ofstream(path, std::ios::binary) << damaged;
    auto file = File::open(path, 1, File::Open::read);
    const auto needle = mime::fold(word() + word());
    const auto hits = file ? (*file)->ask({{bit(body), needle}}) : std::unexpected(file.error());
    if (!hits) {
      ++refused;
      continue;
    }
    for (const auto& [id, t] : texts) {
      const auto verdict = (*hits)->of(0, id);
      if (verdict != Verdict::look)
        ASSERT_EQ(verdict == Verdict::yes, t[body].find(needle) != std::string::npos) << at << ' ' << needle;
    }
  }
  EXPECT_GT(refused, 10U);
}

}  // namespace
}  // namespace mailstead::index
