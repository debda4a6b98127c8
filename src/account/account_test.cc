#include "account/account.h"

#include <random>

#include "account/account_fixture.h"
#include "account/account_impl.h"
#include "account/check.h"
#include "runtime/group.h"
#include "store/fault_store.h"

namespace mailstead::account {
namespace {

Task<void> append_one(AccountRef a, MailboxId to, std::string device) {
  std::vector<NewMessage> messages{message("1\r\n")};
  auto call = a->append(to, std::move(messages), Actor{device, "test", ""});
  (void)co_await std::move(call);
}

TEST_F(AccountTest, NewAccountsHaveTheSpecialMailboxes) {
  const auto a = open();
  std::vector<std::string> names;
  for (const auto* m : a->mailboxes()) names.push_back(m->name);
  EXPECT_EQ(names, (std::vector<std::string>{"INBOX", "Archive", "Drafts", "Junk", "Sent", "Trash"}));
  EXPECT_EQ(a->find("inbox")->name, "INBOX");
  EXPECT_EQ(a->find("Trash")->use, model::SpecialUse::trash);
}

TEST_F(AccountTest, AppendIsReadBackWithPrefixFlagsAndDates) {
  const auto a = open();
  auto m = message("Subject: a\r\n\r\nbody\r\n", {"\\Seen", "$Work"});
  m.prefix = "Return-Path: <b@example.net>\r\n";
  m.internal_date = 1'700'000'000;
  m.internal_zone = -120;
  EXPECT_EQ(append(a, "INBOX", {m}), (std::vector{Uid(1)}));
  const auto inbox = rows(a, "INBOX");
  const auto& row = inbox->rows->at(0);
  EXPECT_EQ(row.internal_date, 1'700'000'000);
  EXPECT_EQ(row.internal_zone, -120);
  EXPECT_EQ(inbox->mailbox->keywords.names(model::Flags{row.flags}), (std::vector<std::string>{"\\Seen", "$Work"}));
  const auto whole = m.prefix + std::string(m.content);
  EXPECT_EQ(row.size, whole.size());
  for (std::uint64_t at = 0; at <= whole.size(); at += 7)
    EXPECT_EQ(*run(a->read(ContentId(row.content), at, 9)), whole.substr(at, 9)) << at;
  EXPECT_EQ(*(*run(a->read_many({ContentId(row.content)})))[0], whole);
}

TEST_F(AccountTest, UidsAreNeverReused) {
  auto a = open();
  append(a, "INBOX", {message("1\r\n"), message("2\r\n"), message("3\r\n")});
  ASSERT_EQ(run(a->expunge(a->find("INBOX")->id, set_of({3}), false, k_actor))->size(), 1U);
  a.reset();
  Registry again(rt, store, clock, settings);
  const auto b = open(again);
  EXPECT_EQ(append(b, "INBOX", {message("4\r\n")}), (std::vector{Uid(4)}));
  recount(b);
}

TEST_F(AccountTest, StoreFlagsHonoursUnchangedSince) {
  const auto a = open();
  append(a, "INBOX", {message("1\r\n"), message("2\r\n")});
  const auto inbox = a->find("INBOX")->id;
  const auto first = run(a->store_flags(inbox, set_of({1}), FlagChange::add, {"\\Flagged"}, {}, k_actor));
  EXPECT_EQ(first->changed, (std::vector{Uid(1)}));
  const auto second =
      run(a->store_flags(inbox, set_of({1, 2}), FlagChange::set, {"\\Seen"}, ModSeq(first->modseq.value - 1), k_actor));
  EXPECT_EQ(second->changed, (std::vector{Uid(2)}));
  EXPECT_EQ(second->modified, (std::vector{Uid(1)}));
  EXPECT_GT(second->modseq, first->modseq);
  recount(a);
}

TEST_F(AccountTest, StoresShareACommitAndFailAlone) {
  const auto a = open();
  append(a, "INBOX", {message("1\r\n"), message("2\r\n"), message("3\r\n"), message("4\r\n")});
  const auto inbox = a->find("INBOX")->id;
  std::vector<std::string> too_many;
  for (std::size_t i = 0; i <= limits::k_keywords; ++i) too_many.push_back("k" + std::to_string(i));
  const auto before = a->version();
  const auto stored = run(a->store_flags(inbox,
                                         {{set_of({1}), FlagChange::add, {"\\Seen", "$Work"}, {}},
                                          {set_of({2}), FlagChange::add, too_many, {}},
                                          {set_of({3, 9}), FlagChange::set, {"$Home"}, {}},
                                          {set_of({4}), FlagChange::add, {"\\Seen"}, ModSeq(0)}},
                                         k_actor));
  ASSERT_EQ(stored.size(), 4U);
  EXPECT_EQ(a->version(), before + 1);
  EXPECT_EQ(stored[0]->changed, (std::vector{Uid(1)}));
  EXPECT_EQ(stored[1].error().code, Errc::too_big);
  EXPECT_EQ(stored[2]->changed, (std::vector{Uid(3)}));
  EXPECT_EQ(stored[2]->after, (std::vector{stored[0]->modseq}));
  EXPECT_EQ(stored[3]->modified, (std::vector{Uid(4)}));
  const auto opened = *run(a->open(inbox));
  const auto names = [&](std::size_t i) {
    return opened->mailbox->keywords.names(model::Flags{opened->rows->at(i).flags});
  };
  EXPECT_EQ(names(0), (std::vector<std::string>{"\\Seen", "$Work"}));
  EXPECT_EQ(names(1), std::vector<std::string>{});
  EXPECT_EQ(names(2), std::vector<std::string>{"$Home"});
  EXPECT_EQ(names(3), std::vector<std::string>{});
  recount(a);
}

TEST_F(AccountTest, CopyAndMoveKeepFlagsAndDates) {
  const auto a = open();
  append(a, "INBOX", {message("1\r\n", {"$Work", "\\Answered"}), message("2\r\n")});
  ASSERT_TRUE(run(a->create("Projects/2026", {}, k_actor)));
  EXPECT_NE(a->find("Projects"), nullptr);
  const auto inbox = a->find("INBOX")->id, there = a->find("Projects/2026")->id;
  const auto copied = run(a->copy(inbox, set_of({1, 7}), there, k_actor));
  EXPECT_EQ(copied->from, (std::vector{Uid(1)}));
  EXPECT_EQ(copied->to, (std::vector{Uid(1)}));
  const auto moved = run(a->move(inbox, set_of({2}), there, k_actor));
  EXPECT_EQ(moved->to, (std::vector{Uid(2)}));
  const auto target = rows(a, "Projects/2026");
  EXPECT_EQ(target->mailbox->keywords.names(model::Flags{target->rows->at(0).flags}),
            (std::vector<std::string>{"\\Answered", "$Work"}));
  EXPECT_EQ(rows(a, "INBOX")->rows->size(), 1U);
  recount(a);
}

TEST_F(AccountTest, StoresLargeContentAheadUnlessItSeemsToBeRefused) {
  store::FaultStore counting(store);
  Registry other(rt, counting, clock, settings);
  const auto a = open(other);
  const auto calls_of = [&](std::string_view content) {
    counting.set({});
    append(a, "INBOX", {message(content)});
    return counting.calls();
  };
  const std::string small(k_store_ahead, 'x'), large(k_store_ahead + 1, 'x');
  const auto calls = calls_of(small);
  EXPECT_EQ(calls_of(large), calls + 1);
  EXPECT_TRUE(*run(a->read(ContentId(rows(a, "INBOX")->rows->at(1).content), 0, UINT64_MAX)) == large);
  const auto orphans = [&] {
    std::string cursor;
    clock.advance_ms(1000);
    return *run(store.sweep(0, 1000, &cursor));
  };
  EXPECT_EQ(run(a->append(MailboxId(99), {message(large + "not there")}, k_actor)).error().code, Errc::not_found);
  ASSERT_TRUE(run(a->set_quota(3 * k_store_ahead, 0, k_actor)));
  EXPECT_EQ(run(a->append(a->find("INBOX")->id, {message(large + "over")}, k_actor)).error().code, Errc::over_quota);
  EXPECT_EQ(orphans(), 0U) << "whoever is full writes no disk full";
  recount(a);
}

TEST_F(AccountTest, QuotaRefusesAndRemovedIsNotCounted) {
  const auto a = open();
  ASSERT_TRUE(run(a->set_quota(10, 0, k_actor)));
  const auto inbox = a->find("INBOX")->id;
  std::vector<NewMessage> big{message("123456789\r\n")};
  EXPECT_EQ(run(a->append(inbox, big, k_actor)).error().code, Errc::over_quota);
  append(a, "INBOX", {message("12345678")});
  EXPECT_EQ(run(a->copy(inbox, set_of({1}), a->find("Archive")->id, k_actor)).error().code, Errc::over_quota);
  ASSERT_TRUE(run(a->expunge(inbox, set_of({1}), false, k_actor)));
  EXPECT_EQ(a->quota().bytes_used, 0U);
  EXPECT_EQ(a->quota().removed_bytes, 8U);
  append(a, "INBOX", {message("12345678")});
  recount(a);
}

TEST_F(AccountTest, RemovedIsRestoredOnceAndPurgedByAge) {
  const auto a = open();
  append(a, "INBOX", {message("keep me\r\n", {"\\Flagged"}), message("lose me\r\n")});
  const auto inbox = a->find("INBOX")->id;
  ASSERT_TRUE(run(a->copy(inbox, set_of({2}), a->find("Archive")->id, k_actor)));
  ASSERT_TRUE(run(a->expunge(inbox, set_of({1, 2}), false, k_actor)));
  const auto removed = run(a->removed(0, 10));
  ASSERT_EQ(removed->size(), 2U);
  EXPECT_EQ((*removed)[0].mailbox, "INBOX");
  EXPECT_EQ((*removed)[0].flags, (std::vector<std::string>{"\\Flagged"}));
  ASSERT_TRUE(run(a->restore({1}, k_actor)));
  ASSERT_TRUE(run(a->restore({1}, k_actor)));  // a second time: no duplicate
  EXPECT_EQ(rows(a, "INBOX")->rows->size(), 1U);
  EXPECT_EQ(rows(a, "INBOX")->rows->at(0).uid, 3U);
  EXPECT_EQ(*run(a->purge(clock.now(), 10)), 0U);  // too young
  EXPECT_EQ(*run(a->purge(clock.now() + 1, 10)), 1U);
  EXPECT_EQ(a->quota().removed_messages, 0U);
  // The copy in Archive still holds the content that was purged from INBOX.
  const auto archive = rows(a, "Archive");
  EXPECT_EQ(*run(a->read(ContentId(archive->rows->at(0).content), 0, 99)), "lose me\r\n");
  recount(a);
}

TEST_F(AccountTest, RestoreMakesItsMailboxOnceAndKeepsToTheQuota) {
  const auto a = open();
  ASSERT_TRUE(run(a->create("x/y/z", {}, k_actor)));
  const auto level = a->find("x/y")->id;
  append(a, "x/y", {message("one\r\n"), message("two\r\n")});
  append(a, "x/y/z", {message("three\r\n")});
  ASSERT_TRUE(run(a->remove("x/y", k_actor)));  // a level only, now
  ASSERT_FALSE(a->find("x/y")->selectable);
  ASSERT_TRUE(run(a->restore({2, 1, 2}, k_actor)));
  EXPECT_EQ(a->find("x/y")->id, level);
  EXPECT_EQ(a->find("x/y")->messages, 2U);
  ASSERT_TRUE(run(a->remove("x/y/z", k_actor)));
  ASSERT_TRUE(run(a->remove("x/y", k_actor)));
  ASSERT_TRUE(run(a->remove("x", k_actor)));
  const auto removed = *run(a->removed(0, 10));
  ASSERT_EQ(removed.size(), 3U);
  ASSERT_TRUE(run(a->set_quota(0, 1, k_actor)));
  EXPECT_EQ(run(a->restore({removed[0].number, removed[1].number}, k_actor)).error().code, Errc::over_quota);
  EXPECT_EQ(run(a->removed(0, 10))->size(), 3U);
  ASSERT_TRUE(run(a->restore({removed[0].number}, k_actor)));
  EXPECT_NE(a->find("x"), nullptr) << "with its parents";
  for (const auto& f : *run(check_accounts(store))) ADD_FAILURE() << f.where << ": " << f.what;
  recount(a);
}

TEST_F(AccountTest, ARefusedAppendLeavesNothingInTheHistory) {
  store::FaultStore slow(store);
  Registry other(rt, slow, clock, settings);
  const auto a = open(other);
  const auto inbox = a->find("INBOX")->id;
  const auto gone = *run(a->create("gone", {}, k_actor));
  ASSERT_TRUE(run(a->remove("gone", k_actor)));
  const auto before = a->version();
  store::FaultStore::Plan plan;
  plan.delay_ms = 20;
  slow.set(plan);
  Group group;
  // The second and the third wait while the first commits, and are decided together.
  for (const auto& [to, device] : {std::pair(inbox, "1"), std::pair(gone, "2"), std::pair(inbox, "3")})
    group.spawn_on(rt.home(0), append_one(a, to, device));
  group.wait_blocking();
  const auto records = *run(store.records(partition, before, 10));
  ASSERT_EQ(records.size(), 2U);
  const auto change = decode_record(records[1].bytes);
  ASSERT_EQ(change->entries.size(), 1U);
  EXPECT_EQ(change->entries[0].actor.device, "3");
}

TEST_F(AccountTest, MailboxesAreRenamedWithTheirChildrenAndDeleted) {
  const auto a = open();
  ASSERT_TRUE(run(a->create("a/b", {}, k_actor)));
  const auto b = a->find("a/b")->id;
  const auto validity = a->find("a/b")->uidvalidity;
  ASSERT_TRUE(run(a->rename("a", "x/y", k_actor)));
  EXPECT_EQ(a->find("x/y/b")->id, b);
  EXPECT_EQ(run(a->create("x/y", {}, k_actor)).error().code, Errc::exists);
  EXPECT_EQ(run(a->rename("x", "x/z", k_actor)).error().code, Errc::invalid);
  EXPECT_EQ(run(a->remove("INBOX", k_actor)).error().code, Errc::no_permission);
  append(a, "x/y", {message("1\r\n")});
  ASSERT_TRUE(run(a->remove("x/y", k_actor)));
  EXPECT_FALSE(a->find("x/y")->selectable);
  EXPECT_EQ(run(a->removed(0, 10))->size(), 1U);
  ASSERT_TRUE(run(a->remove("x/y/b", k_actor)));
  EXPECT_EQ(a->find("x/y/b"), nullptr);
  ASSERT_TRUE(run(a->create("x/y/b", {}, k_actor)));
  EXPECT_GT(a->find("x/y/b")->uidvalidity, validity);  // I3
  for (const char* bad : {"", "/a", "a//b", "a\x01", "\xff"}) EXPECT_FALSE(run(a->create(bad, {}, k_actor))) << bad;
  EXPECT_TRUE(run(a->create("../../x", {}, k_actor)));  // a name is a name: the store has no files of it
}

TEST_F(AccountTest, RenamingInboxMovesItsMessages) {
  const auto a = open();
  append(a, "INBOX", {message("1\r\n"), message("2\r\n")});
  ASSERT_TRUE(run(a->rename("INBOX", "Old", k_actor)));
  EXPECT_EQ(a->find("INBOX")->messages, 0U);
  EXPECT_EQ(a->find("Old")->messages, 2U);
  recount(a);
}

TEST_F(AccountTest, HiddenUidsAreOfOneDevice) {
  const auto a = open();
  append(a, "INBOX", {message("1\r\n"), message("2\r\n"), message("3\r\n")});
  ASSERT_TRUE(run(a->pop3_seen(model::DeviceId(5), a->find("INBOX")->id, {}, set_of({1, 3}), k_actor)));
  EXPECT_TRUE(run(a->pop3_view(model::DeviceId(5), a->find("INBOX")->id))->hidden.contains(Uid(3)));
  EXPECT_FALSE(run(a->pop3_view(model::DeviceId(5), a->find("INBOX")->id))->hidden.contains(Uid(2)));
  EXPECT_TRUE(run(a->pop3_view(model::DeviceId(6), a->find("INBOX")->id))->hidden.empty());
}

struct Watcher : Observer {
  std::vector<std::uint32_t> expunged;
  int changes = 0;
  std::atomic<int> hints = 0;
  void on_hint() override { ++hints; }
  void on_expunged(MailboxId, std::span<const Row> gone) override {
    for (const auto& r : gone) expunged.push_back(r.uid);
  }
  void on_changed(std::optional<MailboxId>) override { ++changes; }
  void on_deleted(MailboxId) override {}
};

TEST_F(AccountTest, AnotherNodesChangesArriveAndConflictsDecideAgain) {
  Registry second(rt, store, clock, settings);
  const auto a = open(), b = open(second);
  append(a, "INBOX", {message("a1\r\n"), message("a2\r\n")});
  const auto inbox = rows(b, "INBOX");  // b has not heard yet, or has
  Watcher watcher;
  b->observe(&watcher);
  // b's cached version is behind: its commit conflicts, replays and goes on.
  EXPECT_EQ(append(b, "INBOX", {message("b1\r\n")}), (std::vector{Uid(3)}));
  ASSERT_TRUE(run(a->expunge(a->find("INBOX")->id, set_of({1, 3}), false, k_actor)));
  ASSERT_TRUE(run(b->store_flags(b->find("INBOX")->id, set_of({2}), FlagChange::add, {"\\Seen"}, {}, k_actor)));
  EXPECT_EQ(watcher.expunged, (std::vector<std::uint32_t>{1, 3}));
  EXPECT_GT(watcher.changes, 0);
  b->unobserve(&watcher);
  for (int tries = 0; a->version() < b->version() && tries < 1000; ++tries)  // hints may be late
    ASSERT_TRUE(run(a->refresh()));
  EXPECT_EQ(rows(a, "INBOX")->rows->size(), 1U);
  recount(a);
  recount(b);
}

// As in IDLE: told by the hint alone, and of own commits only once they are applied.
TEST_F(AccountTest, WhoWaitsIsHintedOfAnotherNodesCommit) {
  Registry second(rt, store, clock, settings);
  const auto a = open(), b = open(second);
  catch_up(b);
  Watcher at_a, at_b;
  a->observe(&at_a);
  b->observe(&at_b);
  append(a, "INBOX", {message("1\r\n")});
  for (int tries = 0; at_b.hints == 0 && tries < 1000; ++tries) ASSERT_TRUE(run(a->refresh()));
  EXPECT_EQ(at_b.hints, 1);
  EXPECT_EQ(at_b.changes, 0);
  ASSERT_TRUE(run(b->refresh()));
  EXPECT_GT(at_b.changes, 0);
  EXPECT_GT(at_a.changes, 0);
  EXPECT_EQ(at_a.hints, 0);
  a->unobserve(&at_a);
  b->unobserve(&at_b);
}

// A hint is lost: a node learns what it was for when it asks the next time, a second later.
TEST_F(AccountTest, ALostHintOnlyCostsTime) {
  store::FaultStore deaf(store);
  store::FaultStore::Plan plan;
  plan.drop_hints = true;
  deaf.set(plan);
  Registry second(rt, deaf, clock, settings);
  const auto a = open(), b = open(second);
  catch_up(b);
  append(a, "INBOX", {message("1\r\n")});
  ASSERT_TRUE(run(b->refresh()));
  EXPECT_EQ(b->find("INBOX")->messages, 0U);
  clock.advance_ms(limits::k_refresh_ms);
  ASSERT_TRUE(run(b->refresh()));
  EXPECT_EQ(b->find("INBOX")->messages, 1U);
}

// Whoever is told "unknown" finds the message there or not; nothing is done twice.
TEST_F(AccountTest, AnUnknownOutcomeIsLearntFromTheRecordsOrSaid) {
  store::FaultStore faulty(store);
  Registry second(rt, faulty, clock, settings);
  const auto b = open(second);
  const auto inbox = b->find("INBOX")->id;
  store::FaultStore::Plan plan;
  plan.fail_call = 1;
  plan.commits_only = true;
  plan.code = Errc::unknown;
  plan.applied = true;
  faulty.set(plan);
  EXPECT_EQ(append(b, "INBOX", {message("1\r\n")}), (std::vector{Uid(1)}));
  plan.applied = false;
  faulty.set(plan);
  std::vector<NewMessage> two{message("2\r\n")};
  EXPECT_EQ(run(b->append(inbox, two, k_actor)).error().code, Errc::unknown);
  // Done, and the records cannot be read: the third call and all later ones fail.
  plan = {};
  plan.fail_call = 1;
  plan.fail_later_too = true;
  plan.code = Errc::unknown;
  plan.applied = true;
  faulty.set(plan);
  std::vector<NewMessage> three{message("3\r\n")};
  EXPECT_EQ(run(b->append(inbox, three, k_actor)).error().code, Errc::unknown);
  faulty.set({});
  EXPECT_EQ(append(b, "INBOX", {message("4\r\n")}), (std::vector{Uid(3)}));
  recount(b);
}

// A content goes with the last of the rows that share it, not with the first: a purge may end between two commits.
TEST_F(AccountTest, ABrokenPurgeLeavesEachRowItsContent) {
  store::FaultStore faulty(store);
  Registry second(rt, faulty, clock, settings);
  const auto b = open(second);
  const auto inbox = b->find("INBOX")->id, archive = b->find("Archive")->id;
  append(b, "INBOX", {message("shared\r\n")});
  ASSERT_TRUE(run(b->copy(inbox, set_of({1}), archive, k_actor)));
  ASSERT_TRUE(run(b->expunge(inbox, std::nullopt, false, k_actor)));
  const std::vector<NewMessage> others(limits::k_commit_messages, message("other\r\n"));
  append(b, "INBOX", others);
  ASSERT_TRUE(run(b->expunge(inbox, std::nullopt, false, k_actor)));
  ASSERT_TRUE(run(b->expunge(archive, std::nullopt, false, k_actor)));
  store::FaultStore::Plan plan;
  plan.fail_call = 2;
  plan.commits_only = true;
  faulty.set(plan);
  EXPECT_FALSE(run(b->purge(clock.now() + 1, 10'000)));
  faulty.set({});
  const auto left = run(b->removed(0, 10));
  ASSERT_TRUE(left);
  ASSERT_EQ(left->size(), 2U);
  EXPECT_EQ(run(b->read(left->back().content, 0, 100)), Result<std::string>("shared\r\n"));
  EXPECT_EQ(*run(b->purge(clock.now() + 1, 10'000)), 2U);
  EXPECT_EQ(run(b->read(left->back().content, 0, 100)).error().code, Errc::not_found);
  recount(b);
}

// What two nodes make of the same account, against each other and against a recount. The seed is printed by
// SCOPED_TRACE.
TEST_F(AccountTest, TwoNodesAgreeAfterRandomOperations) {
  Registry second(rt, store, clock, settings);
  const std::vector<AccountRef> nodes{open(), open(second)};
  const auto seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const auto pick = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
  const std::string_view names[] = {"INBOX", "Archive", "Trash"};
  for (int i = 0; i < 1500; ++i) {
    const auto& a = nodes[pick(2)];
    const auto box = a->find(names[pick(3)])->id, other = a->find(names[pick(3)])->id;
    UidSet some;
    const auto from = 1 + pick(60);
    some.insert(Uid(from), Uid(from + pick(6)));
    switch (pick(7)) {
      case 0:
      case 1: {
        std::vector<NewMessage> messages{message("x\r\n"), message("yy\r\n", {"\\Seen"})};
        ASSERT_TRUE(run(a->append(box, std::move(messages), k_actor)));
        break;
      }
      case 2:
        ASSERT_TRUE(run(a->store_flags(box, some, FlagChange::add, {"\\Seen", "kw"}, {}, k_actor)));
        break;
      case 3:
        ASSERT_TRUE(run(a->store_flags(box, some, FlagChange::set, {"\\Deleted"}, {}, k_actor)));
        break;
      case 4:
        ASSERT_TRUE(run(a->expunge(box, std::nullopt, true, k_actor)));
        break;
      case 5: {
        const auto copied = run(a->copy(box, some, other, k_actor));
        ASSERT_TRUE(copied);
        EXPECT_EQ(copied->from.size(), copied->to.size());  // I10
        break;
      }
      case 6:
        ASSERT_TRUE(run(a->move(box, some, other, k_actor)));
        break;
      default:
        break;
    }
  }
  const auto latest = std::max(nodes[0]->version(), nodes[1]->version());
  for (const auto& a : nodes)
    for (int tries = 0; a->version() < latest && tries < 1000; ++tries) ASSERT_TRUE(run(a->refresh()));
  for (const auto& a : nodes) recount(a);
  for (const auto name : names) {
    const auto x = rows(nodes[0], name), y = rows(nodes[1], name);
    ASSERT_EQ(x->rows->size(), y->rows->size()) << name;
    for (std::size_t i = 0; i < x->rows->size(); ++i) {
      EXPECT_EQ(x->rows->at(i).uid, y->rows->at(i).uid);
      EXPECT_EQ(x->rows->at(i).flags, y->rows->at(i).flags);
      EXPECT_EQ(x->rows->at(i).modseq, y->rows->at(i).modseq);
    }
  }
}

struct NotesRelaxed : store::MemStore {
  using MemStore::MemStore;
  Task<Result<store::CommitOutcome>> commit(store::Commit c) override {
    relaxed += c.relaxed ? 'r' : 'd';
    return MemStore::commit(std::move(c));
  }
  std::string relaxed;
};

TEST_F(AccountTest, FlagsAloneAreRelaxedWhereThatIsSet) {
  for (const bool set : {false, true}) {
    NotesRelaxed notes(clock);
    AccountSettings chosen;
    chosen.relaxed_flags = set;
    Registry r(rt, notes, clock, chosen);
    const auto a = open(r);
    const auto inbox = a->find("INBOX")->id;
    append(a, "INBOX", {message("1\r\n", {"\\Seen"}), message("2\r\n")});
    notes.relaxed.clear();
    ASSERT_TRUE(run(a->store_flags(inbox, set_of({1, 2}), FlagChange::add, {"\\Deleted", "$Work"}, {}, k_actor)));
    ASSERT_TRUE(run(a->copy(inbox, set_of({1}), a->find("Archive")->id, k_actor)));
    ASSERT_TRUE(run(a->expunge(inbox, std::nullopt, true, k_actor)));
    append(a, "INBOX", {message("3\r\n", {"\\Seen"})});
    EXPECT_EQ(notes.relaxed, set ? "rddd" : "dddd");
  }
}

TEST(Records, RoundTripAndRefuseRubbish) {
  ChangeRecord r{7,
                 "state",
                 {{"append",
                   k_actor,
                   {RowPut{1, 2, "v"}, RowGone{1, 3, 9}, MailboxPut{4, "m"}, MailboxGone{5, "old"},
                    SubscriptionSet{true, "n"}, FlagsPut{1, 3, 1U << 9, "uids", "contents"}, BlocksPut{1, "blocks"}}}}};
  const auto bytes = encode_record(r);
  const auto back = decode_record(bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(encode_record(*back), bytes);
  for (std::size_t n = 0; n < bytes.size(); ++n) EXPECT_FALSE(decode_record(std::string_view(bytes).substr(0, n))) << n;
}

}  // namespace
}  // namespace mailstead::account
