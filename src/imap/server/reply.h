// The tagged reply of a command, and the one table from errors to IMAP's words.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace mailstead::imap {

struct Reply {
  enum Kind : std::uint8_t { ok, no, bad, none } kind = ok;  // none: the command has answered by itself
  std::string code;                                          // "UIDNEXT 5", without brackets; "" for none
  std::string text;

  static Reply done(std::string text = "Done", std::string code = {}) { return {ok, std::move(code), std::move(text)}; }
  static Reply refuse(std::string code, std::string text) { return {no, std::move(code), std::move(text)}; }
  static Reply wrong(std::string text) { return {bad, {}, std::move(text)}; }
};

// RFC 9051 §7.1, RFC 5530. The text is the error's detail, or the code's own words.
Reply reply_of(const Error& error);
// For commands that name a target mailbox: RFC 9051 §6.3.12, §6.4.7: not_found is [TRYCREATE].
Reply reply_of_target(const Error& error);

}  // namespace mailstead::imap
