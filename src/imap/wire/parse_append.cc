// APPEND (RFC 9051 §6.3.12) of one or several messages (RFC 3502), binary (RFC 3516 §4.4), UTF8 (RFC 6855 §4) or put
// together from parts (RFC 4469 §5), and REPLACE (RFC 8508 §5).
#include "imap/wire/parsers.h"

namespace mailstead::imap {
namespace {

constexpr std::size_t k_parts_max = 1000;  // each URL costs a read

// Behind "UTF8".
Result<Literal> utf8_literal(Scanner& in) {
  TRY_VOID(in.space());
  TRY_VOID(in.expect('('));
  TRY(auto literal, in.literal());
  if (!literal.binary) return fail(Errc::syntax, "UTF8 needs literal8");
  TRY_VOID(in.expect(')'));
  return literal;
}

// RFC 9051 §4.3: NUL only in literal8.
Result<> check_nul(const Literal& literal) {
  if (!literal.binary && literal.bytes.find('\0') != std::string::npos) return fail(Errc::syntax, "NUL in a message");
  return {};
}

Result<CatPart> cat_part(Scanner& in) {
  CatPart out;
  if (in.accept_word("URL")) {
    out.url = true;
    TRY_VOID(in.space());
    TRY(out.text, in.astring());
    return out;
  }
  if (in.accept_word("UTF8")) {
    TRY(auto literal, utf8_literal(in));
    out.text = std::move(literal.bytes);
    return out;
  }
  if (!in.accept_word("TEXT")) return fail(Errc::syntax, "TEXT or URL expected");
  TRY_VOID(in.space());
  TRY(auto literal, in.literal());
  TRY_VOID(check_nul(literal));
  out.text = std::move(literal.bytes);
  return out;
}

Result<AppendMessage> append_message(Scanner& in) {
  AppendMessage m;
  if (in.peek() == '(') {
    TRY(m.flags, in.flag_list());
    TRY_VOID(in.space());
  }
  if (in.peek() == '"') {
    TRY(m.date, in.date_time());
    TRY_VOID(in.space());
  }
  if (in.accept_word("ANNOTATION")) {  // RFC 5257 §4.7
    TRY_VOID(annotation_changes(in, m.annotations));
    TRY_VOID(in.space());
  }
  if (in.accept_word("CATENATE")) {
    TRY_VOID(in.space());
    TRY_VOID(in.list([&]() -> Result<> {
      if (m.parts.size() >= k_parts_max) return fail(Errc::too_big, "too many parts");
      TRY(auto part, cat_part(in));
      m.parts.push_back(std::move(part));
      return {};
    }));
    return m;
  }
  m.utf8 = in.accept_word("UTF8");
  TRY(auto literal, m.utf8 ? utf8_literal(in) : in.literal());
  TRY_VOID(check_nul(literal));
  m.content = std::move(literal.bytes);
  m.binary = literal.binary;
  return m;
}

}  // namespace

Result<Command> parse_append(Scanner& in, bool) {
  Append out;
  TRY_VOID(in.space());
  TRY(out.mailbox, in.mailbox());
  TRY_VOID(in.space());
  do {
    if (out.messages.size() >= limits::k_commit_messages) return fail(Errc::too_big, "too many messages");
    TRY(auto m, append_message(in));
    out.messages.push_back(std::move(m));
  } while (in.accept(' '));
  return Command(std::move(out));
}

Result<Command> parse_replace(Scanner& in, bool uid) {
  Replace out;
  out.uid = uid;
  TRY_VOID(in.space());
  const bool last = in.accept('*');  // seq-number is a number or "*"
  std::uint32_t number = 0;
  if (!last) {
    TRY(number, in.nz_number());
  }
  const auto one = [&]<class T>(model::NumSet<T> set) {
    if (last)
      set.insert_star();
    else
      set.insert(T(number));
    return MessageSet(std::move(set));
  };
  out.message = uid ? one(UidSet()) : one(SeqSet());
  TRY_VOID(in.space());
  TRY(out.mailbox, in.mailbox());
  TRY_VOID(in.space());
  TRY(out.with, append_message(in));
  return Command(std::move(out));
}

}  // namespace mailstead::imap
