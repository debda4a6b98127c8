// APPEND (RFC 9051 §6.3.12) of one or several messages (RFC 3502), binary (RFC 3516 §4.4) or UTF8 (RFC 6855 §4).
#include "imap/wire/parsers.h"

namespace mailstead::imap {

Result<Command> parse_append(Scanner& in, bool) {
  Append out;
  TRY_VOID(in.space());
  TRY(out.mailbox, in.mailbox());
  TRY_VOID(in.space());
  do {
    if (out.messages.size() >= limits::k_commit_messages) return fail(Errc::too_big, "too many messages");
    AppendMessage m;
    if (in.peek() == '(') {
      TRY(m.flags, in.flag_list());
      TRY_VOID(in.space());
    }
    if (in.peek() == '"') {
      TRY(m.date, in.date_time());
      TRY_VOID(in.space());
    }
    if (in.accept_word("UTF8")) {
      m.utf8 = true;
      TRY_VOID(in.space());
      TRY_VOID(in.expect('('));
    }
    TRY(auto literal, in.literal());
    if (m.utf8) {
      if (!literal.binary) return fail(Errc::syntax, "UTF8 needs literal8");
      TRY_VOID(in.expect(')'));
    }
    m.content = std::move(literal.bytes);
    m.binary = literal.binary;
    // RFC 9051 §4.3: NUL only in literal8.
    if (!m.binary && m.content.find('\0') != std::string::npos) return fail(Errc::syntax, "NUL in a message");
    out.messages.push_back(std::move(m));
  } while (in.accept(' '));
  return Command(std::move(out));
}

}  // namespace mailstead::imap
