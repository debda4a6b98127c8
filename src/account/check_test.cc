#include "account/check.h"

#include <algorithm>

#include "account/account_fixture.h"
#include "account/keys.h"
#include "base/ascii.h"
#include "base/codec.h"

namespace mailstead::account {
namespace {

struct CheckTest : AccountTest {
  // Account 1: INBOX (mailbox 1) with 1 and 3, 2 removed, a copy of 1 in Archive; account 2: one message.
  void SetUp() override {
    const auto a = open();
    auto m = message("Subject: one\r\n\r\n1\r\n", {"\\Seen", "kw"});
    m.prefix = "Return-Path: <>\r\n";
    append(a, "INBOX", {m, message("Subject: two\r\n\r\n"), message("Subject: three\r\n\r\n", {"\\Deleted"})});
    const auto inbox = a->find("INBOX")->id;
    archive = a->find("Archive")->id.value;
    ASSERT_EQ(inbox.value, 1U);
    ASSERT_TRUE(run(a->copy(inbox, set_of({1}), MailboxId(archive), k_actor)));
    ASSERT_TRUE(run(a->expunge(inbox, set_of({2}), false, k_actor)));
    ASSERT_TRUE(run(a->pop3_seen(model::DeviceId(7), a->find("INBOX")->id, {}, set_of({1}), k_actor)));
    ASSERT_TRUE(run(a->subscribe("elsewhere", true, k_actor)));
    append(open(registry, 2), "INBOX", {message("Subject: one\r\n\r\n1\r\n")});
  }
  std::vector<std::string> findings() {
    std::vector<std::string> out;
    for (const auto& f : *run(check_accounts(store))) out.push_back(cat(f.where, ": ", f.what));
    return out;
  }
  std::string value(std::string key) { return **run(store.get(partition, std::move(key))); }
  Mailbox inbox() { return *decode_mailbox(1, value(mailbox_key(1))); }
  Row row(std::uint32_t uid) { return *decode_row(uid, value(row_key(1, uid))); }
  Content content(std::uint64_t id) { return *decode_content(value(content_key(id))); }
  static store::Op put(std::string key, std::string bytes) {
    return {store::Op::put, std::move(key), std::move(bytes)};
  }
  static store::Op del(std::string key) { return {store::Op::del, std::move(key), {}}; }

  // What is written makes exactly these findings, and undoing it none.
  void expect(std::vector<store::Op> ops, std::vector<std::string> want) {
    std::vector<store::Op> undo;
    for (const auto& op : ops) {
      if (op.kind == store::Op::link || op.kind == store::Op::unlink) {
        undo.push_back({op.kind == store::Op::link ? store::Op::unlink : store::Op::link, op.key, op.value});
        continue;
      }
      const auto old = *run(store.get(partition, op.key));
      undo.push_back(old ? put(op.key, *old) : del(op.key));
    }
    write(std::move(ops));
    auto found = findings();
    std::sort(found.begin(), found.end());
    std::sort(want.begin(), want.end());
    EXPECT_EQ(found, want);
    write(std::move(undo));
    EXPECT_EQ(findings(), std::vector<std::string>{});
  }
  std::uint32_t archive = 0;
};

TEST_F(CheckTest, AHealthyStoreHasNoFindings) {
  EXPECT_EQ(findings(), std::vector<std::string>{});
  const auto a = open();
  ASSERT_TRUE(run(a->restore({1}, k_actor)));
  ASSERT_TRUE(run(a->remove("Archive", k_actor)));
  ASSERT_TRUE(run(a->rename("INBOX", "a/b/c", k_actor)));
  ASSERT_TRUE(run(a->purge(clock.now() + 1, 100)));
  EXPECT_EQ(findings(), std::vector<std::string>{});
}

TEST_F(CheckTest, CountsThatAreWrong) {
  auto m = inbox();
  m.messages = 7, m.unseen = 8, m.deleted = 9, m.bytes = 10;
  const auto before = inbox();
  expect({put(mailbox_key(1), encode_mailbox(m))},
         {"account 1 mailbox 1: messages: 7 kept, 2 counted", "account 1 mailbox 1: unseen: 8 kept, 1 counted",
          "account 1 mailbox 1: deleted: 9 kept, 1 counted",
          cat("account 1 mailbox 1: bytes: 10 kept, ", before.bytes, " counted")});
  m = before;
  m.uidnext = 3;
  m.highest_modseq = 1'000'000;
  m.uidvalidity += 1'000'000;
  m.name = "Archive";
  expect({put(mailbox_key(1), encode_mailbox(m))},
         {"account 1 mailbox 1: UIDNEXT 3, but a UID 3",
          "account 1 mailbox 1: its modification sequence is above the account's version",
          "account 1 mailbox 1: UIDVALIDITY was not given out",
          cat("account 1 mailbox ", archive, ": has the name of mailbox 1"), "account 1 mailboxes: there is no INBOX"});
  m = before;
  m.highest_modseq = 1;
  m.keywords = {};
  m.selectable = false;
  expect({put(mailbox_key(1), encode_mailbox(m))},
         {"account 1 mailbox 1: a row's modification sequence is above the mailbox's",
          "account 1 mailbox 1: a row has a keyword without a name",
          "account 1 mailbox 1: messages in a mailbox that cannot be selected"});
}

TEST_F(CheckTest, AMailboxWhoseCountIsWrongIsNotRemovedForEver) {
  auto m = *decode_mailbox(archive, value(mailbox_key(archive)));
  m.messages = 7;
  write({put(mailbox_key(archive), encode_mailbox(m))});
  Registry other(rt, store, clock, settings);
  const auto a = open(other);
  const auto removed = run(a->remove("Archive", k_actor));
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().code, Errc::corrupt);
  EXPECT_NE(a->find("Archive"), nullptr);
}

TEST_F(CheckTest, RowsThatAreWrong) {
  const auto before = row(1);
  auto r = before;
  r.content = 99;
  expect({put(row_key(1, 1), encode_row(r))}, {"account 1 mailbox 1 message 1: its content 99 is missing"});
  r = before;
  r.size += 1;
  const auto m = inbox();
  expect({put(row_key(1, 1), encode_row(r))},
         {"account 1 mailbox 1 message 1: its size is not that of content 1",
          cat("account 1 mailbox 1: bytes: ", m.bytes, " kept, ", m.bytes + 1, " counted"),
          cat("account 1 quota: bytes: ", m.bytes + before.size, " kept, ", m.bytes + before.size + 1, " counted")});
  expect({del(row_key(archive, 1))},
         {cat("account 1 mailbox ", archive, ": messages: 1 kept, 0 counted"),
          cat("account 1 mailbox ", archive, ": bytes: ", before.size, " kept, 0 counted"),
          cat("account 1 quota: bytes: ", m.bytes + before.size, " kept, ", m.bytes, " counted"),
          "account 1 quota: messages: 3 kept, 2 counted"});
  const auto two = content(2).size;
  expect({del(removed_key(1))}, {"account 1 quota: removed messages: 1 kept, 0 counted",
                                 cat("account 1 quota: removed bytes: ", two, " kept, 0 counted"),
                                 "account 1 content 2: nothing refers to it"});
  expect({del(mailbox_key(archive))},
         {cat("account 1 mailbox ", archive, ": 1 messages of a mailbox that is missing")});
}

TEST_F(CheckTest, ContentsSummariesAndLinksThatAreWrong) {
  const auto before = content(3);
  auto c = before;
  c.blob = store::BlobId::of("not stored");
  const auto holder = Writer().u64be(3).take();
  expect({put(content_key(3), encode_content(c))},
         {"account 1 content 3: its blob is not linked", "account 1 content 3: a link that no content needs",
          "account 1 content 3: its blob: not_found"});
  for (const int by : {1, -1}) {
    c = before;
    c.prefix = std::string(by > 0 ? 0 : 1, 'x');
    c.size += by > 0 ? 1 : 0;
    auto r = row(3);
    r.size = static_cast<std::uint32_t>(c.size);
    const auto m = inbox();
    auto want = std::vector<std::string>{"account 1 content 3: its blob has another size",
                                         "account 1 summary 3: its size is not that of the content"};
    if (by > 0) {
      want.push_back(cat("account 1 mailbox 1: bytes: ", m.bytes, " kept, ", m.bytes + 1, " counted"));
      const auto all = m.bytes + row(1).size;
      want.push_back(cat("account 1 quota: bytes: ", all, " kept, ", all + 1, " counted"));
    }
    expect({put(content_key(3), encode_content(c)), put(row_key(1, 3), encode_row(r))}, want);
  }
  expect({{store::Op::unlink, std::string(before.blob.view()), holder}},
         {"account 1 content 3: its blob is not linked"});
  expect({{store::Op::link, std::string(before.blob.view()), Writer().u64be(77).take()}},
         {"account 1 content 77: a link that no content needs"});
  expect({put(content_key(77), encode_content(before))},
         {"account 1 content 77: its id is not below the next one", "account 1 content 77: nothing refers to it",
          "account 1 content 77: its blob is not linked"});
  expect({del(summary_key(3))}, {});
  expect({put(summary_key(3), "\x7Fof another version")}, {});
  expect({put(summary_key(3), value(summary_key(3)).substr(0, 9))}, {"account 1 summary 3: cannot be decoded"});
  expect({put(summary_key(88), value(summary_key(3)))}, {"account 1 summary 88: there is no such content"});
}

TEST_F(CheckTest, BytesThatAreNoValues) {
  expect({put("x1", "y")}, {"account 1 key 7831: no such kind of key"});
  expect({put(hidden_key(7), "\x01\x05")}, {"account 1 key 6400000007: hidden UIDs cannot be decoded"});
  expect({put(removed_key(1), "?")},
         {"account 1 removed 1: cannot be decoded", "account 1 quota: removed messages: 1 kept, 0 counted",
          cat("account 1 quota: removed bytes: ", content(2).size, " kept, 0 counted"),
          "account 1 content 2: nothing refers to it"});
  expect({put(mailbox_key(1), "?")},
         {"account 1 mailbox 1: cannot be decoded", "account 1 mailboxes: there is no INBOX"});
  expect({put(row_key(1, 4), "?")}, {"account 1 mailbox 1 message 4: cannot be decoded"});
}

}  // namespace
}  // namespace mailstead::account
