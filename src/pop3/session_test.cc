#include "pop3/session_fixture.h"

namespace mailstead::pop3 {
namespace {

TEST_F(Pop3, NumbersStayFixedAfterDele) {  // a rival shifts them and deletes the wrong mail
  for (const char* t : {"A: 1\r\n\r\none\r\n", "A: 2\r\n\r\ntwo\r\n", "A: 3\r\n\r\nthree\r\n"}) deliver(t);
  const auto out = answers("DELE 1\r\nLIST\r\nRETR 2\r\nLIST 1\r\nSTAT\r\n");
  EXPECT_NE(out.find("2 13\r\n3 15\r\n.\r\n"), std::string::npos) << out;
  EXPECT_NE(out.find("two"), std::string::npos);
  EXPECT_NE(out.find("-ERR no such message"), std::string::npos);
  EXPECT_NE(out.find("+OK 2 28\r\n"), std::string::npos);
  EXPECT_EQ(inbox(), 2U);
  EXPECT_EQ(run(account->removed(0, 9))->size(), 1U);
}

TEST_F(Pop3, DeletedMessagesAreGoneFromEveryAnswer) {  // a rival's STAT, LIST, UIDL and RETR ignore DELE
  deliver("A: 1\r\n\r\none\r\n");
  EXPECT_EQ(answers("DELE 1\r\nSTAT\r\nLIST\r\nUIDL\r\nRETR 1\r\nTOP 1 0\r\nDELE 1\r\n"),
            "+OK will be removed at QUIT\r\n+OK 0 0\r\n+OK listing follows\r\n.\r\n+OK listing follows\r\n.\r\n"
            "-ERR no such message\r\n-ERR no such message\r\n-ERR no such message\r\n");
}

TEST_F(Pop3, TopCountsBodyLinesNotHeaderLines) {  // a rival counts headers
  deliver("A: 1\r\nB: 2\r\n\r\none\r\n.two\r\nthree\r\n");
  EXPECT_EQ(answers("TOP 1 0\r\n"), "+OK top of message follows\r\nA: 1\r\nB: 2\r\n\r\n.\r\n");
  EXPECT_EQ(answers("TOP 1 2\r\n"), "+OK top of message follows\r\nA: 1\r\nB: 2\r\n\r\none\r\n..two\r\n.\r\n");
}

TEST_F(Pop3, QuitAnswersAfterTheCommitAndFailureIsTold) {  // a rival answers before it has removed anything
  deliver("x\r\n");
  const auto out = dialog("DELE 1\r\n");
  EXPECT_TRUE(out.ends_with("+OK bye\r\n"));
  EXPECT_EQ(inbox(), 0U);
}

TEST_F(Pop3, QuitTellsThatNothingWasRemoved) {  // RFC 1939 §6; a rival only logs it
  deliver("x\r\n");
  dialog("");  // the login is noted once an hour
  store.set({.fail_call = 1, .fail_later_too = true, .commits_only = true});
  const auto out = dialog("DELE 1\r\n");
  EXPECT_TRUE(out.ends_with("-ERR [SYS/TEMP] some messages marked for deletion were not removed\r\n")) << out;
  store.set({});
  EXPECT_EQ(inbox(), 1U);
}

TEST_F(Pop3, ACutLinkLeavesTheSameUidls) {  // so that no client that saves them late fetches a message twice
  deliver("x\r\n");
  deliver("y\r\n");
  const auto before = answers("UIDL\r\n");
  dialog("RETR 1\r\nDELE 1\r\nRETR 2\r\n", false);
  EXPECT_EQ(answers("UIDL\r\n"), before);
}

TEST_F(Pop3, WithoutQuitNothingIsRemoved) {  // RFC 1939 §6
  deliver("x\r\n");
  dialog("DELE 1\r\n", false);
  EXPECT_EQ(inbox(), 1U);
}

TEST_F(Pop3, OtherFoldersKeepTheirCopy) {  // a rival deletes the message object itself
  deliver("x\r\n");
  account::UidSet one;
  one.insert(model::Uid(1));
  ASSERT_TRUE(run(account->copy(account->find("INBOX")->id, one, account->find("Archive")->id, k_imap)));
  dialog("DELE 1\r\n");
  EXPECT_EQ(account->find("Archive")->messages, 1U);
}

TEST_F(Pop3, UidlsNeverRepeat) {  // a rival repeats them when INBOX is made again
  deliver("x\r\n");
  const auto first = answers("UIDL 1\r\n");
  EXPECT_EQ(answers("UIDL 1\r\n"), first);
  ASSERT_TRUE(run(account->rename("INBOX", "Old", k_imap)));
  deliver("y\r\n");
  EXPECT_NE(answers("UIDL 1\r\n"), first);
}

TEST_F(Pop3, ASecondSessionOfTheSameDeviceIsRefused) {  // all rivals but one let two cleaners race
  const auto id = run(directory.account("ann@example.org"))->id;
  ASSERT_TRUE(context.maildrops.enter({id.value, 0, ""}, clock.now(), 0));
  EXPECT_NE(dialog("").find("-ERR [IN-USE]"), std::string::npos);
  context.maildrops.leave({id.value, 0, ""}, 0);
  EXPECT_EQ(dialog("").find("IN-USE"), std::string::npos);
}

TEST_F(Pop3, ErrorsCarryTheirResponseCode) {  // a rival advertises RESP-CODES and sends none
  const auto out = run(play(&context, "USER ann@example.org\r\nPASS wrong\r\n", true));
  EXPECT_NE(out.find("-ERR [AUTH] "), std::string::npos) << out;
  const auto unknown = run(play(&context, "USER who@example.org\r\nPASS wrong\r\n", true));
  EXPECT_EQ(out, unknown);  // no sign of whether the account exists
}

TEST_F(Pop3, SizesAreExact) {
  const std::string text = "A: 1\r\n\r\n.dot\r\n..\r\nend\r\n";
  deliver(text);
  EXPECT_EQ(answers("LIST 1\r\nRETR 1\r\n"), "+OK 1 " + std::to_string(text.size()) + "\r\n+OK " +
                                                 std::to_string(text.size()) +
                                                 " octets\r\nA: 1\r\n\r\n..dot\r\n...\r\nend\r\n.\r\n");
}

TEST_F(Pop3, DevicesHaveTheirOwnViews) {
  context.policy = Policy::device;
  const auto phone = run(directory.add_device("ann@example.org", "phone", auth::pop3));
  deliver("x\r\n");
  dialog("DELE 1\r\n");
  EXPECT_NE(dialog("STAT\r\n").find("+OK 0 0"), std::string::npos);
  const auto other = run(play(&context, "USER ann@example.org\r\nPASS " + *phone + "\r\nSTAT\r\n", true));
  EXPECT_NE(other.find("+OK 1 3"), std::string::npos) << other;
  EXPECT_EQ(inbox(), 1U);
}

TEST_F(Pop3, CommandsOutOfStateAndRubbishEndTheSession) {
  const auto out = run(play(&context, "STAT\r\nGET / HTTP/1.1\r\nHost: x\r\nUSER ann@example.org\r\n", false));
  EXPECT_EQ(out, "");
  const auto told = run(play(&context, "STAT\r\nRETR 1\r\nNOOP\r\nUSER ann@example.org\r\n", true));
  EXPECT_EQ(told.find("password"), std::string::npos) << told;  // closed after three
  EXPECT_NE(dialog(std::string(20'000, 'x') + "\r\nSTAT\r\n").find("+OK 0 0"), std::string::npos);
}

TEST_F(Pop3, PasswordsNeedTls) {
  context.allow_plain_without_tls = false;
  EXPECT_NE(dialog("").find("-ERR [AUTH] use STLS first"), std::string::npos);
  EXPECT_EQ(run(play(&context, "CAPA\r\n", true)).find("USER\r\nSASL"), std::string::npos);
}

TEST_F(Pop3, SaslPlain) {
  EXPECT_NE(run(play(&context, "AUTH PLAIN AGFubkBleGFtcGxlLm9yZwBwdw==\r\n", true)).find("+OK 0 messages"),
            std::string::npos);
  EXPECT_NE(run(play(&context, "AUTH PLAIN\r\nAGFubkBleGFtcGxlLm9yZwBwdw==\r\n", true)).find("+OK 0 messages"),
            std::string::npos);
  EXPECT_NE(run(play(&context, "AUTH PLAIN\r\n*\r\n", true)).find("-ERR cancelled"), std::string::npos);
  EXPECT_NE(run(play(&context, "AUTH PLAIN !!!\r\n", true)).find("-ERR not base64"), std::string::npos);
}

}  // namespace
}  // namespace mailstead::pop3
