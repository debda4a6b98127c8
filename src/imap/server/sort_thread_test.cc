// SORT, THREAD, ESORT, LANGUAGE and COMPARATOR as a client sees them. The algorithms are tested in model/.
#include "imap/server/client_fixture.h"

namespace mailstead::imap {
namespace {

struct SortThread : ClientTest {
  std::unique_ptr<Client> client;

  void TearDown() override {
    client.reset();  // its session ends with it
    ClientTest::TearDown();
  }

  void message(std::string_view header, std::string_view body = "x\r\n", std::int64_t internal_date = 0) {
    deliver(1, "INBOX", cat(header, "\r\n", body), internal_date);
  }
  void deliver(std::size_t, std::string_view mailbox, const std::string& text, std::int64_t date) {
    account::NewMessage m{};
    m.content = text;
    m.internal_date = date;
    std::vector<account::NewMessage> one{std::move(m)};
    ASSERT_TRUE(run(account->append(id(mailbox), std::move(one), actor)));
  }
  // Five messages whose orders differ by every key.
  void fill() {
    message(
        "From: \"zoe\" <carl@a>\r\nTo: bob@x\r\nCc: z@x\r\nSubject: Re: beta\r\nDate: Mon, 3 Jan 2022 10:00:00 "
        "+0000\r\n"
        "Message-ID: <1@x>\r\n",
        "xxxxx\r\n", 500);
    message(
        "From: adam@a\r\nTo: Alice: ann@x;\r\nCc: a@x\r\nSubject: Alpha\r\nDate: Mon, 3 Jan 2022 10:00:00 +0100\r\n"
        "Message-ID: <2@x>\r\n",
        "xxxx\r\n", 400);
    message(
        "From: =?utf-8?Q?=C3=84ron?= <bert@a>\r\nTo: Zed <cid@x>\r\nSubject: [list] beta\r\nDate: Sun, 2 Jan 2022 "
        "10:00:00 +0000\r\n"
        "Message-ID: <3@x>\r\n",
        "xxx\r\n", 450);
    message("Subject: Fwd: alpha\r\nMessage-ID: <4@x>\r\nIn-Reply-To: <2@x>\r\n", "xx\r\n", 200);
    message(
        "From: Bert@a\r\nTo: dan@x\r\nSubject: gamma\r\nDate: no date\r\nReferences: <3@x> <gone@x>\r\nMessage-ID: "
        "<5@x>\r\n",
        "x\r\n", 100);
    client = login();
    (*client)("SELECT INBOX");
  }
  std::string ask(std::string_view command) { return (*client)(command); }
};

TEST_F(SortThread, Keys) {
  fill();
  EXPECT_EQ(ask("SORT (ARRIVAL) UTF-8 ALL"), "* SORT 5 4 2 3 1\r\nt OK Done\r\n");
  EXPECT_EQ(ask("UID SORT (REVERSE ARRIVAL) US-ASCII ALL"), "* SORT 1 3 2 4 5\r\nt OK Done\r\n");
  EXPECT_EQ(ask("SORT (SIZE) UTF-8 1:2"), "* SORT 2 1\r\nt OK Done\r\n");
  // 4 has no Date, 5 none that can be read: their internal dates count (RFC 5256 §2.2). 2 is an hour before 1.
  EXPECT_EQ(ask("SORT (DATE) UTF-8 ALL"), "* SORT 5 4 3 2 1\r\nt OK Done\r\n");
  // The local part: "", adam, bert, Bert, carl. Without case, so 3 before 5 by number.
  EXPECT_EQ(ask("SORT (FROM) UTF-8 ALL"), "* SORT 4 2 3 5 1\r\nt OK Done\r\n");
  EXPECT_EQ(ask("SORT (REVERSE FROM) UTF-8 ALL"), "* SORT 1 3 5 2 4\r\nt OK Done\r\n");
  EXPECT_EQ(ask("SORT (TO) UTF-8 ALL"), "* SORT 4 2 1 3 5\r\nt OK Done\r\n");
  EXPECT_EQ(ask("SORT (CC) UTF-8 ALL"), "* SORT 3 4 5 2 1\r\nt OK Done\r\n");
  EXPECT_EQ(ask("SORT (SUBJECT) UTF-8 ALL"), "* SORT 2 4 1 3 5\r\nt OK Done\r\n");
  EXPECT_EQ(ask("SORT (SUBJECT REVERSE DATE) UTF-8 ALL"), "* SORT 2 4 1 3 5\r\nt OK Done\r\n");
  EXPECT_EQ(ask("SORT (DATE) UTF-8 SUBJECT nothing"), "* SORT\r\nt OK Done\r\n");
  // RFC 5957: what is displayed. 4 has none; adam@a, Äron (decomposed: A), Bert@a, zoe. A group has its name.
  EXPECT_EQ(ask("SORT (DISPLAYFROM) UTF-8 ALL"), "* SORT 4 2 3 5 1\r\nt OK Done\r\n");
  EXPECT_EQ(ask("SORT (DISPLAYTO) UTF-8 ALL"), "* SORT 4 2 1 5 3\r\nt OK Done\r\n");
  EXPECT_TRUE(ask("SORT (DATE) X-NOWHERE ALL").starts_with("t NO [BADCHARSET"));
}

TEST_F(SortThread, Esort) {  // RFC 5267 §3
  fill();
  EXPECT_EQ(ask("UID SORT RETURN () (REVERSE DATE) UTF-8 ALL"), "* ESEARCH (TAG \"t3\") UID ALL 1:5\r\nt OK Done\r\n");
  const auto down = ask("SORT RETURN (ALL MIN MAX COUNT) (DATE) UTF-8 ALL");
  EXPECT_TRUE(has(down, " MIN 5 MAX 1 COUNT 5 ALL 5,4,3,2,1\r\n")) << down;  // never 5:1 (§3.2)
  EXPECT_TRUE(has(ask("SORT RETURN (ALL) (SUBJECT) UTF-8 ALL"), " ALL 2,4,1,3,5\r\n"));
  EXPECT_TRUE(has(ask("SORT RETURN (COUNT) (DATE) UTF-8 SUBJECT nothing"), ") COUNT 0\r\n"));
  EXPECT_TRUE(has(ask("SORT RETURN (SAVE MAX) (DATE) UTF-8 ALL"), " MAX 1\r\n"));
  EXPECT_EQ(ask("SEARCH $"), "* SEARCH 1\r\nt OK Done\r\n");
  const auto modseq = ask("SORT (DATE) UTF-8 MODSEQ 1 2:1");
  // RFC 7162 §3.1.6; §3.1: the first CONDSTORE enabling command.
  EXPECT_TRUE(modseq.starts_with("* OK [HIGHESTMODSEQ ")) << modseq;
  EXPECT_TRUE(has(modseq, "\r\n* SORT 2 1 (MODSEQ ")) << modseq;
}

TEST_F(SortThread, Threads) {
  fill();
  // By subject: alpha 4 2, gamma 5, beta 3 1, by the first dates 5 (100), 4 (200), 3.
  EXPECT_EQ(ask("THREAD ORDEREDSUBJECT UTF-8 ALL"), "* THREAD (5)(4 2)(3 1)\r\nt OK Done\r\n");
  // 4 is a reply to 2, 5 to 3 by way of one that is gone; 1 joins 3 by subject.
  EXPECT_EQ(ask("UID THREAD REFERENCES UTF-8 ALL"), "* THREAD (3 (5)(1))(2 4)\r\nt OK Done\r\n");
  EXPECT_EQ(ask("THREAD REFERENCES UTF-8 5"), "* THREAD (5)\r\nt OK Done\r\n");
  EXPECT_EQ(ask("THREAD REFERENCES UTF-8 SUBJECT nothing"), "* THREAD\r\nt OK Done\r\n");
  EXPECT_TRUE(ask("THREAD REFS-2 UTF-8 ALL").starts_with("t BAD"));
}

TEST_F(SortThread, ExpungedByOthersMeanwhile) {
  fill();
  remove(uids({2}));
  // The number 2 is still taken until the client is told: not during SORT, THREAD (RFC 5256 §3).
  EXPECT_EQ(ask("SORT (ARRIVAL) UTF-8 ALL"), "* SORT 5 4 3 1\r\nt OK Done\r\n");
  EXPECT_EQ(ask("THREAD ORDEREDSUBJECT UTF-8 ALL"), "* THREAD (5)(4)(3 1)\r\nt OK Done\r\n");
  const auto uid = ask("UID SORT (ARRIVAL) UTF-8 ALL");
  EXPECT_TRUE(has(uid, "* SORT 5 4 3 1\r\n* 2 EXPUNGE\r\n")) << uid;
}

TEST_F(SortThread, LanguageAndComparator) {
  client = connect();
  EXPECT_EQ(ask("LANGUAGE"), "* LANGUAGE (EN i-default)\r\nt OK Done\r\n");  // before login, too
  EXPECT_TRUE(ask("LANGUAGE MUL").starts_with("t NO "));
  EXPECT_TRUE(ask("LANGUAGE FR-CA EN-CA").starts_with("* LANGUAGE (EN)\r\nt OK "));
  EXPECT_TRUE(ask("LANGUAGE \"default\"").starts_with("* LANGUAGE (EN)\r\nt OK "));
  EXPECT_TRUE(ask("COMPARATOR").starts_with("t BAD "));
  client = login();
  EXPECT_EQ(ask("COMPARATOR"), "* COMPARATOR i;unicode-casemap\r\nt OK Done\r\n");
  EXPECT_EQ(ask("COMPARATOR \"cz;*\" i;basic default"), "* COMPARATOR i;unicode-casemap\r\nt OK Done\r\n");
  EXPECT_EQ(ask("COMPARATOR \"i;*\""), "* COMPARATOR i;unicode-casemap\r\nt OK Done\r\n");
  EXPECT_TRUE(ask("COMPARATOR \"cz;*\" i;basic").starts_with("t NO [BADCOMPARATOR]"));
  EXPECT_TRUE(ask("COMPARATOR \"i;unicode-casemap*casemap\"").starts_with("t NO [BADCOMPARATOR]"));
}

}  // namespace
}  // namespace mailstead::imap
