// Any octets as a header's value or an encoded body: never a crash, UTF-8 comes out, and what we write is read again.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "base/utf8.h"
#include "mime/address.h"
#include "mime/charset.h"
#include "mime/date.h"
#include "mime/encoded_word.h"
#include "mime/encoding.h"
#include "mime/envelope.h"
#include "mime/header.h"
#include "mime/params.h"
#include "mime/subject.h"
#include "mime/text.h"

#define REQUIRE(...)                                                               \
  do {                                                                             \
    if (!(__VA_ARGS__)) {                                                          \
      std::fprintf(stderr, "line %d does not hold: %s\n", __LINE__, #__VA_ARGS__); \
      std::abort();                                                                \
    }                                                                              \
  } while (false)

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mailstead;
  const std::string_view raw(reinterpret_cast<const char*>(data), size);
  REQUIRE(mime::parse_addresses(raw, 50).size() <= 50);
  for (const auto& a : mime::parse_addresses(raw)) REQUIRE(a.mailbox.find('\n') == std::string::npos);
  const auto params = mime::parse_params(raw);
  REQUIRE(params.params.size() <= limits::k_mime_params);
  for (const auto& [name, value] : params.params) REQUIRE(mime::is_token(name) && is_utf8(value));

  const auto decoded = mime::decode_header(raw);
  REQUIRE(is_utf8(decoded));
  REQUIRE(mime::decode_header(mime::encode_header(decoded)) ==
          mime::decode_header(mime::encode_header(mime::decode_header(mime::encode_header(decoded)))));
  REQUIRE(is_utf8(mime::base_subject(raw).text));
  REQUIRE(mime::parse_message_ids(raw, 10).size() <= 10);
  if (const auto date = mime::parse_date(raw); date && date->unix_seconds > 0 && date->unix_seconds < 200'000'000'000)
    REQUIRE(mime::parse_date(mime::format_rfc5322_date(date->unix_seconds, date->zone_minutes)) == date);
  if (const auto date = mime::parse_internaldate(raw))
    REQUIRE(mime::parse_internaldate(mime::format_internaldate(date->unix_seconds, date->zone_minutes)) == date);

  REQUIRE(mime::decode_base64(mime::encode_base64(raw)) == raw);
  (void)mime::decode_quoted_printable(raw);
  std::string pieces;
  mime::Base64Decoder decoder;
  for (std::size_t at = 0; at < raw.size(); at += 3) decoder.feed(raw.substr(at, 3), pieces);
  REQUIRE(pieces == mime::decode_base64(raw));
  const auto label = raw.substr(0, raw.find('\n'));
  REQUIRE(is_utf8(mime::to_utf8_anyhow(raw, label)));
  REQUIRE(is_utf8(mime::html_text(decoded, 1000)));

  mime::HeaderReader reader(raw);
  mime::HeaderField field;
  std::size_t end = 0;
  while (reader.next(field)) {
    REQUIRE(field.begin == end && field.end > field.begin && field.end <= size);
    end = field.end;
  }
  REQUIRE(reader.body_begin() >= end && reader.body_begin() <= size);
  return 0;
}
