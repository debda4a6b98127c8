// RFC 3516 §4.4, §6.
#include "imap/server/binary_append.h"

#include <gtest/gtest.h>

#include "mime/message.h"

namespace mailstead::imap {
namespace {

template <std::size_t N>
std::string octets(const char (&s)[N]) {
  return {s, N - 1};
}

TEST(BinaryAppend, WholeMessages) {
  EXPECT_EQ(*without_nul(octets("A: 1\r\n\r\na\0b\r\n")),
            "A: 1\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: base64\r\n\r\nYQBiDQo=");
  EXPECT_EQ(*without_nul(octets("\r\n\0")), "MIME-Version: 1.0\r\nContent-Transfer-Encoding: base64\r\n\r\nAA==");
  EXPECT_EQ(*without_nul(octets("MIME-Version: 1.0\r\ncontent-transfer-encoding:\r\n binary\r\nB: 2\r\n\r\n\0")),
            "MIME-Version: 1.0\r\nB: 2\r\nContent-Transfer-Encoding: base64\r\n\r\nAA==");
}

TEST(BinaryAppend, OnlyThePartsThatNeedIt) {
  const auto message = octets(
      "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\n"
      "Content-Type: image/x\r\nContent-Transfer-Encoding: binary\r\n\r\n\0\1\2\r\n--b\r\nContent-Type: "
      "message/rfc822\r\n"
      "\r\nSubject: in\r\n\r\n\0\r\n--b--\r\n");
  const auto out = without_nul(message);
  ASSERT_TRUE(out);
  const auto before = mime::parse(message), after = mime::parse(*out);
  ASSERT_EQ(after.parts.size(), before.parts.size());
  for (std::size_t i = 1; i < before.parts.size(); ++i)
    if (!before.parts[i].is_message())
      EXPECT_EQ(mime::decoded_body(*out, after.parts[i]), mime::decoded_body(message, before.parts[i])) << i;
  EXPECT_EQ(after.parts[1].encoding, before.parts[1].encoding);
  EXPECT_EQ(after.parts[2].encoding, "base64");
}

TEST(BinaryAppend, LinesAreShort) {
  const auto out = without_nul(octets("\r\n") + std::string(1000, '\0'));
  ASSERT_TRUE(out);
  std::size_t line = 0;
  for (const char c : *out) {
    line = c == '\n' ? 0 : line + 1;
    ASSERT_LE(line, 77U);
  }
}

TEST(BinaryAppend, NulElsewhereIsRefused) {
  for (const auto& s : {octets("A: \0\r\n\r\nx"), octets("Content-Transfer-Encoding: base64\r\n\r\nYQ\0=="),
                        octets("Content-Type: multipart/mixed; boundary=b\r\n\r\n\0\r\n--b\r\n\r\nx\r\n--b--\r\n")})
    EXPECT_EQ(without_nul(s).error().code, Errc::unsupported);
}

}  // namespace
}  // namespace mailstead::imap
