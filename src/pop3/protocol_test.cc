// The details of RFC 1939, 2449, 3206, 5034 and 6856, and input that is not POP3.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/base64.h"
#include "pop3/session_fixture.h"

namespace mailstead::pop3 {
namespace {

using namespace std::string_literals;

const std::string k_login = "USER ann@example.org\r\nPASS pw\r\n";

TEST_F(Pop3, CapabilitiesInEachState) {
  const auto common = [](const std::string& expire) {
    return "+OK capabilities\r\nTOP\r\nUIDL\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nEXPIRE " + expire +
           "\r\nUTF8 USER\r\nLANG\r\nIMPLEMENTATION Mailstead\r\n";
  };
  const auto before = run(play(&context, "CAPA\r\n", true));
  EXPECT_EQ(before, "+OK mail.example.org Mailstead POP3 ready\r\n" + common("0 USER") +
                        "USER\r\nSASL PLAIN LOGIN\r\n.\r\n+OK bye\r\n");
  EXPECT_EQ(answers("CAPA\r\n"), common("NEVER") + ".\r\n");
  context.pipelining = true;
  EXPECT_NE(run(play(&context, "CAPA\r\n", true)).find("\r\nPIPELINING\r\n"), std::string::npos);
  EXPECT_NE(answers("CAPA\r\n").find("\r\nPIPELINING\r\n"), std::string::npos);
  context.login_delay_s = 60;
  EXPECT_NE(run(play(&context, "CAPA\r\n", true)).find("\r\nLOGIN-DELAY 60\r\n"), std::string::npos);
}

TEST_F(Pop3, LoginDelayHoldsForTheNextLoginOnly) {  // RFC 2449 §6.5
  context.login_delay_s = 60;
  EXPECT_EQ(dialog("").find("LOGIN-DELAY"), std::string::npos);
  EXPECT_NE(dialog("").find("-ERR [LOGIN-DELAY] "), std::string::npos);
  clock.advance_ms(60'000);
  EXPECT_EQ(dialog("").find("LOGIN-DELAY"), std::string::npos);
}

TEST_F(Pop3, ListAndUidlOfOne) {
  deliver("A: 1\r\n\r\none\r\n");
  deliver("x\r\n");
  EXPECT_EQ(
      answers("LIST 2\r\nLIST 3\r\nLIST 0\r\nUIDL 3\r\nLIST x\r\nDELE 2\r\nLIST 2\r\nUIDL 2\r\n"),
      "+OK 2 3\r\n-ERR no such message\r\n-ERR not a message number\r\n-ERR no such message\r\n"
      "-ERR not a message number\r\n+OK will be removed at QUIT\r\n-ERR no such message\r\n-ERR no such message\r\n");
  EXPECT_EQ(inbox(), 1U);
}

TEST_F(Pop3, RsetBringsBackAndQuitThenRemovesNothing) {
  deliver("x\r\n");
  EXPECT_EQ(answers("DELE 1\r\nRSET\r\nSTAT\r\n"), "+OK will be removed at QUIT\r\n+OK 1 messages\r\n+OK 1 3\r\n");
  EXPECT_EQ(inbox(), 1U);
}

TEST_F(Pop3, EmptyMailbox) {
  EXPECT_EQ(answers("STAT\r\nLIST\r\nUIDL\r\nRETR 1\r\nTOP 1 0\r\nDELE 1\r\nRSET\r\nNOOP\r\n"),
            "+OK 0 0\r\n+OK listing follows\r\n.\r\n+OK listing follows\r\n.\r\n-ERR no such message\r\n"
            "-ERR no such message\r\n-ERR no such message\r\n+OK 0 messages\r\n+OK \r\n");
}

TEST_F(Pop3, QuitBeforeLogin) {
  EXPECT_EQ(run(play(&context, "", true)), "+OK mail.example.org Mailstead POP3 ready\r\n+OK bye\r\n");
}

TEST_F(Pop3, AMessageThatDoesNotEndInALine) {
  deliver("A: 1\r\n\r\nlast");
  EXPECT_EQ(answers("LIST 1\r\nRETR 1\r\nTOP 1 5\r\nNOOP\r\n"),
            "+OK 1 12\r\n+OK 12 octets\r\nA: 1\r\n\r\nlast\r\n.\r\n+OK top of message follows\r\nA: "
            "1\r\n\r\nlast\r\n.\r\n+OK \r\n");
}

TEST_F(Pop3, OctetsGoOutAsTheyAre) {  // RFC 6856: 8-bit; and whatever else was stored
  const auto text = "A: \xC3\xA4\r\n\r\n\xE4\0\xFF lone\rand\nlf\r\n.\r\n"s;
  deliver(text);
  auto stuffed = text;
  stuffed.insert(stuffed.size() - 3, ".");
  EXPECT_EQ(answers("RETR 1\r\n"), "+OK " + std::to_string(text.size()) + " octets\r\n" + stuffed + ".\r\n");
}

TEST_F(Pop3, BigMessagesByTopAndRetr) {  // longer than what is read at once, with dots where pieces meet
  std::string text = "A: 1\r\n\r\n";
  for (int i = 0; i < 60'000; ++i) text += ".\r\n";
  deliver(text);
  const auto whole = answers("RETR 1\r\n");
  const auto top = answers("TOP 1 100000\r\n");
  EXPECT_EQ(whole.substr(whole.find('\n')), top.substr(top.find('\n')));
  EXPECT_EQ(whole.size(), text.size() + 60'000 + std::string("+OK 180008 octets\r\n.\r\n").size());
}

TEST_F(Pop3, AllAtOnceIsAnsweredInOrder) {  // RFC 2449 §6.8
  for (int i = 0; i < 40; ++i) deliver("n: " + std::to_string(i) + "\r\n");
  std::string commands, expected;
  for (int i = 0; i < 40; ++i) {
    commands += "RETR " + std::to_string(i + 1) + "\r\nDELE " + std::to_string(i + 1) + "\r\n";
    const auto text = "n: " + std::to_string(i) + "\r\n";
    expected += "+OK " + std::to_string(text.size()) + " octets\r\n" + text + ".\r\n+OK will be removed at QUIT\r\n";
  }
  EXPECT_EQ(answers(commands), expected);
  EXPECT_EQ(inbox(), 0U);
}

TEST_F(Pop3, WhatArrivesMeanwhileIsNotShown) {  // a snapshot: the next session sees it
  deliver("x\r\n");
  EXPECT_EQ(answers("STAT\r\n"), "+OK 1 3\r\n");
  deliver("yy\r\n");
  EXPECT_EQ(answers("STAT\r\n"), "+OK 2 7\r\n");
}

TEST_F(Pop3, Utf8AndLang) {  // RFC 6856
  EXPECT_EQ(run(play(&context, "UTF8\r\nLANG\r\nLANG en\r\nLANG *\r\nLANG tlh\r\n", true)),
            "+OK mail.example.org Mailstead POP3 ready\r\n+OK UTF-8 it is\r\n+OK languages\r\nen English\r\n.\r\n+OK "
            "en English\r\n"
            "+OK en English\r\n-ERR no such language\r\n+OK bye\r\n");
  EXPECT_EQ(answers("UTF8\r\n"), "-ERR not after login\r\n");
}

TEST_F(Pop3, TemporaryAndLastingFaultsHaveTheirCodes) {  // RFC 3206
  store.set({.fail_call = 1, .fail_later_too = true});
  EXPECT_NE(dialog("").find("-ERR [SYS/TEMP] "), std::string::npos);
  store.set({});
}

TEST_F(Pop3, WrongSasl) {  // RFC 5034 §4
  const auto told = [this](const std::string& lines) {
    const auto out = run(play(&context, lines, true));
    const auto at = out.find("ready\r\n") + 7;
    return out.substr(at, out.rfind("+OK bye") - at);
  };
  EXPECT_EQ(told("AUTH\r\n"), "+OK mechanisms\r\nPLAIN\r\nLOGIN\r\n.\r\n");
  EXPECT_EQ(told("AUTH FROB\r\n"), "-ERR no such mechanism here\r\n");
  EXPECT_EQ(told("AUTH PLAIN\r\n=\r\n"), "+ \r\n-ERR not base64\r\n");
  EXPECT_EQ(told("AUTH LOGIN\r\n*\r\n"), "+ VXNlcm5hbWU6\r\n-ERR cancelled\r\n");
  EXPECT_EQ(told("AUTH PLAIN =\r\n").substr(0, 5), "-ERR ");
  EXPECT_EQ(told("AUTH PLAIN\r\n" + std::string(20'000, 'A') + "\r\n"), "+ \r\n-ERR line too long\r\n");
  EXPECT_NE(told("AUTH LOGIN\r\n" + base64_encode("ann@example.org") + "\r\n" + base64_encode("pw") + "\r\n")
                .find("+OK 0 messages"),
            std::string::npos);
}

TEST_F(Pop3, LinesThatAreNoCommands) {
  EXPECT_EQ(
      answers(std::string(1'000'000, 'x') + "\r\nNOOP\r\nNO\0OP\r\n\xFF\xFE\r\n\r\nRETR 1 2\r\nRETR -1\r\nNOOP\r\n"s),
      "-ERR line too long\r\n+OK \r\n-ERR NUL in command\r\n-ERR unknown command\r\n-ERR unknown command\r\n"
      "-ERR not a message number\r\n-ERR not a message number\r\n+OK \r\n");
}

TEST_F(Pop3, CommandsOfTheOtherState) {
  EXPECT_EQ(
      answers("USER x\r\nPASS x\r\nAUTH PLAIN\r\nSTLS\r\nSTAT\r\n"),
      "-ERR not after login\r\n-ERR not after login\r\n-ERR not after login\r\n-ERR not after login\r\n+OK 0 0\r\n");
  EXPECT_EQ(
      run(play(&context, "PASS pw\r\nNOOP\r\nRETR 1\r\n" + k_login, true)),
      "+OK mail.example.org Mailstead POP3 ready\r\n-ERR USER first\r\n-ERR log in first\r\n-ERR log in first\r\n");
}

TEST_F(Pop3, HttpIsNotAnsweredForLong) {  // nothing is echoed, nothing after three lines is run
  EXPECT_EQ(run(play(&context, "POST /EVIL HTTP/1.1\r\nHost: EVIL\r\nX: EVIL\r\n\r\n" + k_login, true)),
            "+OK mail.example.org Mailstead POP3 ready\r\n-ERR unknown command\r\n-ERR unknown command\r\n-ERR unknown "
            "command\r\n");
}

TEST_F(Pop3, HangingUpInEachStateFreesTheMaildrop) {
  deliver("x\r\n");
  for (const auto& said : {""s, "USER ann@example.org\r\n"s, "AUTH PLAIN\r\n"s, k_login, k_login + "RETR 1\r\n",
                           k_login + "DELE 1\r\n", k_login + "RETR"})
    run(play(&context, said, false));
  EXPECT_EQ(answers("STAT\r\n"), "+OK 1 3\r\n");
}

TEST_F(Pop3, WhatComesBehindStlsIsNeverRun) {  // RFC 2595 §4, CVE-2011-0411
  char name[] = "/tmp/mailstead-pop3-XXXXXX";
  const std::string dir = mkdtemp(name);
  const net::TlsFiles files{dir + "/cert.pem", dir + "/key.pem"};
  ASSERT_TRUE(net::make_self_signed(files, {"localhost"}));
  context.tls = *net::TlsContext::make(files, "pop3");
  EXPECT_EQ(run(play(&context, "STLS\r\n" + k_login + "STAT\r\n", true)),
            "+OK mail.example.org Mailstead POP3 ready\r\n-ERR nothing may follow STLS\r\n");
  EXPECT_NE(run(play(&context, "CAPA\r\n", true)).find("\r\nSTLS\r\n"), std::string::npos);
  std::remove(files.certificate.c_str());
  std::remove(files.key.c_str());
  rmdir(dir.c_str());
}

}  // namespace
}  // namespace mailstead::pop3
