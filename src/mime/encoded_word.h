// Encoded words in header text (RFC 2047).
#pragma once

#include <string>
#include <string_view>

namespace mailstead::mime {

// The text of a raw header value: unfolded, encoded words decoded, valid UTF-8. White space between adjacent encoded
// words goes (§6.2), and their bytes are joined before conversion, so that a character cut across two words is whole
// again. What is no good encoded word, or in an unknown charset, stays as it is. Raw 8-bit bytes are guessed
// (mime/charset.h).
std::string decode_header(std::string_view raw);

// The other way: ASCII stays as it is, words with other characters become encoded words in UTF-8, none longer than 75
// characters, folded by "\r\n " where a line would pass 76. Line ends and NUL in the text become spaces. `column`:
// where on its line the value begins.
std::string encode_header(std::string_view utf8, std::size_t column = 0);

}  // namespace mailstead::mime
