// RFC 4314 §4, §6: every command that names a mailbox × every right: own, granted, revoked, none. What is answered
// without any right is what is answered of a mailbox, and of a user, that does not exist: byte by byte, but for the
// name.
#include <algorithm>

#include "imap/server/client_fixture.h"
#include "model/rights.h"

namespace mailstead::imap {
namespace {

constexpr std::string_view k_letters = "lrswipkxtean", k_allowed = "t OK";

struct Case {
  // {box}: the mailbox; {below}: another name below it; {url}: as in a URL; {from}: a mailbox that may be renamed;
  // {to}: a name that may be taken, both at the same owner's. Selected is an INBOX of one's own with a message.
  std::string_view command;
  std::string_view needs;              // all of these; none: whatever the rights are, the answer is the same
  std::string_view any = {};           // and one of these
  std::string_view shows = k_allowed;  // what the answer has only with these rights

  bool allows(std::string_view rights) const {
    const auto there = [&](char c) { return rights.find(c) != std::string_view::npos; };
    return std::ranges::all_of(needs, there) && (any.empty() || std::ranges::any_of(any, there));
  }
  bool needs_nothing() const { return needs.empty() && any.empty(); }
  // NO [NOPERM] to who may know of the mailbox; else: nothing is shown, or a URL is bad.
  bool refuses() const { return shows == k_allowed && !command.contains("{url}"); }
};

#define OCTETS "{12+}\r\nA: b\r\n\r\nxx\r\n"
constexpr Case k_cases[] = {
    {"SELECT {box}", "r"},
    {"EXAMINE {box}", "r"},
    {"STATUS {box} (MESSAGES)", "r"},
    {"LIST \"\" {box}", "l", "", "* LIST"},
    {"LIST \"\" {box} RETURN (MYRIGHTS)", "l", "", "* MYRIGHTS"},
    {"LIST \"\" {box} RETURN (STATUS (MESSAGES))", "lr", "", "* STATUS"},
    {"LIST \"\" {box} RETURN (METADATA (\"/shared/comment\"))", "lr", "", "* METADATA"},
    {"LSUB \"\" {box}", ""},
    {"SUBSCRIBE {box}", ""},
    {"UNSUBSCRIBE {box}", ""},
    {"NOTIFY SET (MAILBOXES {box} (MessageNew MessageExpunge))", ""},
    {"ESEARCH IN (mailboxes {box}) ALL", "r", "", "* ESEARCH"},
    {"ESEARCH IN (subtree {box}) ALL", "lr", "", "* ESEARCH"},
    {"APPEND {box} " OCTETS, "i"},
    {"APPEND INBOX CATENATE (URL \"/{url}/;UID=1\")", "r"},
    {"APPEND {box} ANNOTATION (/comment (value.shared \"x\")) " OCTETS, "in"},
    {"APPEND {box} ANNOTATION (/comment (value.priv \"x\")) " OCTETS, "ir"},
    {"REPLACE 1 {box} ANNOTATION (/comment (value.shared \"x\" value.priv \"x\")) " OCTETS, "irn"},
    {"COPY 1 {box}", "i"},
    {"UID COPY * {box}", "i"},
    {"MOVE 1 {box}", "i"},
    {"UID MOVE * {box}", "i"},
    {"REPLACE 1 {box} " OCTETS, "i"},
    {"UID REPLACE * {box} " OCTETS, "i"},
    {"GETMETADATA {box} /shared/comment", "l", "rswip"},
    {"SETMETADATA {box} (/shared/comment \"x\")", "lw"},
    {"GETQUOTAROOT {box}", "r"},
    {"MYRIGHTS {box}", "", "lrikxa"},
    {"GETACL {box}", "a"},
    {"SETACL {box} smith@example.org l", "a"},
    {"DELETEACL {box} smith@example.org", "a"},
    {"LISTRIGHTS {box} smith@example.org", "a"},
    {"CREATE {below}", "k"},
    {"RENAME {from} {below}", "k"},
    {"RENAME {box} {to}", "x"},
    {"DELETE {box}", "x"},
};

struct Names {
  std::string prefix, box;

  std::string fill(std::string_view command) const {
    std::string out(command);
    const auto put = [&](std::string_view token, const std::string& text) {
      if (const auto at = out.find(token); at != std::string::npos) out.replace(at, token.size(), text);
    };
    put("{box}", cat('"', prefix, box, '"'));
    put("{below}", cat('"', prefix, box, "/Sub\""));
    put("{from}", cat('"', prefix, "Desk/Source\""));
    put("{to}", cat('"', prefix, "Desk/Moved\""));
    put("{url}", encoded());
    return out;
  }
  std::string encoded() const {
    auto out = prefix + box;
    for (auto at = out.find(' '); at != std::string::npos; at = out.find(' ')) out.replace(at, 1, "%20");
    return out;
  }
  std::string without(std::string answer) const {
    for (const auto& name : {prefix + box, encoded()})
      for (auto at = answer.find(name); at != std::string::npos; at = answer.find(name))
        answer.replace(at, name.size(), "?");
    return answer;
  }
};

const Names k_there{"Other Users/ann@example.org/", "Team"}, k_not_there{"Other Users/ann@example.org/", "None"},
    k_nobody{"Other Users/nobody@example.org/", "Team"}, k_own{"", "Team"};

struct RightsMatrix : ClientTest {
  void SetUp() override {
    ClientTest::SetUp();
    ASSERT_TRUE(run(directory.add_account("bela@example.org", "pw")));
    ann_ = login();
    bela_ = connect();
    ASSERT_TRUE(has((*bela_)("LOGIN bela@example.org pw"), k_allowed));
    ASSERT_TRUE(has((*ann_)("CREATE Desk"), k_allowed));
    ASSERT_TRUE(has((*ann_)("SETACL Desk bela@example.org lkx"), k_allowed));
  }
  void TearDown() override {
    ann_.reset();
    bela_.reset();
    ClientTest::TearDown();
  }
  // Ann's mailboxes as at the beginning, and Team shared so.
  void prepare(std::string_view rights) {
    for (const auto* name : {"Team/Sub", "Team", "Desk/Source", "Desk/Moved"}) (*ann_)(cat("DELETE ", name));
    ASSERT_TRUE(has((*ann_)("CREATE Desk/Source"), k_allowed));
    ASSERT_TRUE(has((*ann_)("CREATE Team"), k_allowed));
    deliver(1, "Team");
    if (!rights.empty()) ASSERT_TRUE(has((*ann_)(cat("SETACL Team bela@example.org ", rights)), k_allowed));
  }
  static std::string ask(Client& client, const Case& c, const Names& names) {
    EXPECT_TRUE(has(client("APPEND INBOX " OCTETS), k_allowed));
    EXPECT_TRUE(has(client("SELECT INBOX"), k_allowed));
    auto answer = names.without(client(names.fill(c.command)));
    client(names.fill("UNSUBSCRIBE {box}"));
    client("NOTIFY NONE");
    client("SELECT INBOX");  // who has a mailbox selected that is deleted is sent away
    return answer;
  }
  std::string ask(const Case& c, const Names& names) { return ask(*bela_, c, names); }
  // Nothing tells that the mailbox is there.
  void expect_nothing(const Case& c, const std::string& answer) {
    EXPECT_EQ(answer, ask(c, k_not_there));
    if (!c.command.contains("{from}")) EXPECT_EQ(answer, ask(c, k_nobody));  // "from" is ann's
    EXPECT_EQ(has(answer, c.shows), c.needs_nothing() || c.shows.empty());
  }
  void expect_answer(const Case& c, std::string_view rights) {
    const auto answer = ask(c, k_there);
    EXPECT_EQ(has(answer, c.shows), c.allows(rights)) << answer;
    if (c.needs_nothing()) {
      expect_nothing(c, answer);
    } else if (!c.allows(rights)) {
      if (!rights.contains('l'))
        expect_nothing(c, answer);
      else if (c.refuses())
        EXPECT_TRUE(has(answer, "t NO [NOPERM]")) << answer;
    }
  }

  std::unique_ptr<Client> ann_, bela_;
};

TEST_F(RightsMatrix, None) {
  prepare("");
  for (const auto& c : k_cases) {
    SCOPED_TRACE(c.command);
    expect_nothing(c, ask(c, k_there));
  }
}

TEST_F(RightsMatrix, EachRightAlone) {
  for (const auto& c : k_cases)
    for (const char letter : k_letters) {
      SCOPED_TRACE(cat(letter, ' ', c.command));
      prepare({&letter, 1});
      expect_answer(c, {&letter, 1});
    }
}

TEST_F(RightsMatrix, AllButOne) {
  for (const auto& c : k_cases)
    for (const char letter : k_letters) {
      SCOPED_TRACE(cat('-', letter, ' ', c.command));
      std::string rights(k_letters);
      std::erase(rights, letter);
      prepare(rights);
      expect_answer(c, rights);
    }
}

TEST_F(RightsMatrix, NoMoreThanIsNeeded) {
  for (const auto& c : k_cases) {
    SCOPED_TRACE(c.command);
    const auto rights = cat(c.needs, c.any.substr(0, 1));
    prepare(rights);
    expect_answer(c, rights);
  }
}

TEST_F(RightsMatrix, Revoked) {
  for (const auto& c : k_cases) {
    SCOPED_TRACE(c.command);
    prepare(k_letters);
    ASSERT_TRUE(has((*ann_)("DELETEACL Team bela@example.org"), k_allowed));
    expect_nothing(c, ask(c, k_there));
  }
}

TEST_F(RightsMatrix, Own) {
  for (const auto& c : k_cases) {
    SCOPED_TRACE(c.command);
    prepare("");
    const auto answer = ask(*ann_, c, k_own);
    EXPECT_TRUE(has(answer, c.shows)) << answer;
  }
}

// RFC 5257 §3.4: of the selected mailbox, which takes "r": the user's own annotations with it, shared ones with "n".
TEST_F(RightsMatrix, AnnotationsOfTheSelected) {
  for (const char letter : k_letters) {
    SCOPED_TRACE(letter);
    prepare(letter == 'r' ? "r" : cat('r', letter));
    ASSERT_TRUE(has((*bela_)(k_there.fill("SELECT {box}")), k_allowed));
    EXPECT_TRUE(has((*bela_)("FETCH 1 ANNOTATION (/comment value)"), "(value.priv NIL value.shared NIL)"));
    EXPECT_TRUE(has((*bela_)("STORE 1 ANNOTATION (/comment (value.priv \"x\"))"), k_allowed));
    const auto shared = (*bela_)("STORE 1 ANNOTATION (/comment (value.shared \"x\"))");
    EXPECT_TRUE(has(shared, letter == 'n' ? k_allowed : "t NO [NOPERM]")) << shared;
    EXPECT_TRUE(has((*bela_)("SELECT INBOX"), k_allowed));
  }
}

// What is in one account stays there, whoever asks: the same answer whether or not there is such a user.
TEST_F(RightsMatrix, RenameNeverCrosses) {
  prepare(k_letters);
  (*bela_)("CREATE Mine");
  for (const auto* name : {"ann", "nobody"})
    EXPECT_TRUE(has((*bela_)(cat("RENAME Mine \"Other Users/", name, "@example.org/Desk/x\"")), "t NO [CANNOT]"))
        << name;
  EXPECT_TRUE(has((*bela_)("RENAME \"Other Users/ann@example.org/Team\" Taken"), "t NO [CANNOT]"));
}

}  // namespace
}  // namespace mailstead::imap
