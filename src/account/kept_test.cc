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
    kept.note(m);
    weak = m;
  }
  EXPECT_TRUE(alive(weak));
}

TEST(KeptMailboxes, TheOneOpenedLongestAgoGoesFirst) {
  KeptMailboxes kept(3 * 1000 * sizeof(Row));
  auto a = mailbox(1000), b = mailbox(1000), c = mailbox(1000);
  const std::weak_ptr wa = a, wb = b, wc = c;
  kept.note(a);
  kept.note(b);
  kept.note(a);
  kept.note(c);  // with what is around the rows, three are too many
  a.reset(), b.reset(), c.reset();
  EXPECT_TRUE(alive(wa));
  EXPECT_FALSE(alive(wb));
  EXPECT_TRUE(alive(wc));
}

TEST(KeptMailboxes, OneAloneMayBeLargerThanTheLimit) {
  KeptMailboxes kept(1000);
  auto a = mailbox(1000);
  const std::weak_ptr wa = a;
  kept.note(a);
  a.reset();
  EXPECT_TRUE(alive(wa));
  kept.note(mailbox(1));
  EXPECT_FALSE(alive(wa));
}

TEST(KeptMailboxes, AgeLetsGoOfWhatWasNotOpenedSinceTheLastTime) {
  KeptMailboxes kept(1 << 20);
  auto a = mailbox(10), b = mailbox(10);
  const std::weak_ptr wa = a, wb = b;
  kept.note(a);
  kept.note(b);
  kept.age();
  kept.note(b);
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
  kept.note(m);
  const auto before = kept.bytes();
  AccountState::set(*rows, std::vector<Row>(100), 1);
  kept.note(m);
  EXPECT_EQ(kept.bytes(), before + 100 * sizeof(Row));
}

}  // namespace
}  // namespace mailstead::account
