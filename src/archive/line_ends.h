// Line ends of mail kept in files: LF by custom, CRLF in a message (RFC 5322 §2.1).
#pragma once

#include <string>
#include <string_view>

namespace mailstead::archive {

// Each LF that has no CR before it gets one. A CR elsewhere is content and stays.
std::string to_crlf(std::string_view bytes);

// What to write to a file: with LF line ends when to_crlf() gives the message back, else the message as it is. Only a
// bare LF (which no message that came by a protocol's line end has) is not given back.
std::string to_file(std::string_view message);

}  // namespace mailstead::archive
