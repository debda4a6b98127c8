#include "index/index.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "account/registry.h"
#include "base/ascii.h"
#include "base/limits.h"
#include "index/limits.h"
#include "runtime/home.h"
#include "store/mem/mem_store.h"

namespace mailstead::index {
namespace {

namespace fs = std::filesystem;
using model::AccountId;

struct IndexTest : testing::Test {
  fs::path directory = fs::temp_directory_path() / cat("mailstead-indexes-", ::getpid());
  Runtime rt{1, 1, 1};
  ManualClock clock;
  store::MemStore store{clock};
  account::Registry accounts{rt, store, clock, {}};
  std::unique_ptr<Index> index = std::make_unique<Index>(accounts, clock, directory.string());
  account::AccountRef account;
  const account::Actor actor{"other", "imap", ""};

  template <class T>
  T run(Task<T> task) {
    return block_on(rt.home(0), std::move(task));
  }
  void SetUp() override { account = *run(accounts.open(AccountId(1))); }
  void TearDown() override { fs::remove_all(directory); }

  void deliver(std::string_view text, std::size_t count = 1) {
    const auto octets = cat("Subject: note\r\nFrom: Ann <ann@example.org>\r\n\r\n", text, "\r\n");
    for (std::size_t some = 0; count > 0; count -= some) {
      some = std::min(count, limits::k_commit_messages);
      std::vector<account::NewMessage> messages(some);
      for (auto& m : messages) m.content = octets;
      ASSERT_TRUE(run(account->append(account->find("INBOX")->id, std::move(messages), actor)));
    }
  }
  // Until there is nothing more to do; returns the number of steps.
  std::size_t index_all() {
    for (std::size_t steps = 1;; ++steps) {
      const auto more = run(index->step(account->id()));
      EXPECT_TRUE(more) << more.error().detail;
      if (!more || !*more) return steps;
    }
  }
  Status status() { return *run(index->status(account->id())); }
  // Of content 1, 2, …: n, y or ? (to be looked at); empty: nothing is known.
  std::string ask(std::string folded, Columns columns = bit(body)) {
    const auto hits = run(index->ask(account->id(), {{columns, std::move(folded)}}));
    std::string out;
    if (hits == nullptr) return out;
    for (std::uint64_t c = 1; c <= run(account::tail(store, account->id(), {}, 10'000))->next.content; ++c)
      out += "ny?"[static_cast<std::size_t>(hits->of(0, c))];
    return out;
  }
};

TEST_F(IndexTest, FollowsTheHistory) {
  EXPECT_EQ(ask("APPLE"), "");
  deliver("apple pie");
  deliver("pear");
  EXPECT_EQ(status().waiting, 2U);
  index_all();
  EXPECT_EQ(ask("PPL"), "yn");
  EXPECT_EQ(ask("ANN", bit(from)), "yy");
  EXPECT_EQ(ask("ANN"), "nn");
  EXPECT_EQ(ask("NOTE", bit(header)), "yy");
  EXPECT_EQ(ask("SUBJECT", bit(header)), "yy");
  deliver("apple");
  EXPECT_EQ(ask("APPLE"), "yn?");
  index_all();
  EXPECT_EQ(ask("APPLE"), "yny");
  EXPECT_EQ(status().file.point.version, account->version());
}

TEST_F(IndexTest, ALargeMailboxTakesSeveralSteps) {
  deliver("many", limits::k_index_batch_messages);
  deliver("one more");
  EXPECT_GE(index_all(), 2U);
  EXPECT_EQ(status().file.documents, limits::k_index_batch_messages + 1);
  EXPECT_EQ(status().waiting, 0U);
}

TEST_F(IndexTest, WhatIsPurgedLeaves) {
  deliver("apple");
  deliver("pear");
  index_all();
  ASSERT_TRUE(
      run(account->expunge(account->find("INBOX")->id, account::UidSet(model::Uid(1), model::Uid(1)), false, actor)));
  index_all();
  EXPECT_EQ(ask("APPLE"), "yn") << "Recently removed can bring it back";
  clock.advance_ms(1000);
  ASSERT_EQ(*run(account->purge(clock.now(), 100)), 1U);
  index_all();
  EXPECT_EQ(status().file.gone, 1U);
  clock.advance_ms((limits::k_index_purge_s + 1) * 1000);
  index_all();
  EXPECT_EQ(status().file.gone, 0U);
  EXPECT_EQ(status().file.documents, 1U);
  EXPECT_EQ(ask("APPLE"), "?n");
}

TEST_F(IndexTest, IsMadeAnewWhenMissing) {
  deliver("apple");
  index_all();
  fs::remove_all(directory);
  index = std::make_unique<Index>(accounts, clock, directory.string());
  EXPECT_EQ(ask("APPLE"), "");
  index_all();
  EXPECT_EQ(ask("APPLE"), "y");
}

TEST_F(IndexTest, IsMadeAnewWhenDamaged) {
  deliver("apple");
  index_all();
  const auto path = directory / "1.index";
  std::string whole;
  {
    std::ifstream in(path, std::ios::binary);
    whole.assign(std::istreambuf_iterator<char>(in), {});
  }
  const auto at = whole.find("APPLE");
  ASSERT_NE(at, std::string::npos);
  for (const auto& damaged : {whole.substr(0, at) + "XPPLE" + whole.substr(at + 5), std::string("no index")}) {
    index = std::make_unique<Index>(accounts, clock, directory.string());
    std::ofstream(path, std::ios::binary | std::ios::trunc) << damaged;
    EXPECT_EQ(ask("APPLE"), "");
    index_all();
    EXPECT_EQ(ask("APPLE"), "y");
  }
}

TEST_F(IndexTest, IsMadeAnewForAnotherHistory) {
  deliver("apple");
  index_all();
  ASSERT_TRUE(run(accounts.erase(account->id())));
  EXPECT_FALSE(run(index->step(account->id())));
  EXPECT_TRUE(fs::is_empty(directory)) << "an erased account leaves no words";
  // The same numbers, other messages: as after a store was put back from a backup.
  account = *run(accounts.open(AccountId(1)));
  deliver("pear");
  index_all();
  const auto old = directory / "old";
  fs::copy_file(directory / "1.index", old);
  ASSERT_TRUE(run(accounts.erase(account->id())));
  account = *run(accounts.open(AccountId(1)));
  deliver("apple");
  fs::remove(directory / "1.index");
  fs::rename(old, directory / "1.index");
  index = std::make_unique<Index>(accounts, clock, directory.string());
  index_all();
  EXPECT_EQ(ask("APPLE"), "y");
  EXPECT_EQ(ask("PEAR"), "n");
}

TEST_F(IndexTest, OpensNoMoreFilesThanItMay) {
  const auto open_files = [] {
    return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
  };
  const auto before = open_files();
  for (std::uint64_t id = 1; id <= 3 * limits::k_index_files; ++id) {
    account = *run(accounts.open(AccountId(id)));
    deliver("apple");
    index_all();
    EXPECT_EQ(ask("APPLE"), "y");
  }
  // Each has its file and, while open, a log and what goes with that.
  EXPECT_LE(open_files() - before, static_cast<std::ptrdiff_t>(3 * limits::k_index_files + 3));
}

// Killed anywhere: what is found afterwards is what was committed, and indexing goes on from there.
TEST_F(IndexTest, AKillBetweenOrWithinBatchesCostsOnlyTime) {
  deliver("apple");
  index_all();
  fs::create_directories(directory);
  const auto path = (directory / "9.index").string();
  for (int round = 0; round < 12; ++round) {
    const auto child = fork();
    if (child == 0) {
      // The sanitizer's own end would look at what the parent has open.
      auto file = File::open(path, 9, File::Open::write);
      if (!file) _exit(1);
      for (;;) {
        auto point = *(*file)->point();
        ++point.version;
        Builder builder;
        std::vector<std::uint64_t> ids;
        for (int i = 0; i < 20; ++i) {
          ids.push_back(++point.content);
          builder.add(body, cat("EVERY W", point.content, " M", point.content % 7));
          builder.end_document();
        }
        if (!(*file)->add(ids, std::vector<bool>(20), &builder, {}, point, 0)) _exit(1);
        for (;;) {
          const auto merged = (*file)->merge_some(0);
          if (!merged) _exit(1);
          if (!*merged) break;
        }
      }
    }
    ASSERT_GT(child, 0);
    ::usleep(30'000 + static_cast<useconds_t>(round) * 7'000);
    ::kill(child, SIGKILL);
    int end = 0;
    ASSERT_EQ(::waitpid(child, &end, 0), child);
    ASSERT_TRUE(WIFSIGNALED(end)) << "the child ended by itself: " << end;
    auto file = File::open(path, 9, File::Open::write);
    ASSERT_TRUE(file) << file.error().detail;
    const auto last = (*file)->point()->content;
    const auto hits = (*file)->ask({{bit(body), "EVERY"}, {bit(body), "M3"}});
    ASSERT_TRUE(hits) << hits.error().detail;
    ASSERT_EQ((*hits)->documents(), last);
    for (std::uint64_t c = 1; c <= last; ++c) {
      ASSERT_EQ((*hits)->of(0, c), Verdict::yes) << c;
      ASSERT_EQ((*hits)->of(1, c), c % 7 == 3 ? Verdict::yes : Verdict::no) << c;
    }
    ASSERT_EQ((*hits)->of(0, last + 1), Verdict::look);
  }
}

// As the server runs it.
TEST_F(IndexTest, RunsInTheBackground) {
  deliver("apple");
  index = std::make_unique<Index>(accounts, system_clock(), directory.string());
  index->start();
  for (int i = 0; i < 1000 && ask("APPLE") != "y"; ++i) ::usleep(10'000);
  EXPECT_EQ(ask("APPLE"), "y");
  deliver("pear");
  for (int i = 0; i < 1000 && ask("PEAR") != "ny"; ++i) ::usleep(10'000);
  EXPECT_EQ(ask("PEAR"), "ny");
  index->stop();
}

}  // namespace
}  // namespace mailstead::index
