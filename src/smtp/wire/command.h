// SMTP and LMTP commands on the wire: RFC 5321, 2033, 3030, 4468, 4954, 6531. Pure: lines in, values out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace mailstead::smtp {

enum class Verb : std::uint8_t {
  helo,
  ehlo,
  lhlo,
  mail,
  rcpt,
  data,
  bdat,
  burl,
  rset,
  noop,
  quit,
  vrfy,
  expn,
  help,
  starttls,
  auth
};

struct Command {
  Verb verb;
  std::string text;  // HELO: the name; AUTH: mechanism; MAIL, RCPT: the address ("" for <>); BURL: the URL
  std::optional<std::string> initial;  // AUTH: initial response, still base64
  std::uint64_t size = 0;              // MAIL SIZE=, BDAT chunk size
  bool last = false;                   // BDAT, BURL: LAST
  bool smtputf8 = false;
  bool space_quirk = false;  // "MAIL FROM: <a@b>": old tools send the space (counted)
};

// A line without its CRLF. Errc::unsupported: no such command, or a parameter nobody offered (detail says which);
// syntax.
Result<Command> parse(std::string_view line);

// The path of RFC 5321 §4.1.2: "<a@b>", "<>" , source routes dropped, quoted local parts kept as they are. `rest` is
// what follows it. Errc::syntax.
Result<std::string> parse_path(std::string_view text, std::string_view* rest);

}  // namespace mailstead::smtp
