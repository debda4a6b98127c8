#include "account/account_fixture.h"
#include "account/keys.h"
#include "base/ascii.h"
#include "store/fault_store.h"

namespace mailstead::account {
namespace {

constexpr std::string_view k_mixed =
    "From: a@example.org\r\nSubject: Re: two parts\r\nMessage-ID: <m@example.org>\r\nMIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    "--b\r\nContent-Type: text/plain\r\n\r\nthe first part\r\n"
    "--b\r\nContent-Type: text/html\r\n\r\n<p>the second</p>\r\n--b--\r\n";
constexpr std::string_view k_prefix = "Return-Path: <x@example.net>\r\nDelivered-To: y@example.net\r\n";

Task<Uid> claimed(AccountRef a, MailboxId mailbox) {
  co_return a->claim_recent(mailbox);
}

struct Summaries : AccountTest {
  ContentId content_of(const AccountRef& a, std::uint32_t uid) {
    return ContentId(rows(a, "INBOX")->rows->find(uid)->content);
  }
  Result<SummaryRef> summary(const AccountRef& a, ContentId id) { return run(a->summaries({id})).value().at(0); }
  std::optional<std::string> stored(ContentId id) { return *run(store.get(partition, summary_key(id.value))); }
};

TEST_F(Summaries, OffsetsAreThoseOfTheWholeMessage) {
  const auto a = open();
  auto m = message(k_mixed);
  m.prefix = k_prefix;
  append(a, "INBOX", {m});
  const auto id = content_of(a, 1);
  ASSERT_TRUE(stored(id));
  const auto s = *summary(a, id);
  EXPECT_EQ(s->size, k_prefix.size() + k_mixed.size());
  EXPECT_EQ(s->message.envelope.subject, "Re: two parts");
  EXPECT_EQ(s->message_id, "m@example.org");
  const std::uint32_t second[] = {2};
  const auto range = *mime::section_range(s->message, second, mime::SectionText::body);
  EXPECT_EQ(*run(a->read(id, range.begin, range.size())), "<p>the second</p>");
  const auto header = *mime::section_range(s->message, {}, mime::SectionText::header);
  EXPECT_EQ(*run(a->read(id, header.begin, header.size())),
            cat(k_prefix, k_mixed.substr(0, k_mixed.find("\r\n\r\n") + 4)));
  // The same as if all octets had been summarised.
  EXPECT_EQ(*s, mime::summarize(cat(k_prefix, k_mixed)));
}

TEST_F(Summaries, ManyInTheOrderAskedAndErrorsInTheirPlace) {
  const auto a = open();
  const std::string large = cat("Subject: large\r\n\r\n", std::string(200'000, 'x'), "\r\n");
  append(a, "INBOX", {message("Subject: one\r\n\r\n"), message(large), message("Subject: three\r\n\r\n")});
  const auto all =
      *run(a->summaries({content_of(a, 3), ContentId(77), content_of(a, 1), content_of(a, 2), content_of(a, 1)}));
  ASSERT_EQ(all.size(), 5U);
  EXPECT_EQ((*all[0])->message.envelope.subject, "three");
  EXPECT_EQ(all[1].error().code, Errc::not_found);
  EXPECT_EQ((*all[2])->message.envelope.subject, "one");
  EXPECT_EQ((*all[3])->message.envelope.subject, "large");
  EXPECT_EQ((*all[3])->size, large.size());
  EXPECT_EQ((*all[4])->message.envelope.subject, "one");
}

TEST_F(Summaries, AreMadeAnewWhenMissingOldOrBrokenAndKept) {
  const auto a = open();
  auto m = message(k_mixed);
  m.prefix = k_prefix;
  append(a, "INBOX", {m});
  const auto id = content_of(a, 1);
  const auto good = stored(id);
  const auto want = **summary(a, id);
  for (const auto& bad : {store::Op{store::Op::del, summary_key(id.value), {}},
                          store::Op{store::Op::put, summary_key(id.value), "\x7Fnext version"},
                          store::Op{store::Op::put, summary_key(id.value), good->substr(0, 9)}}) {
    write({bad});
    catch_up(a);
    ASSERT_NE(stored(id), good);
    const auto version = a->version();
    EXPECT_EQ(**summary(a, id), want);
    EXPECT_EQ(stored(id), good);
    EXPECT_EQ(a->version(), version + 1);
    EXPECT_EQ(**summary(a, id), want);
    EXPECT_EQ(a->version(), version + 1);  // not again
  }
}

TEST_F(Summaries, AreAnsweredWhenTheyCannotBeKept) {
  store::FaultStore faults(store);
  Registry other(rt, faults, clock, settings);
  const auto a = open(other);
  append(a, "INBOX", {message(k_mixed)});
  const auto id = content_of(a, 1);
  write({{store::Op::del, summary_key(id.value), {}}});
  catch_up(a);
  store::FaultStore::Plan full;
  full.fail_call = 1;
  full.commits_only = true;
  full.code = Errc::full;
  faults.set(full);
  EXPECT_EQ((*summary(a, id))->message.envelope.subject, "Re: two parts");
  EXPECT_FALSE(stored(id));
}

TEST_F(Summaries, TooBigOnesAreMadeEachTime) {
  const auto a = open();
  std::string raw = "To: ";
  for (int i = 0; i < 5000; ++i) mailstead::append(raw, "somebody", i, "@example.org,\r\n ");
  raw += "x@y\r\nSubject: many\r\n\r\n";
  append(a, "INBOX", {message(raw)});
  const auto id = content_of(a, 1);
  EXPECT_FALSE(stored(id));
  const auto version = a->version();
  EXPECT_EQ((*summary(a, id))->message.envelope.subject, "many");
  EXPECT_EQ(a->version(), version);
}

// One commit takes 1 MiB: those that find no room are made when they are asked for.
TEST_F(Summaries, AnAppendOfManyWithLargeSummariesIsOneCommitAllTheSame) {
  const auto a = open();
  std::vector<std::string> raw;
  std::vector<NewMessage> messages;
  for (int i = 0; i < 100; ++i) {
    auto& r = raw.emplace_back(cat("Subject: ", i, "\r\nTo: "));
    for (int j = 0; j < 1000; ++j) mailstead::append(r, "somebody", j, "@example.org,\r\n ");
    r += "x@y\r\n\r\n";
  }
  for (const auto& r : raw) messages.push_back(message(r));
  const auto before = a->version();
  append(a, "INBOX", std::move(messages));
  EXPECT_EQ(a->version(), before + 1);
  std::vector<ContentId> ids;
  for (std::uint32_t uid = 1; uid <= 100; ++uid) ids.push_back(content_of(a, uid));
  EXPECT_TRUE(stored(ids.front()));
  EXPECT_FALSE(stored(ids.back()));
  const auto all = *run(a->summaries(ids));
  for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ((*all[i])->message.envelope.subject, cat(i));
  EXPECT_TRUE(stored(ids.back()));
}

TEST_F(Summaries, GoWithTheirContent) {
  const auto a = open();
  append(a, "INBOX", {message("Subject: x\r\n\r\n")});
  const auto id = content_of(a, 1);
  const auto inbox = a->find("INBOX")->id;
  ASSERT_TRUE(run(a->copy(inbox, set_of({1}), a->find("Archive")->id, k_actor)));
  ASSERT_TRUE(run(a->expunge(inbox, set_of({1}), false, k_actor)));
  ASSERT_EQ(*run(a->purge(clock.now() + 1, 10)), 1U);
  EXPECT_TRUE(stored(id));
  ASSERT_TRUE(run(a->expunge(a->find("Archive")->id, set_of({1}), false, k_actor)));
  ASSERT_EQ(*run(a->purge(clock.now() + 1, 10)), 1U);
  EXPECT_FALSE(stored(id));
  EXPECT_EQ(summary(a, id).error().code, Errc::not_found);
}

TEST_F(Summaries, RecentIsClaimedOnce) {
  auto a = open();
  append(a, "INBOX", {message("1\r\n"), message("2\r\n")});
  const auto inbox = a->find("INBOX")->id;
  EXPECT_EQ(a->peek_recent(inbox), Uid(1));
  EXPECT_EQ(run(claimed(a, inbox)), Uid(1));
  EXPECT_EQ(a->peek_recent(inbox), Uid(3));
  EXPECT_EQ(run(claimed(a, inbox)), Uid(3));
  append(a, "INBOX", {message("3\r\n")});
  EXPECT_EQ(run(claimed(a, inbox)), Uid(3));
  EXPECT_EQ(run(claimed(a, inbox)), Uid(4));
  // A mailbox that another node made, and what came there.
  Registry second(rt, store, clock, settings);
  const auto b = open(second);
  EXPECT_EQ(b->peek_recent(inbox), Uid(4));  // after a start nothing is recent
  const auto made = *run(a->create("new", {}, k_actor));
  append(a, "new", {message("4\r\n")});
  append(b, "INBOX", {message("5\r\n")});
  EXPECT_EQ(b->peek_recent(made), Uid(1));
  EXPECT_EQ(b->peek_recent(inbox), Uid(4));
  ASSERT_TRUE(run(b->remove("new", k_actor)));
  EXPECT_EQ(run(claimed(b, made)), Uid(UINT32_MAX));
}

}  // namespace
}  // namespace mailstead::account
