// SEARCH (RFC 9051 §6.4.4; RFC 3501's OLD, NEW, RECENT; 4731 RETURN; 5032, 5182, 7162, 8474, 8514).
#include "base/utf8.h"
#include "imap/wire/parsers.h"
#include "mime/charset.h"

namespace mailstead::imap {
namespace {

namespace key = model::key;
using model::Query;

struct SystemKey {
  std::string_view word;
  model::Flags flag;
  bool set;
};
constexpr SystemKey k_system[] = {
    {"ANSWERED", model::k_answered, true}, {"UNANSWERED", model::k_answered, false},
    {"DELETED", model::k_deleted, true},   {"UNDELETED", model::k_deleted, false},
    {"DRAFT", model::k_draft, true},       {"UNDRAFT", model::k_draft, false},
    {"FLAGGED", model::k_flagged, true},   {"UNFLAGGED", model::k_flagged, false},
    {"SEEN", model::k_seen, true},         {"UNSEEN", model::k_seen, false},
};
struct DateKey {
  std::string_view word;
  key::DateOf of;
  key::DateIs is;
};
constexpr DateKey k_dates[] = {
    {"BEFORE", key::DateOf::internal, key::DateIs::before},   {"ON", key::DateOf::internal, key::DateIs::on},
    {"SINCE", key::DateOf::internal, key::DateIs::since},     {"SENTBEFORE", key::DateOf::sent, key::DateIs::before},
    {"SENTON", key::DateOf::sent, key::DateIs::on},           {"SENTSINCE", key::DateOf::sent, key::DateIs::since},
    {"SAVEDBEFORE", key::DateOf::saved, key::DateIs::before}, {"SAVEDON", key::DateOf::saved, key::DateIs::on},
    {"SAVEDSINCE", key::DateOf::saved, key::DateIs::since},
};
constexpr std::string_view k_fields[] = {"BCC", "CC", "FROM", "SUBJECT", "TO"};

Result<std::string> text(Scanner& in) {
  TRY_VOID(in.space());
  TRY(auto s, in.astring());
  if (in.charset().empty()) {
    if (!is_utf8(s)) return fail(Errc::syntax, "search text is not UTF-8");
    return s;
  }
  return mime::to_utf8_anyhow(s, in.charset());
}

Result<Query> search_key(Scanner& in);

Result<Query> nested(Scanner& in) {  // NOT and OR nest as parentheses do, without being seen by the framer
  TRY_VOID(in.space());
  TRY_VOID(in.enter());
  TRY(auto q, search_key(in));
  in.leave();
  return q;
}

Result<Query> key_with_number(Scanner& in, const std::string& word) {
  TRY_VOID(in.space());
  if (word == "LARGER" || word == "SMALLER") {
    TRY(const auto n, in.number64());
    return Query{key::Size{word == "LARGER", n}};
  }
  if (word == "OLDER" || word == "YOUNGER") {
    TRY(const auto n, in.nz_number());
    return Query{key::Age{word == "OLDER", n}};
  }
  // MODSEQ ["/flags/\Seen" SP (priv / shared / all) SP] n; all flags are one thing here, so entries change nothing.
  if (in.peek() == '"') {
    TRY_VOID(in.string());
    TRY_VOID(in.space());
    TRY(const auto type, in.word());
    if (type != "PRIV" && type != "SHARED" && type != "ALL") return fail(Errc::syntax, "bad entry type");
    TRY_VOID(in.space());
  }
  TRY(const auto n, in.modseq());
  return Query{key::ModSeqFrom{n}};
}

// RFC 9738 §3.2: what has a greater UID, or a smaller one.
Result<Query> key_with_uid(Scanner& in, const std::string& word) {
  TRY_VOID(in.space());
  TRY(const auto uid, in.nz_number());
  const bool after = word == "UIDAFTER";
  if (uid == (after ? UINT32_MAX : 1)) return Query{key::Not{{Query{key::All{}}}}};
  return Query{key::Uids{after ? UidSet(Uid(uid + 1), Uid(UINT32_MAX)) : UidSet(Uid(1), Uid(uid - 1))}};
}

Result<Query> key_with_word(Scanner& in, const std::string& word) {
  TRY_VOID(in.space());
  if (word == "UID") {
    if (in.accept('$')) return Query{key::Saved{}};
    TRY(auto set, in.uid_set());
    return Query{key::Uids{std::move(set)}};
  }
  TRY(auto name, in.atom());
  if (word == "FILTER") {  // RFC 5466 §4
    if (name.find('/') != std::string::npos || name.find(']') != std::string::npos)
      return fail(Errc::syntax, "bad name of a filter");
    return Query{key::Filter{std::move(name), !in.charset().empty()}};
  }
  if (word == "EMAILID" || word == "THREADID") return Query{key::ObjectId{word == "THREADID", std::move(name)}};
  return Query{key::Keyword{std::move(name), word == "KEYWORD"}};
}

Result<Query> search_key(Scanner& in) {
  if (in.peek() == '(') {
    std::vector<Query> of;
    TRY_VOID(in.list([&]() -> Result<> {
      TRY(auto q, search_key(in));
      of.push_back(std::move(q));
      return {};
    }));
    return model::both(std::move(of));
  }
  if (in.accept('$')) return Query{key::Saved{}};
  if (is_digit(in.peek()) || in.peek() == '*') {
    TRY(auto set, in.seq_set());
    return Query{key::Seqs{std::move(set)}};
  }
  TRY(const auto word, in.word());
  for (const auto& k : k_system)
    if (word == k.word) return Query{key::System{k.flag, k.set}};
  for (const auto& k : k_dates) {
    if (word != k.word) continue;
    TRY_VOID(in.space());
    TRY(const auto day, in.date());
    return Query{key::Date{k.of, k.is, day}};
  }
  if (std::find(std::begin(k_fields), std::end(k_fields), word) != std::end(k_fields)) {
    TRY(auto s, text(in));
    return Query{key::Envelope{word, std::move(s)}};
  }
  if (word == "ALL") return Query{key::All{}};
  if (word == "NEW") return model::both({Query{key::Recent{true}}, Query{key::System{model::k_seen, false}}});
  if (word == "OLD" || word == "RECENT") return Query{key::Recent{word == "RECENT"}};
  if (word == "SAVEDATESUPPORTED") return Query{key::SaveDateSupported{}};
  if (word == "LARGER" || word == "SMALLER" || word == "OLDER" || word == "YOUNGER" || word == "MODSEQ")
    return key_with_number(in, word);
  if (word == "UIDAFTER" || word == "UIDBEFORE") return key_with_uid(in, word);
  if (word == "UID" || word == "KEYWORD" || word == "UNKEYWORD" || word == "EMAILID" || word == "THREADID" ||
      word == "FILTER")
    return key_with_word(in, word);
  if (word == "ANNOTATION") return annotation_key(in);  // RFC 5257 §4.8
  if (word == "BODY") {
    TRY(auto s, text(in));
    return Query{key::Body{std::move(s)}};
  }
  if (word == "TEXT") {
    TRY(auto s, text(in));
    return Query{key::Text{std::move(s)}};
  }
  if (word == "HEADER") {
    TRY(auto name, text(in));
    TRY(auto s, text(in));
    return Query{key::Header{std::move(name), std::move(s)}};
  }
  if (word == "FUZZY") {  // RFC 6203 §7
    TRY(auto q, nested(in));
    key::Fuzzy out;
    out.of.push_back(std::move(q));
    return Query{std::move(out)};
  }
  if (word == "NOT") {
    TRY(auto q, nested(in));
    return model::negate(std::move(q));
  }
  if (word == "OR") {
    key::Or out;
    for (int i = 0; i < 2; ++i) {
      TRY(auto q, nested(in));
      out.of.push_back(std::move(q));
    }
    return Query{std::move(out)};
  }
  return fail(Errc::syntax, "unknown search key");
}

Result<> partial_option(Scanner& in, SearchReturn& out) {
  TRY_VOID(in.space());
  TRY(out.partial, partial_range(in));
  return {};
}

// RFC 5465 §8: perhaps with items of messages that arrive.
Result<> update_option(Scanner& in, SearchReturn& out) {
  out.update.emplace();
  if (in.peek() != ' ' || in.peek(1) != '(') return {};
  TRY_VOID(in.space());
  return fetch_items(in, *out.update);
}

}  // namespace

// RFC 9394 §4: both ends from the same side.
Result<PartialRange> partial_range(Scanner& in) {
  PartialRange out;
  out.from_end = in.accept('-');
  TRY(out.a, in.nz_number());
  TRY_VOID(in.expect(':'));
  if (out.from_end) TRY_VOID(in.expect('-'));
  TRY(out.b, in.nz_number());
  return out;
}

Result<SearchReturn> search_return(Scanner& in) {
  SearchReturn out;
  TRY_VOID(in.list(
      [&]() -> Result<> {
        TRY(const auto word, in.word());
        if (word == "MIN")
          out.min = true;
        else if (word == "MAX")
          out.max = true;
        else if (word == "ALL")
          out.all = true;
        else if (word == "COUNT")
          out.count = true;
        else if (word == "SAVE")
          out.save = true;
        else if (word == "PARTIAL" && !out.partial)
          return partial_option(in, out);
        else if (word == "RELEVANCY")
          out.relevancy = true;
        else if (word == "CONTEXT")
          out.context = true;
        else if (word == "UPDATE" && !out.update)
          return update_option(in, out);
        else
          return fail(Errc::syntax, "unknown SEARCH return option");
        return {};
      },
      true));
  if (out.all && out.partial) return fail(Errc::syntax, "ALL or PARTIAL, not both");  // RFC 9394 §3.1
  if (out == SearchReturn{}) out.all = true;  // RFC 9051 §6.4.4: RETURN () is RETURN (ALL)
  return out;
}

// RFC 6203 §4, §6: only with FUZZY.
Result<> check_relevancy(bool asked, const Query& query) {
  if (asked && !model::needs_fuzzy(query)) return fail(Errc::syntax, "RELEVANCY needs FUZZY");
  return {};
}

Result<> search_charset(Scanner& in, const std::optional<SearchReturn>& give) {
  TRY(const auto charset, in.astring());
  if (iequals(charset, "UTF-8") || iequals(charset, "US-ASCII")) return {};
  if (!mime::charset_known(charset))
    return fail(Errc::unsupported, std::string(give && give->save ? k_saves_nothing : "charset not supported"));
  in.set_charset(charset);
  return {};
}

namespace {

Result<> optional_charset(Scanner& in, const std::optional<SearchReturn>& give) {
  if (!in.accept_word("CHARSET")) return {};
  if (in.context().no_charset) return fail(Errc::syntax, "no CHARSET with UTF8=ACCEPT");
  TRY_VOID(in.space());
  TRY_VOID(search_charset(in, give));
  return in.space();
}

}  // namespace

Result<Query> search_keys(Scanner& in) {
  std::vector<Query> of;
  do {
    TRY(auto q, search_key(in));
    of.push_back(std::move(q));
  } while (in.accept(' '));
  return model::both(std::move(of));
}

Result<Query> parse_search_criteria(std::string_view text) {
  RawCommand raw;
  raw.text = text;
  const ParseContext context{.utf8 = true};
  Scanner in(raw, context);
  TRY(auto query, search_keys(in));
  TRY_VOID(in.end());
  return query;
}

Result<Command> parse_cancelupdate(Scanner& in, bool) {
  CancelUpdate out;
  TRY_VOID(in.space());
  do {
    TRY(auto tag, in.string());
    out.tags.push_back(std::move(tag));
  } while (in.accept(' '));
  return Command(std::move(out));
}

Result<> search_program(Scanner& in, std::optional<SearchReturn>& give, Query& query) {
  if (in.accept_word("RETURN")) {
    TRY_VOID(in.space());
    TRY(give, search_return(in));
    TRY_VOID(in.space());
  }
  TRY_VOID(optional_charset(in, give));
  TRY(query, search_keys(in));
  TRY_VOID(check_relevancy(give && give->relevancy, query));
  return {};
}

Result<Command> parse_search(Scanner& in, bool uid) {
  Search out;
  out.uid = uid;
  TRY_VOID(in.space());
  TRY_VOID(search_program(in, out.give, out.query));
  return Command(std::move(out));
}

}  // namespace mailstead::imap
