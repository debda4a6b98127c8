// The history, its end, Recently removed as a whole, retention rules: what stays, what goes, who is told.
#include "account/history.h"

#include <algorithm>

#include "account/account_fixture.h"
#include "account/check.h"
#include "account/keys.h"
#include "account/past.h"
#include "account/record.h"
#include "base/codec.h"

namespace mailstead::account {
namespace {

const Actor k_phone{"phone", "imap", "192.0.2.7"};
constexpr std::int64_t k_day_ms = 86'400'000;

struct HistoryTest : AccountTest {
  std::vector<HistoryEntry> all(const AccountRef& a, HistoryQuery q = {}) {
    std::vector<HistoryEntry> out;
    for (;;) {
      auto page = run(a->history(q));
      EXPECT_TRUE(page) << (page ? "" : page.error().detail);
      if (!page) return out;
      std::move(page->entries.begin(), page->entries.end(), std::back_inserter(out));
      if (!page->more) return out;
      q.after = page->next;
    }
  }
  static std::vector<std::string> words(const std::vector<HistoryEntry>& entries) {
    std::vector<std::string> out;
    for (const auto& e : entries) out.emplace_back(to_string(e.what));
    return out;
  }
  MailboxId inbox(const AccountRef& a) { return a->find("INBOX")->id; }
  void check_store() {
    const auto findings = run(check_accounts(store));
    ASSERT_TRUE(findings);
    for (const auto& f : *findings) ADD_FAILURE() << f.where << ": " << f.what;
  }
  std::uint64_t records_kept() {
    std::uint64_t n = 0;
    const auto head = run(store.head(partition))->version;
    for (auto v = head; v > 0 && run(store.records(partition, v - 1, 1)); --v) ++n;
    return n;
  }
};

TEST_F(HistoryTest, AMessagesLifeIsTold) {
  const auto a = open();
  append(a, "INBOX", {message("Subject: other\r\n\r\n"), message("Subject: mine\r\n\r\nx\r\n", {"\\Flagged"})});
  const auto content = rows(a, "INBOX")->rows->find(2)->content;
  const auto box = inbox(a);
  ASSERT_TRUE(run(a->store_flags(box, set_of({2}), FlagChange::add, {"\\Seen", "$Work"}, {}, k_phone)));
  ASSERT_TRUE(run(a->copy(box, set_of({2}), a->find("Archive")->id, k_actor)));
  ASSERT_TRUE(run(a->pop3_seen(model::DeviceId(3), box, set_of({1, 2}), set_of({2}), {"pc", "pop3", "192.0.2.9"})));
  ASSERT_TRUE(run(a->move(box, set_of({2}), a->find("Trash")->id, k_phone)));
  ASSERT_TRUE(run(a->expunge(a->find("Trash")->id, set_of({1}), false, k_phone)));
  const auto removed = run(a->removed(0, 10));
  ASSERT_EQ(removed->size(), 1U);
  EXPECT_EQ(*run(a->restore({removed->front().number}, k_actor)), 1U);

  const auto life = run(a->trace({ContentId(content)}));
  ASSERT_TRUE(life);
  EXPECT_EQ(words(*life), (std::vector<std::string>{"added", "flagged", "copied", "retrieved", "hidden", "moved",
                                                    "removed", "restored"}));
  EXPECT_EQ((*life)[0].mailbox, "INBOX");
  EXPECT_EQ((*life)[0].flags, std::vector<std::string>{"\\Flagged"});
  EXPECT_EQ((*life)[1].actor.device, "phone");
  EXPECT_EQ((*life)[1].flags_before, std::vector<std::string>{"\\Flagged"});
  EXPECT_EQ((*life)[1].flags.size(), 3U);
  EXPECT_EQ((*life)[2].from_mailbox, "INBOX");
  EXPECT_EQ((*life)[2].mailbox, "Archive");
  EXPECT_EQ((*life)[3].actor.address, "192.0.2.9");
  EXPECT_EQ((*life)[5].from_uid, 2U);
  EXPECT_EQ((*life)[5].mailbox, "Trash");
  EXPECT_EQ((*life)[6].number, removed->front().number);
  EXPECT_EQ((*life)[7].uid, 2U);
  for (const auto& e : *life) EXPECT_NE(e.content == 0 && e.uids.empty(), true);
  check_store();
}

TEST_F(HistoryTest, Filters) {
  const auto a = open();
  append(a, "INBOX", {message("1\r\n"), message("2\r\n")});
  clock.advance_ms(k_day_ms);
  const auto then = clock.now();
  ASSERT_TRUE(run(a->store_flags(inbox(a), set_of({1}), FlagChange::add, {"\\Seen"}, {}, k_phone)));
  clock.advance_ms(k_day_ms);
  append(a, "Sent", {message("3\r\n")});
  HistoryQuery q;
  q.device = "phone";
  EXPECT_EQ(words(all(a, q)), std::vector<std::string>{"flagged"});
  q = {};
  q.mailbox = "Sent";
  EXPECT_EQ(words(all(a, q)), (std::vector<std::string>{"mailbox changed", "added"}));  // it was made first
  q = {};
  q.since = then;
  EXPECT_EQ(words(all(a, q)), (std::vector<std::string>{"flagged", "added"}));
  q.until = then + 1;
  EXPECT_EQ(words(all(a, q)), std::vector<std::string>{"flagged"});
  q = {};
  q.protocol = "pop3";
  EXPECT_TRUE(all(a, q).empty());
}

TEST_F(HistoryTest, PagesAreBoundedAndMissNothing) {
  const auto a = open();
  for (int i = 0; i < 6; ++i) {
    std::vector<NewMessage> many(500, message("x\r\n"));
    append(a, "INBOX", std::move(many));
  }
  const auto first = run(a->history({}));
  ASSERT_TRUE(first && first->more);
  EXPECT_LT(first->entries.size(), 2600U);
  HistoryQuery messages;
  messages.mailbox = "INBOX";
  EXPECT_EQ(all(a, messages).size(), 3001U);  // and INBOX itself
}

// Effects 2, 3 and 4, as they were written before the others were there.
TEST_F(HistoryTest, OldRecordsStayReadable) {
  const Row row{9, 5, model::k_seen.bits, 7, 3, 10, 7, 0, 0};
  Writer w;
  w.u8(1).svarint(1000).str(encode_state({})).varint(2);
  w.str("append").str("ann").str("lmtp").str("192.0.2.1").varint(1);
  w.u8(3).u32be(1).u32be(3).str(encode_row(row));
  w.str("expunge").str("ann").str("imap").str("192.0.2.1").varint(2);
  w.u8(4).u32be(1).u32be(3).varint(12);
  w.u8(2).u32be(4);
  const auto record = decode_record(w.view());
  ASSERT_TRUE(record);
  EXPECT_EQ(std::get<RowPut>(record->entries[0].effects[0]).origin.how, Origin::unknown);
  EXPECT_EQ(std::get<RowGone>(record->entries[1].effects[0]).removed, 12U);
  EXPECT_EQ(std::get<MailboxGone>(record->entries[1].effects[1]).mailbox, 4U);
  const auto again = decode_record(encode_record(*record));
  ASSERT_TRUE(again);
  EXPECT_EQ(std::get<RowPut>(again->entries[0].effects[0]).value, encode_row(row));

  const auto a = open();
  store::Commit c;
  c.partition = partition;
  const auto head = *run(store.head(partition));
  c.expected = head.version;
  c.summary = head.summary;
  auto old = *record;
  old.state = head.summary;
  std::string bytes = encode_record(old);
  c.record = bytes;
  ASSERT_TRUE(run(store.commit(std::move(c))));
  catch_up(a);
  EXPECT_EQ(words(all(a, {head.version, 0, INT64_MAX, {}, {}, {}})),
            (std::vector<std::string>{"added", "removed", "mailbox gone"}));
}

TEST_F(HistoryTest, IsTrimmedByAgeAndTheLastRecordStays) {
  settings.history_keep_s = 10 * 86'400;
  Registry mine(rt, store, clock, settings);
  const auto a = open(mine);
  for (int i = 0; i < 20; ++i) {
    append(a, "INBOX", {message("x\r\n")});
    clock.advance_ms(k_day_ms);
  }
  run(mine.tend());
  EXPECT_EQ(records_kept(), 10U);
  const auto page = run(a->history({}));
  EXPECT_TRUE(page->trimmed);
  EXPECT_EQ(page->entries.size(), 10U);
  // RFC 7162: what left since is told where the history reaches, and "not known" before.
  const auto last = a->version();
  ASSERT_TRUE(run(a->expunge(inbox(a), set_of({20}), false, k_phone)));
  EXPECT_EQ(*run(a->left_since(inbox(a), ModSeq{last - 10})), std::optional(set_of({20})));
  EXPECT_EQ(*run(a->left_since(inbox(a), ModSeq{last - 11})), std::optional<UidSet>());
  clock.advance_ms(100 * k_day_ms);
  run(mine.tend());
  EXPECT_EQ(records_kept(), 1U);
  append(a, "INBOX", {message("x\r\n")});
  EXPECT_EQ(rows(a, "INBOX")->rows->size(), 20U);
}

struct Told : Observer {
  std::vector<std::uint32_t> expunged, deleted;
  std::vector<std::uint32_t> changed;
  bool list = false;
  void on_expunged(MailboxId, std::span<const Row> gone) override {
    for (const auto& r : gone) expunged.push_back(r.uid);
  }
  void on_changed(std::optional<MailboxId> m) override { m ? changed.push_back(m->value) : void(list = true); }
  void on_deleted(MailboxId m) override { deleted.push_back(m.value); }
};

// A node whose account is older than the trim cannot replay: its sessions' handles are brought up to date, and they
// are told what left, what changed and which mailbox is gone.
TEST_F(HistoryTest, ANodeBehindTheTrimReloads) {
  const auto a = open();
  append(a, "INBOX", {message("1\r\n"), message("2\r\n"), message("3\r\n")});
  ASSERT_TRUE(run(a->create("Work", {}, k_actor)));
  append(a, "Work", {message("4\r\n")});
  const auto box = rows(a, "INBOX"), work = rows(a, "Work");
  Told told;
  a->observe(&told);

  Registry second(rt, store, clock, settings);
  const auto b = open(second);
  const auto work_id = a->find("Work")->id;
  ASSERT_TRUE(run(b->store_flags(inbox(b), set_of({3}), FlagChange::add, {"\\Seen"}, {}, k_phone)));
  ASSERT_TRUE(run(b->expunge(inbox(b), set_of({1}), false, k_phone)));
  append(b, "INBOX", {message("5\r\n")});
  ASSERT_TRUE(run(b->remove("Work", k_phone)));
  ASSERT_TRUE(run(b->rename("Archive", "Old", k_phone)));
  ASSERT_TRUE(run(b->change_options(
      [](Options& o) {
        o.removed_keep_s = 5;
        return Result<>();
      },
      k_phone)));
  ASSERT_TRUE(run(store.trim(partition, b->version() - 1)));

  catch_up(a);
  EXPECT_EQ(box->rows->size(), 3U);
  EXPECT_FALSE(box->rows->contains(1));
  EXPECT_TRUE(box->rows->contains(4));
  EXPECT_TRUE(model::Flags{box->rows->find(3)->flags}.has(model::k_seen));
  EXPECT_EQ(box->mailbox->messages, 3U);
  EXPECT_EQ(box->rows->changed_since(box->rows->find(2)->modseq).size(), 2U);
  EXPECT_NE(std::find(told.expunged.begin(), told.expunged.end(), 1U), told.expunged.end());
  EXPECT_EQ(told.deleted, std::vector<std::uint32_t>{work_id.value});
  EXPECT_TRUE(told.list);
  EXPECT_NE(std::find(told.changed.begin(), told.changed.end(), inbox(a).value), told.changed.end());
  EXPECT_EQ(a->find("Work"), nullptr);
  EXPECT_NE(a->find("Old"), nullptr);
  EXPECT_EQ(a->options().removed_keep_s, 5);
  recount(a);
  // And it goes on from there: its own commit is of the present version.
  append(a, "INBOX", {message("6\r\n")});
  catch_up(b);
  EXPECT_EQ(rows(b, "INBOX")->rows->size(), 4U);
  a->unobserve(&told);
}

// A thousand, by IMAP's STORE and EXPUNGE, from three folders; one call brings them back.
TEST_F(HistoryTest, AThousandComeBackAsTheyWere) {
  const auto a = open();
  ASSERT_TRUE(run(a->create("Work/Old", {}, k_actor)));
  const std::vector<std::string> boxes = {"INBOX", "Work/Old", "Sent"};
  struct Was {
    std::string mailbox;
    std::vector<std::string> flags;
    std::int64_t date;
    bool operator==(const Was&) const = default;
  };
  std::map<std::uint64_t, Was> before;
  for (std::size_t b = 0; b < boxes.size(); ++b) {
    std::vector<NewMessage> messages;
    std::vector<std::string> texts;
    for (int i = 0; i < 340; ++i) texts.push_back("Subject: " + boxes[b] + std::to_string(i) + "\r\n\r\n");
    for (int i = 0; i < 340; ++i) {
      auto m = message(texts[static_cast<std::size_t>(i)]);
      if (i % 2 == 0) m.flags.emplace_back("\\Seen");
      if (i % 3 == 0) m.flags.emplace_back("$Work");
      m.internal_date = 1'000'000 + i;
      messages.push_back(std::move(m));
    }
    append(a, boxes[b], std::move(messages));
    const auto handle = rows(a, boxes[b]);
    for (std::size_t i = 0; i < handle->rows->size(); ++i) {
      const auto& row = handle->rows->at(i);
      before[row.content] = {boxes[b], handle->mailbox->keywords.names(model::Flags{row.flags}), row.internal_date};
    }
  }
  const auto full = a->quota();
  for (const auto& name : boxes) {
    const auto id = a->find(name)->id;
    UidSet uids(Uid(1), Uid(334));
    ASSERT_TRUE(run(a->store_flags(id, uids, FlagChange::add, {"\\Deleted"}, {}, k_phone)));
    recount(a);
    ASSERT_EQ(run(a->expunge(id, std::nullopt, true, k_phone))->size(), 334U);
    recount(a);
    check_store();
  }
  ASSERT_TRUE(run(a->remove("Work/Old", k_phone)));
  ASSERT_TRUE(run(a->rename("Sent", "Outbox", k_phone)));  // its messages go where it is now
  recount(a);
  std::vector<std::uint64_t> numbers;
  const auto removed = run(a->removed(0, 2000));
  ASSERT_EQ(removed->size(), 334U * 3 + 6);
  EXPECT_EQ(a->quota().removed_messages, 334U * 3 + 6);
  for (const auto& r : *removed) numbers.push_back(r.number);
  const auto again = numbers;
  EXPECT_EQ(*run(a->restore(numbers, k_actor)), 334U * 3 + 6);
  recount(a);
  check_store();
  EXPECT_EQ(*run(a->restore(again, k_actor)), 0U);  // twice: no second copy
  EXPECT_EQ(a->quota().messages_used, full.messages_used);
  EXPECT_EQ(a->quota().bytes_used, full.bytes_used);
  EXPECT_EQ(a->quota().removed_messages, 0U);
  EXPECT_EQ(a->quota().removed_bytes, 0U);
  std::map<std::uint64_t, Was> after;
  for (const std::string name : {"INBOX", "Work/Old", "Outbox"}) {
    const auto handle = rows(a, name);
    for (std::size_t i = 0; i < handle->rows->size(); ++i) {
      const auto& row = handle->rows->at(i);
      EXPECT_TRUE(
          after
              .emplace(row.content, Was{name == "Outbox" ? "Sent" : name,
                                        handle->mailbox->keywords.names(model::Flags{row.flags}), row.internal_date})
              .second)
          << "a duplicate";
    }
  }
  EXPECT_EQ(after, before);
  EXPECT_TRUE(rows(a, "INBOX")->rows->uid_at(6) > 340);  // UIDs are new
}

// Two nodes restore the same message: one copy.
TEST_F(HistoryTest, RestoringOnTwoNodesMakesOneCopy) {
  const auto a = open();
  append(a, "INBOX", {message("1\r\n")});
  ASSERT_TRUE(run(a->expunge(inbox(a), set_of({1}), false, k_actor)));
  Registry second(rt, store, clock, settings);
  const auto b = open(second);
  const auto number = run(a->removed(0, 1))->front().number;
  EXPECT_EQ(*run(b->restore({number}, k_actor)), 1U);  // a does not know of it yet
  EXPECT_EQ(*run(a->restore({number}, k_actor)), 0U);
  catch_up(a);
  EXPECT_EQ(rows(a, "INBOX")->rows->size(), 1U);
  recount(a);
}

TEST_F(HistoryTest, NothingIsKeptWhenTheKeepTimeIsZero) {
  const auto a = open();
  ASSERT_TRUE(run(a->change_options(
      [](Options& o) {
        o.removed_keep_s = 0;
        return Result<>();
      },
      k_actor)));
  append(a, "INBOX", {message("1\r\n"), message("2\r\n")});
  ASSERT_TRUE(run(a->copy(inbox(a), set_of({2}), a->find("Sent")->id, k_actor)));
  const auto shared = ContentId(rows(a, "INBOX")->rows->find(2)->content);
  ASSERT_TRUE(run(a->expunge(inbox(a), set_of({1, 2}), false, k_actor)));
  EXPECT_TRUE(run(a->removed(0, 10))->empty());
  EXPECT_EQ(a->quota().removed_bytes, 0U);
  EXPECT_TRUE(run(a->read(shared, 0, 10)));  // Sent has it
  check_store();
  append(a, "Junk", {message("3\r\n")});
  ASSERT_TRUE(run(a->remove("Junk", k_actor)));
  EXPECT_TRUE(run(a->removed(0, 10))->empty());
  check_store();
}

TEST_F(HistoryTest, TheCapTakesTheOldest) {
  const auto a = open();
  ASSERT_TRUE(run(a->change_options(
      [](Options& o) {
        o.removed_max_bytes = 10;
        return Result<>();
      },
      k_actor)));
  append(a, "INBOX", {message("1234\r\n"), message("5678\r\n"), message("90\r\n")});
  ASSERT_TRUE(run(a->expunge(inbox(a), set_of({1, 2, 3}), false, k_actor)));
  run(registry.tend());
  const auto left = run(a->removed(0, 10));
  ASSERT_EQ(left->size(), 2U);
  EXPECT_EQ(left->front().number, 2U);
  EXPECT_EQ(a->quota().removed_bytes, 10U);
  EXPECT_EQ(*run(a->purge_numbers({left->front().number, 77}, k_actor)), 1U);
  EXPECT_EQ(a->quota().removed_messages, 1U);
  check_store();
}

TEST_F(HistoryTest, RetentionRules) {
  const auto a = open();
  append(a, "Trash", {message("1\r\n")});
  append(a, "Junk", {message("1\r\n")});
  append(a, "INBOX", {message("1\r\n")});
  std::vector<NewMessage> many(12, message("2\r\n"));
  append(a, "Sent", std::move(many));
  clock.advance_ms(29 * k_day_ms);
  append(a, "Trash", {message("2\r\n")});
  run(registry.tend());
  EXPECT_EQ(a->find("Trash")->messages, 2U);
  clock.advance_ms(k_day_ms);
  const auto rule = [&](const char* name, Retention r) {
    ASSERT_TRUE(run(a->change_options(
        [id = a->find(name)->id.value, r](Options& o) {
          o.retention[id] = r;
          return Result<>();
        },
        k_actor)));
  };
  rule("Junk", {});  // none
  rule("Sent", {0, 5});
  run(registry.tend());
  EXPECT_EQ(a->find("Trash")->messages, 1U);
  EXPECT_EQ(a->find("Junk")->messages, 1U);
  EXPECT_EQ(a->find("INBOX")->messages, 1U);
  EXPECT_EQ(a->find("Sent")->messages, 5U);
  EXPECT_EQ(rows(a, "Sent")->rows->uid_at(0), 8U);
  const auto removed = run(a->removed(0, 20));
  ASSERT_EQ(removed->size(), 8U);
  // What is restored is not taken at once again.
  const auto trash = std::find_if(removed->begin(), removed->end(), [](const auto& r) { return r.mailbox == "Trash"; });
  ASSERT_NE(trash, removed->end());
  ASSERT_TRUE(run(a->restore({trash->number}, k_actor)));
  run(registry.tend());
  EXPECT_EQ(a->find("Trash")->messages, 2U);
  recount(a);
  HistoryQuery q;
  q.protocol = "server";
  const auto entries = all(a, q);
  EXPECT_EQ(std::count_if(entries.begin(), entries.end(), [](const auto& e) { return e.kind == "retention"; }), 8);
}

// An account that nobody has open is tended as well, and given back.
TEST_F(HistoryTest, IdleAccountsAreTended) {
  {
    const auto a = open();
    append(a, "Trash", {message("1\r\n")});
  }
  clock.advance_ms(31 * k_day_ms);
  Registry fresh(rt, store, clock, settings);
  run(fresh.tend());
  EXPECT_EQ(open(fresh)->find("Trash")->messages, 0U);
}

TEST_F(HistoryTest, RemovedAfterRetrievalOnceAllDevicesHaveIt) {
  const auto a = open();
  append(a, "INBOX", {message("1\r\n"), message("2\r\n"), message("3\r\n")});
  const Actor pc{"pc", "pop3", ""}, mac{"mac", "pop3", ""};
  const model::DeviceId pc_id(1), mac_id(2);
  ASSERT_TRUE(run(a->change_options(
      [](Options& o) {
        o.devices[1].remove_after_days = 7;
        return Result<>();
      },
      k_actor)));
  ASSERT_TRUE(run(a->pop3_seen(mac_id, inbox(a), set_of({2}), {}, mac)));
  ASSERT_TRUE(run(a->pop3_seen(pc_id, inbox(a), set_of({1, 2}), {}, pc)));
  const auto version = a->version();
  ASSERT_TRUE(run(a->pop3_seen(pc_id, inbox(a), set_of({1, 2}), {}, pc)));
  EXPECT_EQ(a->version(), version);  // nothing new: no commit
  clock.advance_ms(6 * k_day_ms);
  run(registry.tend());
  EXPECT_EQ(a->find("INBOX")->messages, 3U);
  clock.advance_ms(k_day_ms);
  run(registry.tend());
  EXPECT_EQ(a->find("INBOX")->messages, 2U);  // 1 waits for the mac
  EXPECT_FALSE(rows(a, "INBOX")->rows->contains(2));
  clock.advance_ms(40 * k_day_ms);  // which does not come any more
  ASSERT_TRUE(run(a->pop3_seen(pc_id, inbox(a), {}, {}, pc)));
  run(registry.tend());
  EXPECT_EQ(a->find("INBOX")->messages, 1U);
  EXPECT_TRUE(rows(a, "INBOX")->rows->contains(3));  // nobody has had it
  check_store();
}

TEST_F(HistoryTest, HiddenUidsOfTheOlderFormatAreKept) {
  const auto a = open();
  append(a, "INBOX", {message("1\r\n"), message("2\r\n"), message("3\r\n")});
  write({{store::Op::put, hidden_key(5), encode_uids(set_of({1}))}});
  catch_up(a);
  const model::DeviceId device(5);
  EXPECT_EQ(run(a->pop3_view(device, inbox(a)))->hidden, set_of({1}));
  ASSERT_TRUE(run(a->pop3_seen(device, inbox(a), set_of({3}), set_of({3}), k_actor)));
  EXPECT_EQ(run(a->pop3_view(device, inbox(a)))->hidden, set_of({1, 3}));
  EXPECT_FALSE(*run(store.get(partition, hidden_key(5))));
  ASSERT_TRUE(run(a->create("x", {}, k_actor)));
  ASSERT_TRUE(run(a->pop3_seen(device, a->find("x")->id, {}, set_of({1}), k_actor)));
  ASSERT_TRUE(run(a->remove("x", k_actor)));  // and its views with it
  check_store();
}

// Moments are taken down while things happen, and each can be seen again at the end.
TEST_F(HistoryTest, PastViews) {
  const auto a = open();
  using Seen = std::map<std::string, std::map<std::uint32_t, std::pair<std::uint64_t, std::vector<std::string>>>>;
  std::map<std::int64_t, Seen> moments;
  const auto look = [&] {
    Seen seen;
    for (const auto* m : a->mailboxes()) {
      if (!m->selectable) continue;
      auto& folder = seen[m->name];
      const auto handle = rows(a, m->name);
      for (std::size_t i = 0; i < handle->rows->size(); ++i) {
        const auto& row = handle->rows->at(i);
        folder[row.uid] = {row.content, m->keywords.names(model::Flags{row.flags})};
      }
    }
    moments[clock.now()] = std::move(seen);
    clock.advance_ms(60'000);
  };
  const auto id = [&](const char* name) { return a->find(name)->id; };
  append(a, "INBOX", {message("1\r\n"), message("2\r\n", {"\\Seen"}), message("3\r\n")});
  look();
  ASSERT_TRUE(run(a->store_flags(id("INBOX"), set_of({1, 2}), FlagChange::set, {"$Work"}, {}, k_phone)));
  look();
  ASSERT_TRUE(run(a->create("Work", {}, k_actor)));
  ASSERT_TRUE(run(a->move(id("INBOX"), set_of({1}), id("Work"), k_phone)));
  ASSERT_TRUE(run(a->copy(id("INBOX"), set_of({2}), id("Work"), k_phone)));
  look();
  ASSERT_TRUE(run(a->rename("Work", "Old/Work", k_actor)));
  ASSERT_TRUE(run(a->expunge(id("INBOX"), set_of({2, 3}), false, k_phone)));
  look();
  ASSERT_TRUE(run(a->restore({run(a->removed(0, 9))->back().number}, k_actor)));
  ASSERT_TRUE(run(a->remove("Old/Work", k_actor)));
  look();
  append(a, "INBOX", {message("4\r\n")});
  look();
  ASSERT_TRUE(run(a->replace(id("INBOX"), Uid(a->find("INBOX")->uidnext - 1), id("Sent"), message("5\r\n"), k_phone)));
  look();
  ASSERT_TRUE(run(a->purge_numbers({run(a->removed(0, 9))->front().number}, k_actor)));
  look();
  for (const auto& [time, want] : moments) {
    const auto then = run(past(a, time));
    ASSERT_TRUE(then) << then.error().detail;
    Seen got;
    for (const auto& [folder_id, folder] : then->folders)
      for (auto& into = got[folder.name]; const auto& [uid, m] : folder.messages) {
        into[uid] = {m.content, m.flags};
        if (!m.freed) EXPECT_TRUE(run(a->read(ContentId(m.content), 0, 10)));
      }
    EXPECT_EQ(got, want) << "at " << time - moments.begin()->first << " s";
  }
  ASSERT_TRUE(run(store.trim(partition, a->version() - 1)));
  EXPECT_EQ(run(past(a, moments.begin()->first)).error().code, Errc::expired);
}

TEST(Options, RoundTrip) {
  Options o;
  o.removed_keep_s = 0;
  o.history_keep_s = 86'400;
  o.pop3.policy = Pop3Policy::keep;
  o.devices[7] = {Pop3Policy::archive, Pop3Options::k_since_added, 0, false};
  o.retention[3] = {30, 0};
  o.pop3_folders = o.show_past = true;
  EXPECT_EQ(decode_options(encode_options(o)), o);
  EXPECT_EQ(decode_options(encode_options({})), Options{});
  EXPECT_EQ(o.of_device(7).policy, Pop3Policy::archive);
  EXPECT_EQ(o.of_device(8).policy, Pop3Policy::keep);
  const auto before = encode_options(o);
  EXPECT_FALSE(decode_options(before.substr(0, before.size() - 1)));
  o.imap_without = {"NOTIFY", "UIDONLY"};
  o.imap_quirks = {{"all", false}, {"delay-newmail", true}};
  const auto bytes = encode_options(o);
  EXPECT_EQ(decode_options(bytes), o);
  EXPECT_TRUE(bytes.starts_with(before));  // what an older program reads, and more: it refuses the value
  for (std::size_t n = before.size() + 1; n < bytes.size(); ++n) EXPECT_FALSE(decode_options(bytes.substr(0, n))) << n;
}

}  // namespace
}  // namespace mailstead::account
