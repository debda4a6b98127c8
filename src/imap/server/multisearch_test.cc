// The ESEARCH command (RFC 7377).
#include "imap/server/client_fixture.h"

namespace mailstead::imap {
namespace {

struct Multisearch : ClientTest {
  void SetUp() override {
    ClientTest::SetUp();
    for (const auto* name : {"folder1", "folder2", "folder2/banana", "folder2/banana/split"})
      ASSERT_TRUE(run(account->create(name, std::nullopt, actor)));
    deliver(3, "folder1", "Subject: chad\r\n\r\nx\r\n");
    deliver(1, "folder2/banana", "Subject: other\r\n\r\nx\r\n");
    deliver(2, "folder2/banana/split", "Subject: chad\r\n\r\nx\r\n");
    deliver(1, "INBOX", "Subject: chad\r\n\r\nx\r\n");
  }
  std::string line(std::string_view mailbox, std::string_view rest, int tag) {
    return cat("* ESEARCH (TAG \"t", tag, "\" MAILBOX ", mailbox, " UIDVALIDITY ", validity(mailbox), ") UID ", rest,
               "\r\n");
  }
};

TEST_F(Multisearch, SourcesAndWhatIsTold) {
  auto c = login();
  EXPECT_EQ((*c)("ESEARCH IN (mailboxes folder1 subtree folder2) unseen"),
            line("folder1", "ALL 1:3", 2) + line("folder2/banana", "ALL 1", 2) +
                line("folder2/banana/split", "ALL 1:2", 2) + "t OK Done\r\n");
  EXPECT_EQ((*c)("ESEARCH IN (mailboxes (folder1 nowhere) subtree-one folder2) RETURN (MIN MAX COUNT) subject chad"),
            line("folder1", "MIN 1 MAX 3 COUNT 3", 3) + "t OK Done\r\n");
  EXPECT_EQ((*c)("ESEARCH IN (personal folder1) all"), "t BAD unknown mailbox filter\r\n");
  // Twice the same is told once; nothing is told of mailboxes without a match, not even COUNT (§2.1).
  EXPECT_EQ((*c)("ESEARCH IN (personal mailboxes folder1) RETURN (COUNT) 3"),
            line("folder1", "COUNT 1", 5) + "t OK Done\r\n");
  EXPECT_EQ((*c)("ESEARCH IN (personal) subject nothing"), "t OK Done\r\n");
  (*c)("UNSUBSCRIBE folder1");
  EXPECT_EQ((*c)("ESEARCH IN (subscribed) RETURN (COUNT) 3"), "t OK Done\r\n");
  (*c)("SUBSCRIBE folder1");
  EXPECT_EQ((*c)("ESEARCH IN (subscribed) RETURN (COUNT) 3"), line("folder1", "COUNT 1", 10) + "t OK Done\r\n");
}

TEST_F(Multisearch, TheSelectedMailbox) {
  auto c = login();
  EXPECT_TRUE((*c)("ESEARCH subject chad").starts_with("t BAD"));  // none is selected
  EXPECT_TRUE((*c)("ESEARCH IN (personal selected) all").starts_with("t BAD"));
  (*c)("SELECT folder1");
  EXPECT_EQ((*c)("ESEARCH subject chad"), line("folder1", "ALL 1:3", 5) + "t OK Done\r\n");
  EXPECT_TRUE((*c)("ESEARCH IN (selected mailboxes INBOX) RETURN (SAVE) all").starts_with("t BAD"));
  EXPECT_TRUE(has((*c)("ESEARCH IN (selected) RETURN (SAVE MIN) 2:3"), "MIN 2"));
  EXPECT_EQ((*c)("SEARCH $"), "* SEARCH 2\r\nt OK Done\r\n");
  // "$" is of the selected mailbox; the others have none. What is selected stays selected.
  EXPECT_EQ((*c)("ESEARCH IN (personal) $"), line("folder1", "ALL 2", 9) + "t OK Done\r\n");
  EXPECT_EQ((*c)("SEARCH 1"), "* SEARCH 1\r\nt OK Done\r\n");
}

}  // namespace
}  // namespace mailstead::imap
