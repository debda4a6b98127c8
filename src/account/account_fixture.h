// What the tests of this folder share: one node over store/mem.
#pragma once

#include <gtest/gtest.h>

#include "account/account.h"
#include "account/record.h"
#include "account/registry.h"
#include "store/mem/mem_store.h"

namespace mailstead::account {

inline const Actor k_actor{"default", "imap", "127.0.0.1"};

inline NewMessage message(std::string_view content, std::vector<std::string> flags = {}) {
  NewMessage m{};
  m.content = content;
  m.flags = std::move(flags);
  return m;
}

inline UidSet set_of(std::initializer_list<std::uint32_t> uids) {
  UidSet out;
  for (const auto u : uids) out.insert(Uid(u));
  return out;
}

struct AccountTest : testing::Test {
  Runtime rt{1, 2, 1};
  ManualClock clock;
  store::MemStore store{clock};
  AccountSettings settings;
  Registry registry{rt, store, clock, settings};
  const store::PartitionId partition{store::PartitionId::account, 1};

  template <class T>
  T run(Task<T> task) {
    return block_on(rt.home(0), std::move(task));
  }
  AccountRef open(Registry& r, std::uint64_t id = 1) {
    auto account = run(r.open(model::AccountId(id)));
    EXPECT_TRUE(account);
    return *account;
  }
  AccountRef open() { return open(registry); }
  std::vector<Uid> append(const AccountRef& a, std::string_view mailbox, std::vector<NewMessage> messages) {
    auto done = run(a->append(a->find(mailbox)->id, std::move(messages), k_actor));
    EXPECT_TRUE(done) << (done ? "" : to_string(done.error().code));
    return done ? done->uids : std::vector<Uid>();
  }
  MailboxRef rows(const AccountRef& a, std::string_view mailbox) { return *run(a->open(a->find(mailbox)->id)); }
  // A commit past the account: a value as another version of the program, or a fault, would leave it.
  void write(std::vector<store::Op> ops) {
    store::Commit c;
    c.partition = partition;
    const auto head = *run(store.head(partition));
    c.expected = head.version;
    c.summary = head.summary;
    ChangeRecord nothing;
    nothing.state = head.summary;
    c.record = encode_record(nothing);
    c.ops = std::move(ops);
    ASSERT_TRUE(run(store.commit(std::move(c))));
  }
  void catch_up(const AccountRef& a) {  // hints may be late
    const auto now = run(store.head({store::PartitionId::account, a->id().value}))->version;
    for (int tries = 0; a->version() < now && tries < 1000; ++tries) ASSERT_TRUE(run(a->refresh()));
    ASSERT_EQ(a->version(), now);
  }

  // Counts kept in commits against counts made from rows.
  void recount(const AccountRef& a) {
    std::uint64_t bytes = 0, messages = 0;
    for (const auto* m : a->mailboxes()) {
      if (!m->selectable) continue;
      const auto opened = run(a->open(m->id));
      ASSERT_TRUE(opened);
      const auto& r = *(*opened)->rows;
      std::uint64_t unseen = 0, deleted = 0, octets = 0;
      std::uint32_t last = 0;
      for (std::size_t i = 0; i < r.size(); ++i) {
        const auto& row = r.at(i);
        unseen += model::Flags{row.flags}.has(model::k_seen) ? 0 : 1;
        deleted += model::Flags{row.flags}.has(model::k_deleted) ? 1 : 0;
        octets += row.size;
        EXPECT_GT(row.uid, last);                  // I1
        EXPECT_LT(row.uid, m->uidnext);            // I2
        EXPECT_LE(row.modseq, m->highest_modseq);  // I7
        last = row.uid;
      }
      EXPECT_EQ(m->messages, r.size()) << m->name;
      EXPECT_EQ(m->unseen, unseen) << m->name;
      EXPECT_EQ(m->deleted, deleted) << m->name;
      EXPECT_EQ(m->bytes, octets) << m->name;
      bytes += octets;
      messages += r.size();
    }
    EXPECT_EQ(a->quota().bytes_used, bytes);  // I16
    EXPECT_EQ(a->quota().messages_used, messages);
  }
};

}  // namespace mailstead::account
