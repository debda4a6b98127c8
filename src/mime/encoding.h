// Content transfer encodings (RFC 2045 §6). Decoders take anything and lose as little as they can.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mailstead::mime {

// Skips what is not in the alphabet; '=' ends a group, and what follows it is decoded too (joined base64 texts).
std::string decode_base64(std::string_view);
// Bad escapes stay as they are; white space at line ends goes (RFC 2045 §6.7 rule 3).
std::string decode_quoted_printable(std::string_view);
// Streaming base64: pieces may be cut anywhere.
class Base64Decoder {
 public:
  void feed(std::string_view piece, std::string& out);

 private:
  std::uint32_t bits_ = 0;
  int have_ = 0;
};

// By the name of the encoding (lower case); an unknown one is the identity (RFC 2045 §6.4).
std::string decode_transfer(std::string_view bytes, std::string_view encoding);

// Lines of at most 76 characters, each ended by CRLF.
std::string encode_base64(std::string_view);
// Line ends (CRLF or LF) of the text become CRLF; a text that does not end in one gets none.
std::string encode_quoted_printable(std::string_view text);

}  // namespace mailstead::mime
