// RFC 7162: CONDSTORE and QRESYNC.
#include <iostream>

#include "imap/server/client_fixture.h"

namespace mailstead::imap {
namespace {

using Resync = ClientTest;

TEST_F(Resync, SelectTellsWhatWasMissed) {  // §3.2.5.1
  deliver(10);
  const auto since = highest();
  flag(uids({2, 9}), {"\\Seen"});
  remove(uids({3, 5, 6}));
  auto c = login("QRESYNC");
  const auto out = (*c)(cat("SELECT INBOX (QRESYNC (", validity(), ' ', since, "))"));
  EXPECT_TRUE(has(out, "* 7 EXISTS")) << out;
  EXPECT_TRUE(
      has(out, cat("* VANISHED (EARLIER) 3,5:6\r\n* 2 FETCH (UID 2 FLAGS (\\Seen \\Recent) MODSEQ (", since + 1,
                   "))\r\n* 6 FETCH (UID 9 FLAGS (\\Seen \\Recent) MODSEQ (", since + 1, "))\r\nt OK [READ-WRITE]")))
      << out;
  EXPECT_TRUE(has(out, cat("[HIGHESTMODSEQ ", since + 2, "]"))) << out;
}

TEST_F(Resync, NothingMissedNothingTold) {
  deliver(3);
  remove(uids({1}));
  auto c = login("QRESYNC");
  const auto out = (*c)(cat("SELECT INBOX (QRESYNC (", validity(), ' ', highest(), "))"));
  EXPECT_FALSE(has(out, "VANISHED") || has(out, "FETCH")) << out;
}

TEST_F(Resync, OnlyOfKnownUids) {
  deliver(10);
  const auto since = highest();
  flag(uids({2, 9}), {"\\Seen"});
  remove(uids({3, 5, 6}));
  auto c = login("QRESYNC");
  const auto out = (*c)(cat("EXAMINE INBOX (QRESYNC (", validity(), ' ', since, " 4:5,9:4000000000))"));
  EXPECT_TRUE(has(out, "* VANISHED (EARLIER) 5\r\n* 6 FETCH (UID 9")) << out;
  EXPECT_EQ(count(out, "FETCH"), 1U) << out;
}

TEST_F(Resync, AnotherUidValidityIsIgnored) {
  deliver(3);
  const auto since = highest();
  remove(uids({1}));
  auto c = login("QRESYNC");
  const auto out = (*c)(cat("SELECT INBOX (QRESYNC (", validity() + 1, ' ', since, "))"));
  EXPECT_FALSE(has(out, "VANISHED")) << out;
  EXPECT_TRUE(has(out, "t OK")) << out;
}

TEST_F(Resync, NeedsEnable) {  // §3.2.5, §3.2.6
  deliver(3);
  auto c = login();
  EXPECT_TRUE(has((*c)(cat("SELECT INBOX (QRESYNC (", validity(), " 1))")), "t BAD"));
  EXPECT_TRUE(has((*c)("FETCH 1 FLAGS"), "t BAD"));  // and nothing is selected
  (*c)("SELECT INBOX");
  EXPECT_TRUE(has((*c)("UID FETCH 1:* FLAGS (CHANGEDSINCE 1 VANISHED)"), "t BAD"));
}

TEST_F(Resync, EnableNamesWhatItEnables) {  // §3.2.3
  auto c = connect();
  (*c)("LOGIN ann@example.org pw");
  EXPECT_EQ((*c)("ENABLE CONDSTORE QRESYNC"), "* ENABLED CONDSTORE QRESYNC\r\nt OK Done\r\n");
}

// §3.2.6: a history that was cut: all known that are not there.
TEST_F(Resync, TrimmedHistoryNamesAllThatAreNotThere) {
  deliver(10);
  remove(uids({4}));
  const auto since = highest();
  remove(uids({7, 8}));
  ASSERT_TRUE(run(store.trim({store::PartitionId::account, account->id().value}, since + 1)));
  auto c = login("QRESYNC");
  auto out = (*c)(cat("SELECT INBOX (QRESYNC (", validity(), ' ', since, "))"));
  EXPECT_TRUE(has(out, "* VANISHED (EARLIER) 4,7:8\r\n")) << out;
  EXPECT_FALSE(has(out, "FETCH")) << out;
  // §3.2.5.2: what the client proves to know is left out, up to the last number that fits.
  out = (*c)(cat("SELECT INBOX (QRESYNC (", validity(), ' ', since, " 1:10 (1,4:6 1,5:7)))"));
  EXPECT_TRUE(has(out, "* OK [CLOSED]")) << out;
  EXPECT_TRUE(has(out, "* VANISHED (EARLIER) 7:8\r\n")) << out;
  out = (*c)(cat("SELECT INBOX (QRESYNC (", validity(), ' ', since, " 1:10 (1:6 1:3,5:6,9)))"));
  EXPECT_FALSE(has(out, "VANISHED")) << out;
}

TEST_F(Resync, AClientThatIsAheadIsToldAllThatAreNotThere) {
  deliver(4);
  remove(uids({2}));
  auto c = login("QRESYNC");
  const auto out = (*c)(cat("SELECT INBOX (QRESYNC (", validity(), ' ', highest() + 1000, "))"));
  EXPECT_TRUE(has(out, "* VANISHED (EARLIER) 2\r\n")) << out;
}

TEST_F(Resync, FetchWithVanished) {  // §3.2.6
  deliver(10);
  const auto since = highest();
  auto c = login("QRESYNC");
  (*c)("SELECT INBOX");
  flag(uids({2}), {"\\Seen"});
  remove(uids({3, 9}));
  // This client counts 3 and 9 still: they vanish now, without EARLIER.
  auto out = (*c)(cat("UID FETCH 1:20 (FLAGS) (CHANGEDSINCE ", since, " VANISHED)"));
  EXPECT_FALSE(has(out, "EARLIER")) << out;
  EXPECT_TRUE(has(out, "* VANISHED 3,9\r\n")) << out;
  out = (*c)(cat("UID FETCH 1:8 (FLAGS) (CHANGEDSINCE ", since, " VANISHED)"));
  EXPECT_TRUE(out.starts_with("* VANISHED (EARLIER) 3\r\n* 2 FETCH (UID 2 FLAGS (\\Seen \\Recent) MODSEQ (")) << out;
  EXPECT_FALSE(has(out, "3,9")) << out;
}

TEST_F(Resync, ExpungesAreVanished) {  // §3.2.7, §3.2.9, §3.2.10; RFC 6851
  deliver(10);
  auto c = login("QRESYNC");
  (*c)("SELECT INBOX");
  remove(uids({1}));
  EXPECT_EQ((*c)("NOOP"), "* VANISHED 1\r\nt OK Done\r\n");
  (*c)("UID STORE 3,5:6 +FLAGS.SILENT (\\Deleted)");
  auto out = (*c)("EXPUNGE");
  EXPECT_EQ(out, cat("* VANISHED 3,5:6\r\nt OK [HIGHESTMODSEQ ", highest(), "] Expunged\r\n"));
  out = (*c)("UID MOVE 9 Trash");
  EXPECT_TRUE(has(out, cat("* VANISHED 9\r\nt OK [HIGHESTMODSEQ ", highest(), "] Moved\r\n"))) << out;
  // CLOSE tells no HIGHESTMODSEQ (§3.2.8).
  (*c)("UID STORE 2 +FLAGS.SILENT (\\Deleted)");
  EXPECT_EQ((*c)("CLOSE"), "t OK Done\r\n");
  EXPECT_EQ(account->find("INBOX")->messages, 4U);
}

// §3.2, §6: a VANISHED that must wait holds HIGHESTMODSEQ back.
TEST_F(Resync, DelayedVanishedHoldsHighestModseqBack) {
  deliver(5);
  auto c = login("QRESYNC");
  (*c)("SELECT INBOX");
  const auto before = account->version();
  remove(uids({4}));
  flag(uids({1}), {"\\Flagged"});
  auto out = (*c)("STORE 2 +FLAGS (\\Seen)");
  EXPECT_TRUE(has(out, cat("* 2 FETCH (UID 2 FLAGS (\\Seen \\Recent) MODSEQ (", before + 3, "))"))) << out;
  EXPECT_TRUE(has(out, cat("* 1 FETCH (UID 1 FLAGS (\\Flagged \\Recent) MODSEQ (", before + 2, "))"))) << out;
  EXPECT_TRUE(has(out, cat("* OK [HIGHESTMODSEQ ", before, "] "))) << out;
  EXPECT_FALSE(has(out, "VANISHED")) << out;
  out = (*c)("STORE 3 +FLAGS (\\Seen)");
  EXPECT_TRUE(has(out, cat("* OK [HIGHESTMODSEQ ", before, "] "))) << out;
  EXPECT_EQ((*c)("NOOP"), "* VANISHED 4\r\nt OK Done\r\n");
}

// RFC 9051 §6.4.6: .SILENT hides what the client has done, never what others have.
TEST_F(Resync, SilentStoreDoesNotHideOthersChanges) {
  deliver(2);
  auto c = login();
  (*c)("SELECT INBOX");
  flag(uids({1}), {"\\Flagged"});
  const auto out = (*c)("STORE 1:2 +FLAGS.SILENT (\\Seen)");
  EXPECT_EQ(out, "* 1 FETCH (FLAGS (\\Seen \\Flagged \\Recent))\r\nt OK Done\r\n");
  EXPECT_EQ((*c)("STORE 1:2 +FLAGS.SILENT (\\Draft)"), "t OK Done\r\n");
}

// A change of several commits: each message has the MODSEQ of its own.
TEST_F(Resync, StoreInSeveralCommitsTellsEachOnce) {
  deliver(13'000);
  auto c = login("CONDSTORE");
  (*c)("SELECT INBOX");
  const auto before = account->version();
  const auto out = (*c)("STORE 1:* +FLAGS.SILENT (\\Seen)");
  EXPECT_GT(account->version(), before + 1);
  EXPECT_EQ(count(out, " FETCH ("), 13'000U);
  EXPECT_TRUE(has(out, cat("* 1 FETCH (UID 1 MODSEQ (", before + 1, "))"))) << out.substr(0, 200);
  EXPECT_TRUE(has(out, cat("* 13000 FETCH (UID 13000 MODSEQ (", account->version(), "))")));
  EXPECT_EQ((*c)("NOOP"), "t OK Done\r\n");
}

TEST_F(Resync, ConditionalStore) {  // §3.1.3
  deliver(4);
  auto c = login();
  (*c)("SELECT INBOX");
  const auto since = highest();
  flag(uids({2}), {"$Processed"});
  (*c)("NOOP");
  // Example 5: the first enabling command. Examples 10: what the client has not got right is told.
  auto out = (*c)(cat("UID STORE 1:3 (UNCHANGEDSINCE ", since, ") +FLAGS.SILENT ($Processed)"));
  EXPECT_EQ(out,
            cat("* OK [HIGHESTMODSEQ ", since + 1, "] Highest\r\n* 1 FETCH (UID 1 MODSEQ (", since + 2,
                "))\r\n* 2 FETCH (UID 2 FLAGS ($Processed \\Recent) MODSEQ (", since + 1,
                "))\r\n* 3 FETCH (UID 3 MODSEQ (", since + 2, "))\r\nt OK [MODIFIED 2] Some messages had changed\r\n"));
  // Example 7: nothing is unchanged since 0.
  EXPECT_TRUE(has((*c)("STORE 4 (UNCHANGEDSINCE 0) +FLAGS.SILENT ($MDNSent)"), "t OK [MODIFIED 4]"));
}

TEST_F(Resync, SeenByTheWayIsToldWithUidAndModseq) {  // §3.2.4
  deliver(2);
  auto c = login("CONDSTORE");
  (*c)("SELECT INBOX");
  const auto out = (*c)("FETCH 2 BODY[TEXT]");
  EXPECT_TRUE(out.starts_with("* 2 FETCH (UID 2 BODY[TEXT] {3}\r\nx\r\n FLAGS (\\Seen \\Recent) MODSEQ (")) << out;
}

// The targets of the project: bytes and round trips of a mailbox of 100,000 messages.
TEST_F(Resync, CostsOf100000Messages) {
  deliver(100'000);
  auto since = highest();
  auto c = login("QRESYNC");
  c->sent = c->received = 0;
  (*c)(cat("SELECT INBOX (QRESYNC (", validity(), ' ', since, " 1:100000))"));
  std::cout << "100,000 messages, no changes: " << c->sent << " bytes sent, " << c->received << " received\n";
  EXPECT_LE(c->sent + c->received, 2048U);
  account::UidSet flags, gone;
  for (std::uint32_t i = 0; i < 100; ++i) {
    flags.insert(model::Uid(1 + i * 997));
    gone.insert(model::Uid(11 + i * 991));
  }
  flag(flags, {"\\Seen"});
  remove(gone);
  c = login("QRESYNC");
  c->sent = c->received = 0;
  const auto out = (*c)(cat("SELECT INBOX (QRESYNC (", validity(), ' ', since, " 1:100000))"));
  std::cout << "with 100 flag changes and 100 removals: " << c->sent << " bytes sent, " << c->received << " received\n";
  EXPECT_LE(c->sent + c->received, 12'288U);
  EXPECT_EQ(count(out, " FETCH ("), 100U);
  EXPECT_TRUE(has(out, cat("* VANISHED (EARLIER) ", gone.to_string(), "\r\n"))) << out;
}

}  // namespace
}  // namespace mailstead::imap
