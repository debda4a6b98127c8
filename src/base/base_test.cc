#include <gtest/gtest.h>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/codec.h"
#include "base/metrics.h"
#include "base/result.h"
#include "base/utf8.h"

namespace mailstead {
namespace {

TEST(Base64, RoundTripsAndIsStrict) {
  // RFC 4648 §10 test vectors.
  const std::pair<std::string, std::string> rows[] = {{"", ""},
                                                      {"f", "Zg=="},
                                                      {"fo", "Zm8="},
                                                      {"foo", "Zm9v"},
                                                      {"foob", "Zm9vYg=="},
                                                      {"fooba", "Zm9vYmE="},
                                                      {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : rows) {
    EXPECT_EQ(base64_encode(plain), encoded);
    EXPECT_EQ(base64_decode(encoded), plain);
  }
  for (const char* bad : {"Zg", "Zg=", "Zh==", "Z===", "Zm9v\n", "====", "=", "Zm=v", "Zm9*"})
    EXPECT_EQ(base64_decode(bad), std::nullopt) << bad;
}

// Runs of ASCII are taken eight bytes at a time: what is not ASCII may stand at each place of them.
TEST(Utf8, BadAndGoodSequencesAreSeenAtEveryPlaceOfARun) {
  for (std::size_t at = 0; at <= 20; ++at) {
    const std::string left(at, 'a'), right(20 - at, 'b');
    EXPECT_TRUE(is_utf8(left + "é" + right)) << at;
    EXPECT_FALSE(is_utf8(left + "\xFF" + right)) << at;
    EXPECT_EQ(utf8_repair(left + "é" + right), left + "é" + right) << at;
    EXPECT_EQ(utf8_repair(left + "\xFF" + right), left + "\xEF\xBF\xBD" + right) << at;
  }
}

TEST(Utf8, AsciiIsToldWhateverThePlace) {
  EXPECT_TRUE(is_ascii(""));
  const std::string text(600, '\x7F');
  EXPECT_TRUE(is_ascii(text));
  for (std::size_t at = 0; at < text.size(); ++at) {
    auto other = text;
    other[at] = '\x80';
    EXPECT_FALSE(is_ascii(other)) << at;
    EXPECT_TRUE(is_ascii(std::string_view(other).substr(0, at))) << at;
  }
}

TEST(Utf8, RefusesOverlongSurrogatesAndTooHigh) {
  EXPECT_TRUE(is_utf8("grüße 日本 😀"));
  for (const char* bad : {"\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xFF", "\xC3", "\xE2\x82"})
    EXPECT_FALSE(is_utf8(bad));
  EXPECT_EQ(utf8_repair("a\xFF"), "a\xEF\xBF\xBD");
  EXPECT_EQ(utf8_prefix("aé", 2), "a");
}

TEST(Codec, RoundTripsAndNeverReadsPastTheEnd) {
  const auto bytes = Writer().u8(7).u32be(0xDEADBEEF).varint(300).svarint(-5).str("abc").take();
  Reader r(bytes);
  EXPECT_EQ(r.u8(), 7);
  EXPECT_EQ(r.u32be(), 0xDEADBEEF);
  EXPECT_EQ(r.varint(), 300U);
  EXPECT_EQ(r.svarint(), -5);
  EXPECT_EQ(r.str(), "abc");
  EXPECT_TRUE(r.done());
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    Reader cut(std::string_view(bytes).substr(0, n));
    cut.u8(), cut.u32be(), cut.varint(), cut.svarint(), cut.str();
    EXPECT_TRUE(cut.bad()) << n;
  }
}

TEST(Ascii, NumbersAreDigitsOnly) {
  EXPECT_EQ(parse_number<std::uint32_t>("4294967295"), 4294967295U);
  for (const char* bad : {"", "-1", "+1", "4294967296", "1 ", "0x1"})
    EXPECT_EQ(parse_number<std::uint32_t>(bad), std::nullopt) << bad;
  EXPECT_EQ(cat("a", 1, 'b', std::string("c")), "a1bc");
  EXPECT_EQ(trim("  x \r\n"), "x");
}

Result<int> half(int n) {
  if (n % 2 != 0) return fail(Errc::invalid, "odd");
  return n / 2;
}
Result<int> quarter(int n) {
  TRY(const int h, half(n));
  return half(h);
}

TEST(Result, TryPassesTheErrorOn) {
  EXPECT_EQ(quarter(8), 2);
  EXPECT_EQ(quarter(6).error().code, Errc::invalid);
}

TEST(Metrics, ExpositionNamesTypeAndLabels) {
  metrics::counter("test_total", "kind=\"a\"").add(3);
  EXPECT_NE(metrics::exposition().find("mailstead_test_total{kind=\"a\"} 3\n"), std::string::npos);
}

}  // namespace
}  // namespace mailstead
