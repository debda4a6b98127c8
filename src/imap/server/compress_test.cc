// RFC 4978, and its end by RFC 8437.
#include "imap/server/client_fixture.h"
#include "net/deflate_stream.h"

namespace mailstead::imap {
namespace {

using CompressTest = ClientTest;

std::unique_ptr<net::Stream> deflated(std::unique_ptr<net::Stream> inner) {
  return std::make_unique<net::DeflateStream>(std::move(inner), std::string());
}

TEST_F(CompressTest, CompressesBehindItsReply) {
  deliver(500);
  auto plain = login(), c = login();
  EXPECT_TRUE(has((*c)("CAPABILITY"), " COMPRESS=DEFLATE"));
  EXPECT_TRUE(has((*c)("COMPRESS GZIP"), "t BAD"));
  EXPECT_EQ((*c)("compress deflate"), "t OK DEFLATE active\r\n");
  c->wrap(deflated);
  (*plain)("EXAMINE INBOX");
  (*c)("EXAMINE INBOX");
  const auto expected = (*plain)("UID FETCH 1:* (FLAGS ENVELOPE)");
  EXPECT_EQ((*c)("UID FETCH 1:* (FLAGS ENVELOPE)"), expected);
  EXPECT_TRUE(has((*c)("COMPRESS DEFLATE"), "t BAD"));  // §3
  EXPECT_TRUE(has((*c)("NOOP"), "t OK"));
}

TEST_F(CompressTest, NotBeforeLogin) {
  auto c = connect();
  EXPECT_FALSE(has((*c)("CAPABILITY"), "COMPRESS"));
  EXPECT_TRUE(has((*c)("COMPRESS DEFLATE"), "t BAD"));
}

TEST_F(CompressTest, IdleIsWokenThroughCompression) {
  auto c = login();
  (*c)("SELECT INBOX");
  (*c)("COMPRESS DEFLATE");
  c->wrap(deflated);
  c->send("i IDLE\r\n");
  c->read_until("+ ");
  deliver(2);
  EXPECT_TRUE(has(c->read_until("* 2 RECENT"), "* 2 EXISTS"));
  c->send("DONE\r\n");
  EXPECT_TRUE(has(c->read_until("i "), "i OK"));
}

TEST_F(CompressTest, EndsWithUnauthenticate) {
  auto c = login();
  (*c)("COMPRESS DEFLATE");
  c->wrap(deflated);
  EXPECT_TRUE(has((*c)("UNAUTHENTICATE"), "t OK"));
  std::string rest;
  c->wrap([&](std::unique_ptr<net::Stream> stream) {
    auto below = static_cast<net::DeflateStream&>(*stream).take_inner(rest);
    return below;
  });
  EXPECT_EQ(rest, "");
  EXPECT_TRUE(has((*c)("LOGIN ann@example.org pw"), "t OK"));
  EXPECT_EQ((*c)("COMPRESS DEFLATE"), "t OK DEFLATE active\r\n");
}

TEST_F(CompressTest, RubbishEndsTheSession) {
  auto c = login();
  (*c)("COMPRESS DEFLATE");
  c->send("\x07\xff\xff\xff");
  EXPECT_EQ(c->read_until("never"), "");
}

}  // namespace
}  // namespace mailstead::imap
