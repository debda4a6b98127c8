#include "smtp/server/session.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "base/base64.h"
#include "base/metrics.h"
#include "net/connection.h"
#include "net/memory_stream.h"
#include "runtime/group.h"
#include "store/mem/mem_store.h"

namespace mailstead::smtp {
namespace {

using namespace std::string_literals;

constexpr auth::PasswordCost k_cheap{.argon2_passes = 1, .argon2_bytes = 8 * 1024, .scram_iterations = 4096};

// As a listener does: a connection that is over is no error.
Task<void> served(std::unique_ptr<net::Stream> stream, Context* context, Role role) {
  try {
    co_await serve(std::move(stream), *context, role);
  } catch (const net::ConnectionOver&) {
  }
}

// Sends each piece, lets the server work it off, and reads all it ever answers.
Task<std::string> play(Context* context, Role role, std::vector<std::string> pieces) {
  auto [client, server] = net::memory_pipe();
  Group group;
  group.spawn_on(Home::current(), served(std::move(server), context, role));
  for (const auto& piece : pieces) {
    try {
      co_await client->write(piece);
    } catch (const net::ConnectionOver&) {
      break;  // the server has closed: what it said is still to be read
    }
    for (int i = 0; i < 50; ++i) co_await Home::current().yield();
  }
  net::Connection c(std::move(client));
  std::string out;
  while (co_await c.fill()) {
    out += c.input();
    c.consume(c.input().size());
  }
  co_await group.wait();
  co_return out;
}

// Says its piece and closes without a word.
Task<void> hang_up(Context* context, Role role, std::string text) {
  auto [client, server] = net::memory_pipe();
  Group group;
  group.spawn_on(Home::current(), served(std::move(server), context, role));
  co_await client->write(text);
  for (int i = 0; i < 50; ++i) co_await Home::current().yield();
  client->close();
  co_await group.wait();
}

struct Smtp : testing::Test {
  Runtime rt{1, 1, 1};
  ManualClock clock;
  store::MemStore store{clock};
  auth::Directory directory{store, clock, k_cheap};
  auth::Authenticator authenticator{directory, rt, clock};
  account::Registry accounts{rt, store, clock, {}};
  delivery::Pipeline pipeline{directory, accounts, clock, "mx.example.org"};
  Context context{pipeline, directory, authenticator, "mx.example.org", nullptr, true, 100'000};
  account::AccountRef ann, bob;

  template <class T>
  T run(Task<T> task) {
    return block_on(rt.home(0), std::move(task));
  }
  void SetUp() override {
    ASSERT_TRUE(run(directory.add_domain("example.org")));
    ann = *run(accounts.open(*run(directory.add_account("ann@example.org", "pw"))));
    bob = *run(accounts.open(*run(directory.add_account("bob@example.org", "pw"))));
  }
  // All lines at once, after EHLO, with QUIT at the end; the answers without the greeting, EHLO's and QUIT's.
  std::string answers(std::string lines, Role role = Role::mx) {
    const auto hello = role == Role::lmtp ? "LHLO c.example\r\n"s : "EHLO c.example\r\n"s;
    auto all = run(play(&context, role, {hello, std::move(lines), "QUIT\r\n"}));
    all.erase(0, all.find("250 ENHANCEDSTATUSCODES\r\n") + 25);
    if (const auto bye = all.rfind("221 2.0.0 "); bye != std::string::npos) all.erase(bye);
    return all;
  }
  // In the order DATA wants: the message only after 354.
  std::string send(std::string envelope, std::string message, Role role = Role::mx) {
    const auto hello = role == Role::lmtp ? "LHLO c.example\r\n"s : "EHLO c.example\r\n"s;
    auto all = run(play(&context, role, {hello, std::move(envelope) + "DATA\r\n", std::move(message), "QUIT\r\n"}));
    all.erase(0, all.find("250 ENHANCEDSTATUSCODES\r\n") + 25);
    if (const auto bye = all.rfind("221 2.0.0 "); bye != std::string::npos) all.erase(bye);
    return all;
  }
  std::uint64_t inbox(const account::AccountRef& a) { return a->find("INBOX")->messages; }
  std::string message(const account::AccountRef& a, std::size_t i = 0, std::string mailbox = "INBOX") {
    const auto open = *run(a->open(a->find(mailbox)->id));
    return *run(a->read(model::ContentId(open->rows->at(i).content), 0, 1'000'000));
  }
};

const std::string k_to_ann = "MAIL FROM:<x@else.example>\r\nRCPT TO:<ann@example.org>\r\n";
const std::string k_login = "AUTH PLAIN " + base64_encode("\0ann@example.org\0pw"s) + "\r\n";
const std::string k_message = "Subject: hi\r\n\r\nbody\r\n.\r\n";

TEST_F(Smtp, KeywordsAreExactlyThese) {
  EXPECT_EQ(run(play(&context, Role::mx, {"EHLO c.example\r\nQUIT\r\n"})),
            "220 mx.example.org ESMTP Mailstead\r\n250-mx.example.org\r\n250-PIPELINING\r\n250-SIZE 100000\r\n"
            "250-8BITMIME\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n250-LIMITS RCPTMAX=1000\r\n250 ENHANCEDSTATUSCODES\r\n"
            "221 2.0.0 mx.example.org bye\r\n");
  EXPECT_EQ(run(play(&context, Role::lmtp, {"LHLO c.example\r\nQUIT\r\n"})),
            "220 mx.example.org LMTP Mailstead\r\n250-mx.example.org\r\n250-PIPELINING\r\n250-SIZE 100000\r\n"
            "250-8BITMIME\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n250-LIMITS RCPTMAX=1000\r\n250 ENHANCEDSTATUSCODES\r\n"
            "221 2.0.0 mx.example.org bye\r\n");
  EXPECT_EQ(run(play(&context, Role::submission, {"EHLO c.example\r\nQUIT\r\n"})),
            "220 mx.example.org ESMTP Mailstead\r\n250-mx.example.org\r\n250-PIPELINING\r\n250-SIZE 100000\r\n"
            "250-8BITMIME\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n250-LIMITS RCPTMAX=1000\r\n250-AUTH PLAIN LOGIN\r\n"
            "250 ENHANCEDSTATUSCODES\r\n221 2.0.0 mx.example.org bye\r\n");
  context.allow_plain_without_tls = false;
  EXPECT_EQ(run(play(&context, Role::submission, {"EHLO c.example\r\nQUIT\r\n"})).find("AUTH"), std::string::npos);
}

TEST_F(Smtp, HelloOfTheOtherProtocolIsRefused) {  // RFC 2033 §4.1
  for (const auto& [role, line] : {std::pair{Role::lmtp, "EHLO c\r\n"},
                                   {Role::lmtp, "HELO c\r\n"},
                                   {Role::mx, "LHLO c\r\n"},
                                   {Role::submission, "LHLO c\r\n"}})
    EXPECT_NE(run(play(&context, role, {line + "MAIL FROM:<>\r\nQUIT\r\n"s}))
                  .find("500 5.5.1 command not recognised\r\n"
                        "503 5.5.1 EHLO first\r\n"),
              std::string::npos)
        << line;
  EXPECT_NE(run(play(&context, Role::mx, {"HELO c\r\nMAIL FROM:<>\r\nQUIT\r\n"}))
                .find("250 mx.example.org\r\n250 2.1.0 ok\r\n"),
            std::string::npos);
}

TEST_F(Smtp, DeliversWithItsTraceHeaders) {
  EXPECT_EQ(send(k_to_ann, k_message),
            "250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 go ahead; end with <CRLF>.<CRLF>\r\n250 2.0.0 delivered\r\n");
  const auto text = message(ann);
  EXPECT_TRUE(
      text.starts_with("Return-Path: <x@else.example>\r\nDelivered-To: ann@example.org\r\n"
                       "Received: from c.example ([memory])\r\n\tby mx.example.org with ESMTP id "))
      << text;
  EXPECT_NE(
      text.find("\r\n\tfor <ann@example.org>;\r\n\tFri, 15 Jan 2027 08:00:00 +0000\r\nSubject: hi\r\n\r\nbody\r\n"),
      std::string::npos)
      << text;
  EXPECT_EQ(text.find("Message-ID"), std::string::npos);  // only submission completes messages
}

TEST_F(Smtp, NullSenderPostmasterAndTheSpaceOfOldTools) {
  auto& quirks = metrics::counter("quirk_mail_from_space_total");
  const auto before = quirks.get();
  ASSERT_TRUE(run(directory.add_alias("postmaster@example.org", {"bob@example.org"})));
  EXPECT_NE(send("MAIL FROM: <>\r\nRCPT TO: <Postmaster>\r\n", k_message).find("delivered"), std::string::npos);
  EXPECT_EQ(quirks.get(), before + 1);
  EXPECT_TRUE(message(bob).starts_with("Return-Path: <>\r\nDelivered-To: Postmaster@example.org\r\n")) << message(bob);
}

TEST_F(Smtp, PlusAddressing) {
  EXPECT_NE(send("MAIL FROM:<>\r\nRCPT TO:<ann+archive@example.org>\r\n", k_message).find("delivered"),
            std::string::npos);
  EXPECT_NE(send("MAIL FROM:<>\r\nRCPT TO:<ann+nowhere@example.org>\r\n", k_message).find("delivered"),
            std::string::npos);
  EXPECT_EQ(ann->find("Archive")->messages, 1U);
  EXPECT_EQ(inbox(ann), 1U);
  EXPECT_NE(message(ann, 0, "Archive").find("Delivered-To: ann+archive@example.org\r\n"), std::string::npos);
}

TEST_F(Smtp, CommandsOutOfOrder) {
  EXPECT_EQ(run(play(&context, Role::mx, {"MAIL FROM:<a@b>\r\nQUIT\r\n"})).find("503 5.5.1 EHLO first"), 36U);
  EXPECT_EQ(answers("RCPT TO:<ann@example.org>\r\nDATA\r\nBDAT 3\r\nabcMAIL FROM:<a@b>\r\nMAIL FROM:<a@b>\r\nDATA\r\n"),
            "503 5.5.1 MAIL first\r\n503 5.5.1 RCPT first\r\n503 5.5.1 RCPT first\r\n250 2.1.0 ok\r\n"
            "503 5.5.1 one at a time\r\n503 5.5.1 RCPT first\r\n");
  EXPECT_EQ(answers(k_to_ann + "RSET\r\nDATA\r\n"),
            "250 2.1.0 ok\r\n250 2.1.5 ok\r\n250 2.0.0 ok\r\n503 5.5.1 RCPT first\r\n");
  EXPECT_EQ(inbox(ann), 0U);
}

TEST_F(Smtp, SmallCommands) {
  EXPECT_EQ(answers("NOOP\r\nNOOP with words\r\nVRFY ann\r\nEXPN list\r\nHELP\r\nRSET\r\nnoop\r\nFROB\r\nAUTH PLAIN\r\n"
                    "STARTTLS\r\nRSET now\r\n"),
            "250 2.0.0 ok\r\n250 2.0.0 ok\r\n252 2.1.5 send some mail and see\r\n502 5.5.1 not here\r\n"
            "214 2.0.0 RFC 5321\r\n250 2.0.0 ok\r\n250 2.0.0 ok\r\n500 5.5.1 command not recognised\r\n"
            "502 5.5.1 no AUTH here\r\n502 5.5.1 no STARTTLS here\r\n501 5.5.4 syntax: no parameters expected\r\n");
}

// RFC 2034 §3: each 2xx, 4xx and 5xx after EHLO but EHLO's own.
TEST_F(Smtp, EveryReplyHasAnEnhancedCodeOfItsClass) {
  const auto all = answers(
      "NOOP\r\nVRFY x\r\nEXPN x\r\nHELP\r\nFROB\r\nMAIL FROM\r\nMAIL FROM:<a b>\r\nMAIL FROM:<a@b> X=1\r\n"
      "MAIL FROM:<a@b> SIZE=100001\r\n" +
      k_to_ann +
      "RCPT TO:<who@example.org>\r\nRCPT TO:<x@y.example>\r\nRCPT TO:<>\r\nBDAT 3\r\nabcDATA\r\nBDAT 0 LAST\r\n" +
      std::string(3000, 'x') + "\r\n");
  std::size_t lines = 0;
  for (std::size_t at = 0; at < all.size(); at = all.find("\r\n", at) + 2, ++lines) {
    EXPECT_EQ(all[at + 3], ' ');
    EXPECT_EQ(all[at], all[at + 4]) << all.substr(at, 60);
    EXPECT_EQ(all.substr(at + 5, 1), ".") << all.substr(at, 60);
  }
  EXPECT_EQ(lines, 18U) << all;
}

TEST_F(Smtp, ParametersOfMail) {
  EXPECT_EQ(answers("MAIL FROM:<a@b> SIZE=100000 BODY=8BITMIME\r\nRSET\r\nMAIL FROM:<a@b> SIZE=100001\r\n"
                    "MAIL FROM:<a@b> BODY=BINARYMIME\r\nMAIL FROM:<a@b> SIZE=x\r\nMAIL FROM:<\xC3\xA4@b>\r\n"
                    "MAIL FROM:<\xC3\xA4@b> SMTPUTF8\r\n"),
            "250 2.1.0 ok\r\n250 2.0.0 ok\r\n552 5.3.4 message too big\r\n555 5.5.4 parameter not supported\r\n"
            "501 5.5.4 syntax: SIZE\r\n501 5.5.4 syntax: non-ASCII address without SMTPUTF8\r\n250 2.1.0 ok\r\n");
}

TEST_F(Smtp, Smtputf8) {  // RFC 6531 §3.5, §4.3
  ASSERT_TRUE(run(directory.add_alias("j\xC3\xB6rg@example.org", {"ann@example.org"})));
  EXPECT_EQ(answers("MAIL FROM:<a@b>\r\nRCPT TO:<j\xC3\xB6rg@example.org>\r\n"),
            "250 2.1.0 ok\r\n553 5.6.7 that address needs SMTPUTF8\r\n");
  EXPECT_NE(
      send("MAIL FROM:<a@b> SMTPUTF8\r\nRCPT TO:<j\xC3\xB6rg@example.org>\r\n", k_message).find("2.0.0 delivered"),
      std::string::npos);
  EXPECT_NE(message(ann).find(" with UTF8SMTP id "), std::string::npos);
}

TEST_F(Smtp, TooBigIsToldAfterTheData) {
  const auto big = std::string(1000, 'x') + "\r\n";
  std::string text;
  for (int i = 0; i < 110; ++i) text += big;
  EXPECT_TRUE(send(k_to_ann, text + ".\r\n").ends_with("552 5.3.4 message too big\r\n"));
  EXPECT_TRUE(
      send("MAIL FROM:<>\r\nRCPT TO:<ann@example.org>\r\nRCPT TO:<bob@example.org>\r\n", text + ".\r\n", Role::lmtp)
          .ends_with("552 5.3.4 message too big\r\n552 5.3.4 message too big\r\n"));
  EXPECT_EQ(inbox(ann), 0U);
}

// RFC 3030 §2
TEST_F(Smtp, Chunks) {
  EXPECT_EQ(answers(k_to_ann + "BDAT 7\r\nA: 1\r\n\rBDAT 1\r\n\nBDAT 6 LAST\r\n.\r\nx\r\nNOOP\r\n"),
            "250 2.1.0 ok\r\n250 2.1.5 ok\r\n250 2.0.0 chunk taken\r\n250 2.0.0 chunk taken\r\n250 2.0.0 delivered\r\n"
            "250 2.0.0 ok\r\n");
  EXPECT_TRUE(message(ann).ends_with("A: 1\r\n\r\n.\r\nx\r\n")) << message(ann);  // dots mean nothing here
  EXPECT_TRUE(
      answers(k_to_ann + "BDAT 8\r\nA: 1\r\n\r\nBDAT 0 LAST\r\n").ends_with("chunk taken\r\n250 2.0.0 delivered\r\n"));
  EXPECT_TRUE(answers(k_to_ann + "BDAT 0 LAST\r\n").ends_with("250 2.0.0 delivered\r\n"));
  EXPECT_EQ(inbox(ann), 3U);
}

TEST_F(Smtp, ChunksThatCannotBe) {
  EXPECT_TRUE(
      answers(k_to_ann + "BDAT 3\r\nabcDATA\r\nRCPT TO:<bob@example.org>\r\nRSET\r\nNOOP\r\n")
          .ends_with("chunk taken\r\n503 5.5.1 BDAT or DATA, not both\r\n503 5.5.1 MAIL first\r\n250 2.0.0 ok\r\n"
                     "250 2.0.0 ok\r\n"));
  const std::string half(60'000, 'x');
  EXPECT_TRUE(answers(k_to_ann + "BDAT 60000\r\n" + half + "BDAT 60000\r\n" + half + "BDAT 3 LAST\r\nabcNOOP\r\n")
                  .ends_with("chunk taken\r\n552 5.3.4 message too big\r\n503 5.5.1 RCPT first\r\n250 2.0.0 ok\r\n"));
  EXPECT_TRUE(
      answers(k_to_ann + "BDAT 18446744073709551615 LAST\r\nNOOP\r\n").ends_with("552 5.3.4 chunk too big\r\n"));
  EXPECT_TRUE(answers(k_to_ann + "BDAT\r\nBDAT x\r\nBDAT -1\r\nBDAT 1 LASTING\r\n")
                  .ends_with("501 5.5.4 syntax: BDAT size [LAST]\r\n501 5.5.4 syntax: BDAT size [LAST]\r\n"
                             "501 5.5.4 syntax: BDAT size [LAST]\r\n501 5.5.4 syntax: BDAT size [LAST]\r\n"));
  EXPECT_EQ(inbox(ann), 0U);
}

TEST_F(Smtp, ChunksAreLinesToo) {  // no BINARYMIME: what DATA refuses BDAT does not bring in
  for (const auto& text : {"a\nb\r\n"s, "a\rb\r\n"s, "a\0b\r\n"s, "a\r\n.\n\r\n"s, "a\r"s})
    EXPECT_TRUE(answers(k_to_ann + "BDAT " + std::to_string(text.size()) + " LAST\r\n" + text)
                    .ends_with("550 5.6.0 bare CR, bare LF or NUL in the message\r\n"));
  EXPECT_EQ(inbox(ann), 0U);
}

TEST_F(Smtp, LmtpAnswersForEachRecipient) {  // RFC 2033 §4.2; of chunks only at the last
  const auto both =
      "MAIL FROM:<>\r\nRCPT TO:<ann@example.org>\r\nRCPT TO:<who@example.org>\r\nRCPT TO:<bob@example.org>\r\n"s;
  EXPECT_EQ(send(both, k_message, Role::lmtp),
            "250 2.1.0 ok\r\n250 2.1.5 ok\r\n550 5.1.1 no such user here\r\n250 2.1.5 ok\r\n"
            "354 go ahead; end with <CRLF>.<CRLF>\r\n250 2.1.5 delivered\r\n250 2.1.5 delivered\r\n");
  const std::string half(60'000, 'x');
  EXPECT_TRUE(answers(both + "BDAT 60000\r\n" + half + "BDAT 60000\r\n" + half + "NOOP\r\n", Role::lmtp)
                  .ends_with("chunk taken\r\n552 5.3.4 message too big\r\n250 2.0.0 ok\r\n"));
  EXPECT_NE(message(ann).find(" with LMTP id "), std::string::npos);
  EXPECT_EQ(message(ann).find("\tfor <"), std::string::npos);  // tells nobody of the others
}

// reliability: none of these ends the message, whatever follows is text, and the whole is refused.
TEST_F(Smtp, SmuggledEndsAreRefusedAndRunNothing) {
  for (const auto& end : {"\n.\n"s, "\n.\r"s, "\r.\n"s, "\r.\r"s, "\n.\r\n"s, "\r.\r\n"s, "\r\n.\n"s, "\r\n.\r"s,
                          "\r\n\0.\r\n"s, "\r\n.\0\r\n"s, "\r\n.\r\r\n"s, "\r\r\n.\r\r\n"s})
    for (const auto& before : {""s, "A: 1\r\n\r\n"s, "A: 1\r\n\r\nbody"s}) {
      const auto text = before + end + "MAIL FROM:<evil@x>\r\nRCPT TO:<bob@example.org>\r\n.\r\n";
      const auto out = send(k_to_ann, text);
      EXPECT_EQ(out,
                "250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 go ahead; end with <CRLF>.<CRLF>\r\n"
                "550 5.6.0 bare CR, bare LF or NUL in the message\r\n")
          << testing::PrintToString(text);
    }
  EXPECT_EQ(inbox(ann) + inbox(bob), 0U);
}

TEST_F(Smtp, TextBehindDataIsRefusedFromStrangers) {  // RFC 2920 §3.1: DATA ends a group
  EXPECT_TRUE(answers(k_to_ann + "DATA\r\n" + k_message).ends_with("554 5.5.0 wait for 354\r\n"));
  EXPECT_TRUE(answers(k_to_ann + "DATA\r\n" + k_message, Role::lmtp).ends_with("250 2.1.5 delivered\r\n"));
}

TEST_F(Smtp, NoRelay) {
  for (const auto* to : {"<x@else.example>",
                         "<ann%else.example@else.example>",
                         "<ann@example.org@else.example>",
                         "<@example.org:x@else.example>",
                         "<@else.example:x@else.example>",
                         "<x@[192.0.2.1]>",
                         "<\"x@else.example\"@example.org>",
                         "<x%else.example@example.org>",
                         "<else.example!x@example.org>",
                         "<x@else.example@example.org>",
                         "<x@example.org.else.example>",
                         "<x>",
                         "<\"x@else.example\">",
                         "<x@[IPv6:::1]>",
                         "<@a,@b:x@else.example>",
                         "<\"x\"@else.example>",
                         "<x@localhost>",
                         "<x@EXAMPLE.ORG.>",
                         "<x @else.example>",
                         "<x@else.example,ann@example.org>"}) {
    const auto out = answers("MAIL FROM:<ann@example.org>\r\nRCPT TO:"s + to + "\r\n");
    EXPECT_TRUE(out.starts_with("250 2.1.0 ok\r\n5")) << to << out;
    EXPECT_FALSE(out.starts_with("250 2.1.0 ok\r\n500")) << to << out;
  }
  EXPECT_EQ(answers("MAIL FROM:<a@b>\r\nRCPT TO:<x@else.example>\r\n"),
            "250 2.1.0 ok\r\n550 5.7.1 we do not relay to that domain\r\n");
  // A source route to one of ours is ignored (RFC 5321 §3.6.1).
  EXPECT_TRUE(answers("MAIL FROM:<a@b>\r\nRCPT TO:<@else.example:ann@example.org>\r\n").ends_with("250 2.1.5 ok\r\n"));
}

TEST_F(Smtp, SubmissionWantsALogin) {
  EXPECT_EQ(answers("MAIL FROM:<ann@example.org>\r\n", Role::submission), "530 5.7.0 authentication required\r\n");
  EXPECT_EQ(
      answers(k_login + "MAIL FROM:<ann@example.org>\r\nRCPT TO:<x@else.example>\r\nRCPT TO:<bob@example.org>\r\n",
              Role::submission),
      "235 2.7.0 welcome\r\n250 2.1.0 ok\r\n550 5.7.1 remote delivery is not available yet\r\n250 2.1.5 ok\r\n");
  EXPECT_EQ(answers(k_login + k_login + "MAIL FROM:<bob@example.org>\r\nMAIL FROM:<x@else.example>\r\nMAIL FROM:<>\r\n",
                    Role::submission),
            "235 2.7.0 welcome\r\n503 5.5.1 not now\r\n553 5.7.1 not an address of yours\r\n"
            "553 5.7.1 not an address of yours\r\n250 2.1.0 ok\r\n");
  ASSERT_TRUE(run(directory.add_alias("sales@example.org", {"ann@example.org", "bob@example.org"})));
  EXPECT_TRUE(
      answers(k_login + "MAIL FROM:<sales@example.org>\r\nRSET\r\nMAIL FROM:<Ann+x@example.org>\r\n", Role::submission)
          .ends_with("250 2.1.0 ok\r\n250 2.0.0 ok\r\n250 2.1.0 ok\r\n"));
}

TEST_F(Smtp, SubmissionCompletesTheMessage) {
  const auto envelope = k_login + "MAIL FROM:<ann@example.org>\r\nRCPT TO:<bob@example.org>\r\n";
  EXPECT_TRUE(send(envelope, k_message, Role::submission).ends_with("250 2.0.0 delivered\r\n"));
  EXPECT_NE(message(bob).find("+0000\r\nMessage-ID: <"), std::string::npos) << message(bob);
  EXPECT_NE(message(bob).find(" with ESMTPA id "), std::string::npos);
  EXPECT_TRUE(send(envelope, "message-id: <1@x>\r\n\r\n.\r\n", Role::submission).ends_with("250 2.0.0 delivered\r\n"));
  EXPECT_EQ(message(bob, 1).find("Message-ID"), std::string::npos);
}

TEST_F(Smtp, WrongAuthentication) {
  EXPECT_EQ(
      answers(
          "AUTH FROB\r\nAUTH\r\nAUTH PLAIN !\r\nAUTH PLAIN\r\n!\r\nAUTH PLAIN\r\n*\r\nAUTH LOGIN\r\n*\r\nAUTH PLAIN " +
              base64_encode("no zeros") + "\r\nAUTH SCRAM-SHA-256 x\r\n",
          Role::submission),
      "504 5.5.4 no such mechanism\r\n501 5.5.4 syntax: which mechanism?\r\n501 5.5.2 not base64\r\n334 \r\n"
      "501 5.5.2 not base64\r\n334 \r\n501 5.7.0 cancelled\r\n334 VXNlcm5hbWU6\r\n501 5.7.0 cancelled\r\n"
      "501 5.5.2 malformed PLAIN message\r\n504 5.5.4 no such mechanism\r\n");
  EXPECT_EQ(answers("AUTH LOGIN\r\n" + base64_encode("ann@example.org") + "\r\n" + base64_encode("pw") + "\r\n",
                    Role::submission),
            "334 VXNlcm5hbWU6\r\n334 UGFzc3dvcmQ6\r\n235 2.7.0 welcome\r\n");
  context.allow_plain_without_tls = false;
  EXPECT_EQ(answers(k_login, Role::submission), "538 5.7.11 STARTTLS first\r\n");
}

TEST_F(Smtp, ThreeWrongPasswordsEndTheSession) {
  const auto wrong = "AUTH PLAIN " + base64_encode("\0ann@example.org\0no"s) + "\r\n";
  EXPECT_EQ(answers(wrong + wrong + wrong + k_login, Role::submission),
            "535 5.7.8 wrong user name or password\r\n535 5.7.8 wrong user name or password\r\n"
            "535 5.7.8 wrong user name or password\r\n421 4.7.0 mx.example.org too many errors\r\n");
}

TEST_F(Smtp, LinesAndBytesThatAreNoCommands) {
  EXPECT_EQ(answers(std::string(1'000'000, 'x') +
                    "\r\nNOOP\r\nNOOP \0\r\nNOOP \xFF\r\n\x01\r\nNOOP a\rRSET\r\n\r\nNOOP\r\n"s),
            "500 5.5.2 line too long\r\n250 2.0.0 ok\r\n501 5.5.4 syntax: control character in a command\r\n"
            "501 5.5.4 syntax: not UTF-8\r\n501 5.5.4 syntax: control character in a command\r\n"
            "501 5.5.4 syntax: control character in a command\r\n500 5.5.1 command not recognised\r\n250 2.0.0 ok\r\n");
  // Only AUTH may be longer than other commands (RFC 4954 §4).
  EXPECT_EQ(
      answers("NOOP " + std::string(3000, 'x') + "\r\nAUTH PLAIN " + std::string(3000, '!') + "\r\n", Role::submission),
      "500 5.5.2 line too long\r\n501 5.5.2 not base64\r\n");
}

TEST_F(Smtp, TooManyErrorsEndIt) {
  std::string rubbish;
  for (int i = 0; i < 30; ++i) rubbish += "FROB\r\n";
  const auto out = answers(rubbish);
  EXPECT_TRUE(out.ends_with("421 4.7.0 mx.example.org too many errors\r\n"));
  EXPECT_EQ(out.size(), 20 * 34 + 42U);
  std::string guesses = "MAIL FROM:<>\r\n";
  for (int i = 0; i < 120; ++i) guesses += "RCPT TO:<u" + std::to_string(i) + "@example.org>\r\n";
  EXPECT_TRUE(answers(guesses).ends_with("421 4.7.0 mx.example.org too many errors\r\n"));
}

TEST_F(Smtp, TooManyRecipients) {
  std::string lines = "MAIL FROM:<>\r\n";
  for (int i = 0; i < 1001; ++i) lines += "RCPT TO:<ann+" + std::to_string(i) + "@example.org>\r\n";
  EXPECT_TRUE(answers(lines).ends_with("250 2.1.5 ok\r\n452 4.5.3 too many recipients\r\n"));
}

TEST_F(Smtp, HttpIsSentAway) {  // nothing of it is echoed, and what follows is not run
  for (const auto* request :
       {"GET /EVIL HTTP/1.1\r\n", "POST /EVIL HTTP/1.1\r\n", "Host: EVIL\r\n", "CONNECT EVIL:443 HTTP/1.1\r\n"})
    for (const auto role : {Role::mx, Role::submission, Role::lmtp}) {
      const auto out = run(play(&context, role, {request + "\r\nEHLO x\r\nQUIT\r\n"s}));
      EXPECT_TRUE(out.ends_with(" Mailstead\r\n421 4.7.0 mx.example.org this is not HTTP\r\n")) << out;
    }
}

TEST_F(Smtp, HangingUpInAnyStateLosesNothingAndKeepsNothing) {
  const std::string steps[] = {"",         "EHLO x\r\n",        "MAIL FROM:<a@b>\r\n", "RCPT TO:<ann@example.org>\r\n",
                               "DATA\r\n", "A: 1\r\n\r\nx\r\n."};
  std::string said;
  for (const auto& step : steps) {
    said += step;
    run(hang_up(&context, Role::lmtp, said));
  }
  run(hang_up(&context, Role::lmtp, "LHLO x\r\n" + k_to_ann + "BDAT 100 LAST\r\nA: 1\r\n\r\n"));
  run(hang_up(&context, Role::lmtp, "LHLO x\r\n" + k_to_ann + "BDAT 6\r\nA: 1\r\n"));
  run(hang_up(&context, Role::submission, "EHLO x\r\nAUTH PLAIN\r\n"));
  EXPECT_EQ(inbox(ann), 0U);
}

TEST_F(Smtp, WhatComesBehindStarttlsIsNeverRun) {  // RFC 3207 §4.2, CVE-2011-0411
  char name[] = "/tmp/mailstead-smtp-XXXXXX";
  const std::string dir = mkdtemp(name);
  const net::TlsFiles files{dir + "/cert.pem", dir + "/key.pem"};
  ASSERT_TRUE(net::make_self_signed(files, {"localhost"}));
  context.tls = *net::TlsContext::make(files, "smtp");
  EXPECT_TRUE(answers("STARTTLS\r\n" + k_to_ann).ends_with("554 5.5.0 nothing may follow STARTTLS\r\n"));
  // Nothing from before TLS holds after it; STARTTLS is offered once.
  const auto out = run(play(&context, Role::mx,
                            {"EHLO x\r\n", "MAIL FROM:<a@b>\r\n", "STARTTLS\r\n", "RCPT TO:<ann@example.org>\r\n",
                             "MAIL FROM:<a@b>\r\n", "EHLO x\r\nSTARTTLS\r\nQUIT\r\n"}));
  EXPECT_NE(out.find("250-STARTTLS\r\n"), std::string::npos);
  EXPECT_NE(out.find("220 2.0.0 begin TLS\r\n503 5.5.1 MAIL first\r\n503 5.5.1 EHLO first\r\n250-mx"),
            std::string::npos)
      << out;
  EXPECT_EQ(out.find("250-STARTTLS\r\n"), out.rfind("250-STARTTLS\r\n"));
  EXPECT_TRUE(out.ends_with("503 5.5.1 TLS is on already\r\n221 2.0.0 mx.example.org bye\r\n")) << out;
  std::remove(files.certificate.c_str());
  std::remove(files.key.c_str());
  rmdir(dir.c_str());
}

TEST_F(Smtp, FullMailboxesAreToldAtRcpt) {
  ASSERT_TRUE(run(ann->set_quota(1000, 0, {"", "test", ""})));
  EXPECT_EQ(answers("MAIL FROM:<> SIZE=2000\r\nRCPT TO:<ann@example.org>\r\nRCPT TO:<bob@example.org>\r\n"),
            "250 2.1.0 ok\r\n452 4.2.2 the mailbox is full\r\n250 2.1.5 ok\r\n");
  EXPECT_TRUE(answers("MAIL FROM:<> SIZE=100\r\nRCPT TO:<ann@example.org>\r\n").ends_with("250 2.1.5 ok\r\n"));
}

TEST_F(Smtp, ARepetitionMakesNoDoubles) {  // docs/decisions/0005
  ASSERT_TRUE(run(ann->set_quota(600, 0, {"", "test", ""})));
  const auto both = "MAIL FROM:<a@b>\r\nRCPT TO:<ann@example.org>\r\nRCPT TO:<bob@example.org>\r\n"s;
  const auto text = "A: 1\r\n\r\n" + std::string(900, 'x') + "\r\n.\r\n";
  EXPECT_TRUE(send(both, text).ends_with("452 4.2.2 the mailbox is full\r\n"));
  EXPECT_TRUE(send(both, text).ends_with("452 4.2.2 the mailbox is full\r\n"));
  EXPECT_EQ(inbox(bob), 1U);
  ASSERT_TRUE(run(ann->set_quota(0, 0, {"", "test", ""})));
  EXPECT_TRUE(send(both, text).ends_with("250 2.0.0 delivered\r\n"));
  EXPECT_EQ(inbox(ann), 1U);
  EXPECT_EQ(inbox(bob), 1U);
  EXPECT_TRUE(send(both, "B" + text).ends_with("250 2.0.0 delivered\r\n"));  // another message
  EXPECT_EQ(inbox(bob), 2U);
}

TEST_F(Smtp, WhatCanNeverBeDeliveredIsTold) {
  const auto both = "MAIL FROM:<a@b>\r\nRCPT TO:<ann@example.org>\r\nRCPT TO:<bob@example.org>\r\n"s;
  EXPECT_TRUE(send(both, "Delivered-To: Ann@example.org\r\n\r\n.\r\n")
                  .ends_with("554 5.4.6 mail loop: already delivered here <ann@example.org>; not delivered to 1 of 2 "
                             "recipients, the others have it\r\n"));
  EXPECT_EQ(inbox(ann), 0U);
  EXPECT_EQ(inbox(bob), 1U);
  std::string hops;
  for (int i = 0; i < 51; ++i) hops += "Received: from x by y; Fri, 15 Jan 2027 08:00:00 +0000\r\n";
  EXPECT_TRUE(
      send(both, hops + "\r\n.\r\n").ends_with("554 5.4.6 mail loop: too many Received headers <ann@example.org>\r\n"));
}

}  // namespace
}  // namespace mailstead::smtp
