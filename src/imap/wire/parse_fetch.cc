// FETCH (RFC 9051 §6.4.5; RFC 3501's RFC822…; 3516, 7162, 8474, 8514, 8970).
#include "imap/wire/parsers.h"

namespace mailstead::imap {
namespace {

struct Name {
  std::string_view word;
  FetchAttr attr;
};
constexpr Name k_simple[] = {
    {"UID", FetchAttr::uid},
    {"FLAGS", FetchAttr::flags},
    {"INTERNALDATE", FetchAttr::internaldate},
    {"ENVELOPE", FetchAttr::envelope},
    {"BODYSTRUCTURE", FetchAttr::bodystructure},
    {"RFC822.SIZE", FetchAttr::rfc822_size},
    {"MODSEQ", FetchAttr::modseq},
    {"EMAILID", FetchAttr::emailid},
    {"THREADID", FetchAttr::threadid},
    {"SAVEDATE", FetchAttr::savedate},
    {"RFC822", FetchAttr::rfc822},
    {"RFC822.HEADER", FetchAttr::rfc822_header},
    {"RFC822.TEXT", FetchAttr::rfc822_text},
};
constexpr std::size_t k_items_max = 1000;  // each costs a read for each message
constexpr std::size_t k_fields_max = 1000;
constexpr std::size_t k_part_depth_max = limits::k_mime_depth;

Result<> section_text(Scanner& in, Section& out) {
  const bool inside = !out.part.empty();
  if (inside && in.accept_word("MIME")) {
    out.text = Section::Text::mime;
  } else if (in.accept_word("TEXT")) {
    out.text = Section::Text::text;
  } else if (in.accept_word("HEADER")) {
    out.text = Section::Text::header;
  } else {
    if (in.accept_word("HEADER.FIELDS.NOT"))
      out.text = Section::Text::header_fields_not;
    else if (in.accept_word("HEADER.FIELDS"))
      out.text = Section::Text::header_fields;
    else
      return fail(Errc::syntax, "unknown section");
    TRY_VOID(in.space());
    return in.list([&]() -> Result<> {
      TRY(auto field, in.astring());
      if (out.fields.size() >= k_fields_max) return fail(Errc::too_big, "too many header fields");
      out.fields.push_back(std::move(field));
      return {};
    });
  }
  return {};
}

}  // namespace

Result<Section> message_section(Scanner& in, bool with_text) {
  Section out;
  TRY_VOID(in.expect('['));
  while (is_digit(in.peek())) {
    TRY(const auto part, in.nz_number());
    if (out.part.size() >= k_part_depth_max) return fail(Errc::too_big, "section too deep");
    out.part.push_back(part);
    if (in.peek() == ']') break;
    TRY_VOID(in.expect('.'));
    if (!with_text && !is_digit(in.peek())) return fail(Errc::syntax, "part number expected");
    if (!is_digit(in.peek()) && in.peek() == ']') return fail(Errc::syntax, "part number expected");
  }
  if (in.peek() != ']') {
    if (!with_text) return fail(Errc::syntax, "part number expected");
    TRY_VOID(section_text(in, out));
  }
  TRY_VOID(in.expect(']'));
  return out;
}

namespace {

Result<> partial(Scanner& in, FetchItem& out) {
  if (!in.accept('<')) return {};
  TRY(const auto offset, in.number64());
  TRY_VOID(in.expect('.'));
  TRY(const auto count, in.number64());
  if (count == 0) return fail(Errc::syntax, "partial of length 0");
  out.partial = {offset, count};
  return in.expect('>');
}

Result<FetchItem> item(Scanner& in) {
  FetchItem out;
  const bool body_peek = in.accept_text("BODY.PEEK[");
  if (body_peek || in.accept_text("BODY[")) {
    in.back();
    out.attr = FetchAttr::body;
    out.peek = body_peek;
    TRY(out.section, message_section(in, true));
    TRY_VOID(partial(in, out));
    return out;
  }
  const bool binary_peek = in.accept_text("BINARY.PEEK[");
  if (binary_peek || in.accept_text("BINARY[")) {
    in.back();
    out.attr = FetchAttr::binary;
    out.peek = binary_peek;
    TRY(out.section, message_section(in, false));
    TRY_VOID(partial(in, out));
    return out;
  }
  if (in.accept_text("BINARY.SIZE[")) {
    in.back();
    out.attr = FetchAttr::binary_size;
    TRY(out.section, message_section(in, false));
    return out;
  }
  TRY(const auto word, in.word());
  if (word == "BODY") {
    out.attr = FetchAttr::body_structure_short;
    return out;
  }
  if (word == "ANNOTATION") {
    out.attr = FetchAttr::annotation;
    TRY_VOID(annotation_item(in, out));
    return out;
  }
  if (word == "RFC822.PEEK") {  // RFC 1730; Outlook asks for it (counted)
    out.attr = FetchAttr::rfc822;
    out.peek = true;
    return out;
  }
  if (word == "PREVIEW") {  // RFC 8970 §3.1
    out.attr = FetchAttr::preview;
    if (in.peek() == ' ' && in.peek(1) == '(') {
      TRY_VOID(in.space());
      TRY_VOID(in.list([&]() -> Result<> {
        if (!in.accept_word("LAZY")) return fail(Errc::syntax, "unknown PREVIEW modifier");
        out.lazy = true;
        return {};
      }));
    }
    return out;
  }
  for (const auto& n : k_simple) {
    if (word != n.word) continue;
    out.attr = n.attr;
    return out;
  }
  return fail(Errc::syntax, "unknown FETCH item");
}

void expand_macro(std::vector<FetchItem>& items, std::initializer_list<FetchAttr> attrs) {
  for (const auto a : attrs) {
    items.emplace_back();
    items.back().attr = a;
  }
}

}  // namespace

Result<> fetch_items(Scanner& in, std::vector<FetchItem>& out) {
  using enum FetchAttr;
  if (in.accept_word("ALL")) return expand_macro(out, {flags, internaldate, rfc822_size, envelope}), Result<>();
  if (in.accept_word("FULL"))
    return expand_macro(out, {flags, internaldate, rfc822_size, envelope, body_structure_short}), Result<>();
  if (in.accept_word("FAST")) return expand_macro(out, {flags, internaldate, rfc822_size}), Result<>();
  const auto one = [&]() -> Result<> {
    TRY(auto i, item(in));
    if (std::find(out.begin(), out.end(), i) != out.end()) return {};
    if (out.size() >= k_items_max) return fail(Errc::too_big, "too many FETCH items");
    out.push_back(std::move(i));
    return {};
  };
  return in.peek() == '(' ? in.list(one) : one();
}

Result<Command> parse_fetch(Scanner& in, bool uid) {
  Fetch out;
  out.uid = uid;
  TRY_VOID(in.space());
  TRY(out.set, in.message_set(uid));
  TRY_VOID(in.space());
  TRY_VOID(fetch_items(in, out.items));
  if (in.accept(' ')) {  // RFC 7162 §3.1.4.1, §3.2.6
    TRY_VOID(in.list([&]() -> Result<> {
      if (in.accept_word("CHANGEDSINCE")) {
        TRY_VOID(in.space());
        TRY(out.changed_since, in.modseq());
        return {};
      }
      if (in.accept_word("PARTIAL") && !out.partial) {  // RFC 9394 §3.3
        TRY_VOID(in.space());
        TRY(out.partial, partial_range(in));
        return {};
      }
      if (!in.accept_word("VANISHED")) return fail(Errc::syntax, "unknown FETCH modifier");
      out.vanished = true;
      return {};
    }));
  }
  if (out.vanished && (!uid || !out.changed_since))
    return fail(Errc::syntax, "VANISHED needs UID FETCH with CHANGEDSINCE");
  if (out.partial && !uid) return fail(Errc::syntax, "PARTIAL needs UID FETCH");
  return Command(std::move(out));
}

}  // namespace mailstead::imap
