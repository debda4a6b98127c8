#include "account/kept.h"

#include <gtest/gtest.h>

#include "account/account_impl.h"

namespace mailstead::account {
namespace {

MailboxRef mailbox(std::size_t messages) {
  auto rows = std::make_shared<Rows>();
  std::vector<Row> all(messages);
  for (std::size_t i = 0; i < messages; ++i) all[i].uid = static_cast<std::uint32_t>(i + 1);
  AccountState::set(*rows, std::move(all), 1);
  auto m = std::make_shared<OpenMailbox>();
  m->rows = std::move(rows);
  return m;
}

bool alive(const std::weak_ptr<const OpenMailbox>& w) {
  return !w.expired();
}

TEST(KeptMailboxes, KeepsWhatItsUserHasLeft) {
  KeptMailboxes kept(1 << 20);
  std::weak_ptr<const OpenMailbox> weak;
  {
    const auto m = mailbox(10);
    kept.note(m, bytes_of(*m));
    weak = m;
  }
  EXPECT_TRUE(alive(weak));
}

TEST(KeptMailboxes, TheOneOpenedLongestAgoGoesFirst) {
  KeptMailboxes kept(3 * 1000 * sizeof(Row));
  auto a = mailbox(1000), b = mailbox(1000), c = mailbox(1000);
  const std::weak_ptr wa = a, wb = b, wc = c;
  kept.note(a, bytes_of(*a));
  kept.note(b, bytes_of(*b));
  kept.note(a, bytes_of(*a));
  kept.note(c, bytes_of(*c));  // with what is around the rows, three are too many
  a.reset(), b.reset(), c.reset();
  EXPECT_TRUE(alive(wa));
  EXPECT_FALSE(alive(wb));
  EXPECT_TRUE(alive(wc));
}

TEST(KeptMailboxes, OneAloneMayBeLargerThanTheLimit) {
  KeptMailboxes kept(1000);
  auto a = mailbox(1000);
  const std::weak_ptr wa = a;
  kept.note(a, bytes_of(*a));
  a.reset();
  EXPECT_TRUE(alive(wa));
  const auto m = mailbox(1);
  kept.note(m, bytes_of(*m));
  EXPECT_FALSE(alive(wa));
}

TEST(KeptMailboxes, AgeLetsGoOfWhatWasNotOpenedSinceTheLastTime) {
  KeptMailboxes kept(1 << 20);
  auto a = mailbox(10), b = mailbox(10);
  const std::weak_ptr wa = a, wb = b;
  kept.note(a, bytes_of(*a));
  kept.note(b, bytes_of(*b));
  kept.age();
  kept.note(b, bytes_of(*b));
  a.reset(), b.reset();
  kept.age();
  EXPECT_FALSE(alive(wa));
  EXPECT_TRUE(alive(wb));
  kept.age();
  EXPECT_EQ(kept.bytes(), 0U);
}

TEST(KeptMailboxes, GrowthIsCountedAtTheNextOpening) {
  KeptMailboxes kept(1 << 20);
  auto rows = std::make_shared<Rows>();
  auto m = std::make_shared<OpenMailbox>();
  m->rows = rows;
  kept.note(m, bytes_of(*m));
  const auto before = kept.bytes();
  AccountState::set(*rows, std::vector<Row>(100), 1);
  kept.note(m, bytes_of(*m));
  EXPECT_EQ(kept.bytes(), before + 100 * sizeof(Row));
}

// Of digests, whatever they grow to: never more than the limit, and the gauge shows it.
TEST(KeptDigests, NeverMoreThanTheLimit) {
  auto& gauge = metrics::gauge("kept_test_bytes");
  {
    constexpr std::size_t k_max = 1000;
    KeptDigests kept(k_max, Alone::let_go, &gauge);
    std::vector<std::shared_ptr<model::Digests>> all;
    for (int i = 0; i < 20; ++i) all.push_back(std::make_shared<model::Digests>());
    std::size_t state = 1;
    for (int step = 0; step < 2000; ++step) {
      state = state * 6364136223846793005U + 1442695040888963407U;
      const auto& one = all[state >> 33 & 15];
      const std::size_t bytes = (state >> 40) % (step % 100 == 0 ? 2000 : 300);
      kept.note(one, bytes);
      ASSERT_LE(kept.bytes(), k_max);
      ASSERT_EQ(gauge.get(), static_cast<std::int64_t>(kept.bytes()));
      ASSERT_EQ(one.use_count() == 2, bytes <= k_max);  // too large alone: it is not kept, and what is, stays
      if (state >> 50 == 0) kept.age();
    }
    EXPECT_GT(kept.bytes(), 0U);
  }
  EXPECT_EQ(gauge.get(), 0);
}

}  // namespace
}  // namespace mailstead::account
