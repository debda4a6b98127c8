// ID, AUTHENTICATE, LOGIN, ENABLE, COMPRESS.
#include "imap/wire/parsers.h"

namespace mailstead::imap {

Result<Command> parse_id(Scanner& in, bool) {  // RFC 2971 §3.3: at most 30 fields of 30 and 1024 octets
  TRY_VOID(in.space());
  Id out;
  if (in.accept_word("NIL")) return Command(std::move(out));
  out.fields.emplace();
  TRY_VOID(in.list(
      [&]() -> Result<> {
        TRY(auto name, in.string());
        TRY_VOID(in.space());
        TRY(auto value, in.nstring());
        if (out.fields->size() >= 30 || name.size() > 30 || (value && value->size() > 1024))
          return fail(Errc::too_big, "ID too long");
        out.fields->emplace_back(std::move(name), std::move(value));
        return {};
      },
      true));
  return Command(std::move(out));
}

Result<Command> parse_authenticate(Scanner& in, bool) {
  TRY_VOID(in.space());
  Authenticate out;
  TRY(out.mechanism, in.word());
  if (in.accept(' ')) {
    if (in.accept('=')) {  // RFC 4959 §3: empty
      out.initial.emplace();
    } else {
      TRY(out.initial, in.atom());
    }
  }
  return Command(std::move(out));
}

Result<Command> parse_login(Scanner& in, bool) {
  Login out;
  TRY_VOID(in.space());
  TRY(out.user, in.astring());
  TRY_VOID(in.space());
  TRY(out.password, in.astring());
  return Command(std::move(out));
}

Result<Command> parse_enable(Scanner& in, bool) {
  Enable out;
  TRY_VOID(in.space());
  do {
    TRY(auto name, in.word());
    if (out.capabilities.size() >= 64) return fail(Errc::too_big, "too many capabilities");
    out.capabilities.push_back(std::move(name));
  } while (in.accept(' '));
  return Command(std::move(out));
}

Result<Command> parse_compress(Scanner& in, bool) {
  Compress out;
  TRY_VOID(in.space());
  TRY(out.mechanism, in.word());
  return Command(std::move(out));
}

}  // namespace mailstead::imap
