#include "imap/wire/structure.h"

#include <gtest/gtest.h>

namespace mailstead::imap {
namespace {

std::string structure(std::string_view raw, bool extended = false, bool utf8 = false) {
  std::string out;
  Printer p(out, utf8);
  print_structure(p, mime::parse(raw), extended);
  return out;
}

std::string envelope(std::string_view raw, bool utf8 = false) {
  std::string out;
  Printer p(out, utf8);
  print_envelope(p, mime::parse(raw).envelope);
  return out;
}

TEST(Envelope, HasAllFieldsAndDefaults) {  // RFC 9051 §7.5.2: sender and reply-to default to from
  EXPECT_EQ(envelope("Date: Mon, 7 Feb 1994 21:52:25 -0800\r\nSubject: A \"b\"\r\nFrom: Ann B <ann@example.org>\r\n"
                     "To: x@example.net, Y <y@example.net>\r\nIn-Reply-To: <1@a>\r\nMessage-ID: <2@b>\r\n\r\n"),
            R"(("Mon, 7 Feb 1994 21:52:25 -0800" "A \"b\"" (("Ann B" NIL "ann" "example.org")) )"
            R"((("Ann B" NIL "ann" "example.org")) (("Ann B" NIL "ann" "example.org")) )"
            R"(((NIL NIL "x" "example.net")("Y" NIL "y" "example.net")) NIL NIL "<1@a>" "<2@b>"))");
  EXPECT_EQ(envelope("\r\n"), "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)");
}

TEST(Envelope, GroupsAreMarkedByNil) {
  EXPECT_EQ(
      envelope("To: Friends: a@example.org;\r\n\r\n"),
      R"((NIL NIL NIL NIL NIL ((NIL NIL "Friends" NIL)(NIL NIL "a" "example.org")(NIL NIL NIL NIL)) NIL NIL NIL NIL))");
}

TEST(Envelope, EightBitIsALiteralUnlessUtf8IsEnabled) {
  EXPECT_EQ(envelope("Subject: gr\xC3\xBC\xC3\x9F\r\n\r\n"),
            "(NIL {6}\r\ngr\xC3\xBC\xC3\x9F NIL NIL NIL NIL NIL NIL NIL NIL)");
  EXPECT_EQ(envelope("Subject: gr\xC3\xBC\xC3\x9F\r\n\r\n", true),
            "(NIL \"gr\xC3\xBC\xC3\x9F\" NIL NIL NIL NIL NIL NIL NIL NIL)");
}

constexpr std::string_view k_mixed =
    "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    "--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Language: de, en\r\n\r\none\r\ntwo\r\n"
    "--b\r\nContent-Type: image/png; name*=utf-8''%C3%BC.png\r\nContent-Disposition: attachment; filename=\"x.png\"\r\n"
    "Content-Transfer-Encoding: base64\r\nContent-ID: <i@x>\r\nContent-Description: a picture\r\n\r\nAAAA\r\n"
    "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nhi\r\n"
    "--b--\r\n";

TEST(Structure, ShortForm) {
  EXPECT_EQ(structure(k_mixed),
            R"((("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "7BIT" 8 2)("IMAGE" "PNG" ("NAME*" "utf-8''%C3%BC.png") )"
            R"("<i@x>" "a picture" "BASE64" 4)("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 20 )"
            R"((NIL "inner" NIL NIL NIL NIL NIL NIL NIL NIL) ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 2 1) 3) "MIXED"))");
}

TEST(Structure, ExtendedForm) {
  const auto out = structure(k_mixed, true, true);
  EXPECT_NE(out.find(R"("7BIT" 8 2 NIL NIL ("de" "en") NIL))"), std::string::npos) << out;
  EXPECT_NE(out.find("(\"NAME\" \"\xC3\xBC.png\") \"<i@x>\" \"a picture\" \"BASE64\" 4 NIL "
                     R"(("attachment" ("FILENAME" "x.png")) NIL NIL))"),
            std::string::npos)
      << out;
  EXPECT_TRUE(out.ends_with(R"( "MIXED" ("BOUNDARY" "b") NIL NIL NIL))")) << out;
}

}  // namespace
}  // namespace mailstead::imap
