// SEARCH equals a naive evaluation. Messages are made from known texts in many charsets and encodings; queries are
// random trees over all keys. The naive answer looks at those texts: no parser, no summary, no batch is asked.
//   MAILSTEAD_QUERIES, MAILSTEAD_MESSAGES, MAILSTEAD_SEED
#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <random>
#include <set>

#include "base/base64.h"
#include "base/utf8.h"
#include "imap/server/client_fixture.h"
#include "imap/wire/printer.h"
#include "index/index.h"
#include "mime/date.h"

namespace mailstead::imap {
namespace {

// A charset, and words that it can express.
struct Charset {
  const char* name;
  std::vector<std::string> words;
};
const std::vector<Charset> k_charsets = {
    {"us-ascii", {"meeting", "Invoice", "lunch at noon", "re", "a", "[list]", "ORDER 66"}},
    {"utf-8", {"Grüße", "zażółć", "смотри", "日本語", "😀 party", "ﬁnal", "İstanbul", "Straße", "Ⅷ"}},
    {"iso-8859-1", {"café", "señor", "Ångström", "façade", "über", "ÉTÉ"}},
    {"iso-8859-2", {"žluťoučký", "kůň", "łódź", "Gdańsk"}},
    {"iso-8859-5", {"Москва", "письмо", "ЁЛКА"}},
    {"iso-8859-7", {"Αθήνα", "καλημέρα", "ΛΌΓΟΣ"}},
    {"iso-8859-9", {"İzmir", "ılık", "şeker"}},
    {"iso-8859-15", {"10 €", "œuvre", "Žena"}},
    {"windows-1251", {"Договор", "счёт", "привет"}},
    {"windows-1252", {"“quoted”", "naïve – dash", "Œuf"}},
    {"windows-1255", {"שלום", "מכתב"}},
    {"windows-1256", {"سلام", "رسالة"}},
    {"koi8-r", {"Привет мир", "ДОКУМЕНТ"}},
    {"shift_jis", {"東京タワー", "会議", "カタカナ"}},
    {"euc-jp", {"大阪", "ひらがな"}},
    {"iso-2022-jp", {"京都", "お知らせ"}},
    {"gb18030", {"北京", "会议通知", "发票"}},
    {"big5", {"臺北", "會議"}},
    {"euc-kr", {"서울", "회의"}},
};

std::u16string wide(std::string_view utf8) {
  std::u16string out(utf8.size() + 1, u'\0');
  UErrorCode error = U_ZERO_ERROR;
  std::int32_t size = 0;
  u_strFromUTF8(out.data(), static_cast<std::int32_t>(out.size()), &size, utf8.data(),
                static_cast<std::int32_t>(utf8.size()), &error);
  EXPECT_TRUE(U_SUCCESS(error));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

std::string in_charset(std::string_view utf8, const char* charset) {
  UErrorCode error = U_ZERO_ERROR;
  auto* converter = ucnv_open(charset, &error);
  ucnv_setFromUCallBack(converter, UCNV_FROM_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &error);
  const auto source = wide(utf8);
  std::string out(source.size() * 8 + 32, '\0');
  const auto size = ucnv_fromUChars(converter, out.data(), static_cast<std::int32_t>(out.size()), source.data(),
                                    static_cast<std::int32_t>(source.size()), &error);
  EXPECT_TRUE(U_SUCCESS(error)) << charset << ' ' << utf8;
  out.resize(static_cast<std::size_t>(size));
  ucnv_close(converter);
  return out;
}

// RFC 5051, straight: titlecase each character, then decompose all of it.
std::u16string casemap(std::string_view utf8) {
  std::u16string titled;
  const auto in = wide(utf8);
  for (std::size_t at = 0; at < in.size();) {
    UChar32 c = 0;
    U16_NEXT(in.data(), at, in.size(), c);
    c = u_totitle(c);
    char16_t units[2];
    std::int32_t n = 0;
    U16_APPEND_UNSAFE(units, n, c);
    titled.append(units, static_cast<std::size_t>(n));
  }
  UErrorCode error = U_ZERO_ERROR;
  std::u16string out(titled.size() * 18 + 8, u'\0');
  const auto size =
      unorm2_normalize(unorm2_getNFKDInstance(&error), titled.data(), static_cast<std::int32_t>(titled.size()),
                       out.data(), static_cast<std::int32_t>(out.size()), &error);
  EXPECT_TRUE(U_SUCCESS(error));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

struct Field {
  std::string name;
  std::string text;  // decoded
  std::u16string folded;
};

// What a message says, as it was before it became octets.
struct Known {
  std::vector<Field> fields;                    // of its header
  std::map<std::string, std::string> envelope;  // FROM, …: as docs/imap.md says they are matched
  std::map<std::string, std::u16string> envelope_folded;
  std::vector<std::u16string> everywhere;  // fields of parts and attached messages
  std::vector<std::u16string> bodies;      // texts
  std::vector<std::string> texts;          // all of the above, to take search strings from
  std::optional<std::int32_t> sent_day;
  std::int32_t internal_day = 0;
  std::int64_t internal = 0, saved = 0;
  std::set<std::string> flags;
  std::uint64_t size = 0, modseq = 0;
  std::string email_id;
  std::uint32_t uid = 0, seq = 0;
  bool in_saved = false;
};

class Maker {
 public:
  explicit Maker(std::uint64_t seed) : random_(seed) {}

  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }
  bool one_in(std::size_t n) { return below(n) == 0; }
  template <class C>
  const auto& pick(const C& c) {
    return c[below(std::size(c))];
  }

  std::string words(const Charset& c, std::size_t most) {
    std::string out;
    for (auto n = 1 + below(most); n-- > 0;)
      append(out, out.empty() ? "" : " ", pick(one_in(3) ? k_charsets[0].words : c.words));
    return out;
  }

  // An encoded word, or several; only what RFC 2047 allows in phrases.
  std::string encoded(std::string_view text, const Charset& c) {
    if (std::string_view(c.name) == "us-ascii") return std::string(text);
    const auto bytes = in_charset(text, c.name);
    if (one_in(2)) return cat("=?", c.name, "?B?", base64_encode(bytes), "?=");
    std::string q;
    for (const unsigned char b : bytes) {
      static constexpr char hex[] = "0123456789ABCDEF";
      if (is_alnum(static_cast<char>(b)))
        q += static_cast<char>(b);
      else if (b == ' ')
        q += '_';
      else
        append(q, '=', hex[b >> 4], hex[b & 15]);
    }
    return cat("=?", c.name, "?q?", q, "?=");
  }

  Known message(std::string& octets, std::size_t number) {
    Known k;
    const auto& c = pick(k_charsets);
    std::string header;
    const auto add = [&](std::string_view name, std::string_view raw, std::string_view decoded) {
      append(header, name, ": ", raw, "\r\n");
      k.fields.push_back({std::string(name), std::string(decoded), casemap(decoded)});
    };
    const auto addresses = [&](std::string_view name, std::string_view key) {
      std::string raw, decoded, shown;
      for (auto n = 1 + below(3); n-- > 0;) {
        const auto local = cat(pick(k_people), below(20));
        const auto host = pick(k_hosts);
        const auto display = one_in(4) ? "" : words(pick(k_charsets), 2);
        if (!raw.empty()) raw += one_in(2) ? ", " : ",\r\n ", decoded += ", ", shown += ", ";
        const bool plain = display.find_first_of("[]€“”–") == std::string::npos && is_ascii(display);
        std::string in_header;
        if (!display.empty()) in_header = plain ? display : phrase(display);
        const auto angle = cat('<', local, '@', host, '>');
        append(raw, in_header, in_header.empty() ? "" : " ", angle);
        append(decoded, display, display.empty() ? "" : " ", angle);
        append(shown, display, display.empty() ? "" : " ", angle);
      }
      // The raw header folded after a comma reads ", " again.
      add(name, raw, decoded);
      k.envelope[std::string(key)] = shown;
    };
    addresses("From", "FROM");
    if (!one_in(5)) addresses("To", "TO");
    if (one_in(2)) addresses("Cc", "CC");
    if (one_in(4)) addresses("BCC", "BCC");
    if (!one_in(8)) {
      const auto text = words(c, 3);
      add(one_in(2) ? "Subject" : "SUBJECT", is_ascii(text) ? text : encoded(text, c), text);
      k.envelope["SUBJECT"] = text;
    }
    if (!one_in(6)) {
      const auto day = static_cast<std::int32_t>(20'000 + below(60));
      const auto zone = static_cast<std::int16_t>(60 * (static_cast<int>(below(25)) - 12));
      const auto seconds = std::int64_t{day} * 86'400 + static_cast<std::int64_t>(below(86'400)) - zone * 60;
      k.sent_day = day;
      auto text = mime::format_rfc5322_date(seconds, zone);
      add("Date", text, text);
    } else if (one_in(2)) {
      add("Date", "some day", "some day");
    }
    if (one_in(3)) {
      const auto text = words(pick(k_charsets), 2);
      add("X-Note", is_ascii(text) ? text : phrase(text), text);
    }
    if (one_in(6)) add("X-Empty", "", "");
    std::string body;
    const auto part = [&](std::string& head) {
      const auto& pc = pick(k_charsets);
      std::string text;
      for (auto n = 1 + below(4); n-- > 0;) append(text, words(pc, 6), "\r\n");
      const auto type = one_in(4) ? "text/html" : "text/plain";
      head = cat("Content-Type: ", type, "; charset=", pc.name);
      k.bodies.push_back(casemap(text));
      k.texts.push_back(text);
      // Words of us-ascii are in all of these charsets.
      auto bytes = in_charset(text, pc.name);
      if (one_in(2)) {
        head += "\r\nContent-Transfer-Encoding: base64";
        auto coded = base64_encode(bytes);
        for (std::size_t at = 76; at < coded.size(); at += 78) coded.insert(at, "\r\n");
        return coded + "\r\n";
      }
      if (one_in(2)) {
        head += "\r\nContent-Transfer-Encoding: quoted-printable";
        std::string coded;
        std::size_t column = 0;
        for (std::size_t i = 0; i < bytes.size(); ++i) {
          const auto b = static_cast<unsigned char>(bytes[i]);
          if (bytes.substr(i, 2) == "\r\n") {
            coded += "\r\n";
            column = 0;
            ++i;
            continue;
          }
          static constexpr char hex[] = "0123456789ABCDEF";
          if (column > 70) coded += "=\r\n", column = 0;
          if (is_alnum(static_cast<char>(b))) {
            coded += static_cast<char>(b);
            ++column;
          } else {
            append(coded, '=', hex[b >> 4], hex[b & 15]);
            column += 3;
          }
        }
        return coded;
      }
      if (!is_ascii(bytes)) head += "\r\nContent-Transfer-Encoding: 8bit";
      return bytes;
    };
    const auto note_lines = [&](std::string_view head) {  // "A: b" lines without folding
      for (std::size_t at = 0; at < head.size();) {
        const auto end = std::min(head.find("\r\n", at), head.size());
        k.everywhere.push_back(casemap(head.substr(at, end - at)));
        at = end + 2;
      }
    };
    if (one_in(2)) {
      std::string head;
      body = part(head);
      for (std::size_t at = 0; at < head.size();) {
        const auto end = std::min(head.find("\r\n", at), head.size());
        const auto colon = head.find(": ", at);
        add(head.substr(at, colon - at), head.substr(colon + 2, end - colon - 2),
            head.substr(colon + 2, end - colon - 2));
        at = end + 2;
      }
    } else {
      const auto boundary = cat("=_bound", number, "x");
      const auto type = cat("multipart/mixed; boundary=\"", boundary, '"');
      add("Content-Type", type, type);
      for (auto n = 1 + below(3); n-- > 0;) {
        append(body, "--", boundary, "\r\n");
        std::string head;
        if (one_in(4)) {  // an attached message, whose header is no body text
          note_lines("Content-Type: message/rfc822");
          const auto subject = words(k_charsets[0], 2);
          auto inner = part(head);
          const auto all = cat("Subject: ", subject, "\r\n", head);
          note_lines(all);
          k.texts.push_back(subject);
          append(body, "Content-Type: message/rfc822\r\n\r\n", all, "\r\n\r\n", inner, "\r\n");
        } else if (one_in(4)) {
          head = "Content-Type: application/pdf; name=\"meeting.pdf\"\r\nContent-Transfer-Encoding: base64";
          note_lines(head);
          append(body, head, "\r\n\r\n", base64_encode("meeting lunch at noon"), "\r\n");
        } else {
          auto text = part(head);
          note_lines(head);
          append(body, head, "\r\n\r\n", text, "\r\n");
        }
      }
      append(body, "--", boundary, "--\r\n");
    }
    for (const auto& f : k.fields) k.texts.push_back(f.text);
    for (const auto& [name, text] : k.envelope) k.envelope_folded[name] = casemap(text);
    octets = cat(header, "\r\n", body);
    k.size = octets.size();
    return k;
  }

  std::mt19937_64& random() { return random_; }

 private:
  // Words of any charset; each in UTF-8, adjacent encoded words as one.
  std::string phrase(std::string_view text) { return cat("=?utf-8?B?", base64_encode(text), "?="); }

  static constexpr std::string_view k_people[] = {"ann", "Bob", "carol", "dave.x", "Eve+tag"};
  static constexpr std::string_view k_hosts[] = {"example.org", "Example.COM", "mail.test"};
  std::mt19937_64 random_;
};

struct Key {
  std::string wire;
  std::function<bool(const Known&)> holds;
};

class Queries {
 public:
  Queries(Maker& maker, const std::vector<Known>& messages, std::int64_t now)
      : m_(maker), messages_(messages), now_(now) {}

  Key any(int depth) {
    if (depth > 0) {
      switch (m_.below(6)) {
        case 0: {
          auto a = any(depth - 1);
          return {"NOT " + a.wire, [a](const Known& k) { return !a.holds(k); }};
        }
        case 1: {
          auto a = any(depth - 1), b = any(depth - 1);
          return {cat("OR ", a.wire, ' ', b.wire), [a, b](const Known& k) { return a.holds(k) || b.holds(k); }};
        }
        case 2: {
          auto a = any(depth - 1), b = any(depth - 1);
          return {cat('(', a.wire, ' ', b.wire, ')'), [a, b](const Known& k) { return a.holds(k) && b.holds(k); }};
        }
        default:
          break;
      }
    }
    return m_.one_in(2) ? text_key() : plain_key();
  }
  void set_charset(const Charset* c) { charset_ = c; }

 private:
  std::string word(bool set, std::string_view name) { return cat(set ? "" : "UN", name); }

  Key plain_key() {
    const auto& some = messages_[m_.below(messages_.size())];
    switch (m_.below(16)) {
      case 0:
        return {"ALL", [](const Known&) { return true; }};
      case 1: {
        static constexpr std::pair<std::string_view, const char*> flags[] = {{"SEEN", "\\Seen"},
                                                                             {"FLAGGED", "\\Flagged"},
                                                                             {"ANSWERED", "\\Answered"},
                                                                             {"DELETED", "\\Deleted"},
                                                                             {"DRAFT", "\\Draft"}};
        const auto& f = m_.pick(flags);
        const bool set = m_.one_in(2);
        return {word(set, f.first), [=](const Known& k) { return (k.flags.count(f.second) != 0) == set; }};
      }
      case 2: {
        static constexpr const char* names[] = {"$Junk", "work", "unheard-of"};
        const std::string name = m_.pick(names);
        const bool set = m_.one_in(2);
        return {cat(word(set, "KEYWORD"), ' ', m_.one_in(2) ? name : upper(name)),
                [=](const Known& k) { return (k.flags.count(name) != 0) == set; }};
      }
      case 3: {
        auto a = static_cast<std::uint32_t>(1 + m_.below(messages_.size() + 3)),
             b = static_cast<std::uint32_t>(1 + m_.below(messages_.size() + 3));
        const bool star = m_.one_in(3);
        const auto last = static_cast<std::uint32_t>(messages_.size());
        if (star) b = last;
        return {cat(a, ':', star ? "*" : cat("", b)),
                [lo = std::min(a, b), hi = std::max(a, b)](const Known& k) { return k.seq >= lo && k.seq <= hi; }};
      }
      case 4: {
        auto a = some.uid, b = static_cast<std::uint32_t>(a + m_.below(50));
        const bool star = m_.one_in(3);
        const auto last = messages_.back().uid;
        if (star) b = last;
        return {cat("UID ", b == last && star ? cat(a, ":*") : cat(b, ':', a)),
                [lo = std::min(a, b), hi = std::max(a, b)](const Known& k) { return k.uid >= lo && k.uid <= hi; }};
      }
      case 5: {
        const auto n = some.size + m_.below(3) - 1;
        const bool larger = m_.one_in(2);
        return {cat(larger ? "LARGER " : "SMALLER ", n),
                [=](const Known& k) { return larger ? k.size > n : k.size < n; }};
      }
      case 6:
      case 7: {
        static constexpr const char* of[] = {"", "SENT", "SAVED"};
        const auto which = m_.below(3);
        const auto day_of = [which](const Known& k) -> std::optional<std::int32_t> {
          return which == 0   ? k.internal_day
                 : which == 1 ? k.sent_day
                              : std::optional(static_cast<std::int32_t>(k.saved / 86'400));
        };
        const auto day =
            static_cast<std::int32_t>(day_of(some).value_or(20'030) + static_cast<std::int32_t>(m_.below(3)) - 1);
        const auto is = m_.below(3);
        static constexpr const char* names[] = {"BEFORE ", "ON ", "SINCE "};
        return {cat(of[which], names[is], trim(date_time(std::int64_t{day} * 86'400, 0).substr(0, 11))),
                [=](const Known& k) {
                  const auto d = day_of(k);
                  return d && (is == 0 ? *d < day : is == 1 ? *d == day : *d >= day);
                }};
      }
      case 8: {
        const auto n = now_ - some.internal + static_cast<std::int64_t>(m_.below(3)) - 1;
        const bool older = m_.one_in(2);
        return {cat(older ? "OLDER " : "YOUNGER ", n),
                [=, now = now_](const Known& k) { return older ? now - k.internal >= n : now - k.internal <= n; }};
      }
      case 9: {
        const auto n = some.modseq;
        const bool entry = m_.one_in(3);
        return {cat("MODSEQ ", entry ? "\"/flags/\\\\draft\" all " : "", n),
                [=](const Known& k) { return k.modseq >= n; }};
      }
      case 10:
        return {m_.one_in(2) ? "$" : "UID $", [](const Known& k) { return k.in_saved; }};
      case 11:
        return {cat("EMAILID ", some.email_id), [id = some.email_id](const Known& k) { return k.email_id == id; }};
      case 12:
        return {"THREADID T0", [](const Known&) { return false; }};
      case 13:
        return {"SAVEDATESUPPORTED", [](const Known&) { return true; }};
      case 14:
        return {"OLD", [](const Known&) { return false; }};  // all are recent to the session that is first
      default:
        return {"NEW", [](const Known& k) { return k.flags.count("\\Seen") == 0; }};
    }
  }

  // Mostly a piece of some message, so that there is something to find; any case.
  std::string needle() {
    for (;;) {
      std::string text;
      if (charset_ != nullptr) {
        text = m_.words(*charset_, 1);
      } else if (m_.one_in(5)) {
        text = m_.pick(m_.pick(k_charsets).words);
      } else {
        const auto& texts = messages_[m_.below(messages_.size())].texts;
        text = texts[m_.below(texts.size())];
      }
      auto chars = wide(text);
      const auto from = m_.below(chars.size() + 1);
      auto piece = chars.substr(from, 1 + m_.below(12));
      if (piece.empty() || piece.find_first_of(u"\r\n") != std::u16string::npos || (piece.front() & 0xFC00) == 0xDC00 ||
          (piece.back() & 0xFC00) == 0xD800)
        continue;
      std::string utf8(piece.size() * 3 + 1, '\0');
      std::int32_t size = 0;
      UErrorCode error = U_ZERO_ERROR;
      u_strToUTF8(utf8.data(), static_cast<std::int32_t>(utf8.size()), &size, piece.data(),
                  static_cast<std::int32_t>(piece.size()), &error);
      utf8.resize(static_cast<std::size_t>(size));
      if (m_.one_in(2)) utf8 = m_.one_in(2) ? upper(utf8) : lower(utf8);
      return utf8;
    }
  }
  std::string on_wire(std::string_view utf8) {
    const auto bytes = charset_ != nullptr ? in_charset(utf8, charset_->name) : std::string(utf8);
    return cat('{', bytes.size(), "+}\r\n", bytes);
  }
  static bool in(const std::u16string& text, const std::u16string& piece) {
    return text.find(piece) != std::u16string::npos;
  }

  Key text_key() {
    const auto text = needle();
    const auto piece = casemap(text);
    switch (m_.below(5)) {
      case 0: {
        static constexpr std::string_view names[] = {"FROM", "TO", "CC", "BCC", "SUBJECT"};
        const std::string name(m_.pick(names));
        if (m_.one_in(10)) return {cat(name, " \"\""), [=](const Known& k) { return k.envelope.count(name) != 0; }};
        return {cat(name, ' ', on_wire(text)), [=](const Known& k) {
                  const auto at = k.envelope_folded.find(name);
                  return at != k.envelope_folded.end() && in(at->second, piece);
                }};
      }
      case 1: {
        static constexpr std::string_view names[] = {"From", "subject",      "X-NOTE", "x-empty",
                                                     "Date", "Content-Type", "bcc"};
        const std::string name(m_.pick(names));
        const bool empty = m_.one_in(4);
        return {cat("HEADER ", name, ' ', empty ? "\"\"" : on_wire(text)), [=](const Known& k) {
                  return std::any_of(k.fields.begin(), k.fields.end(), [&](const Field& f) {
                    return iequals(f.name, name) && (empty || in(f.folded, piece));
                  });
                }};
      }
      case 2:
        return {cat("BODY ", on_wire(text)), [=](const Known& k) { return body(k, piece); }};
      default:
        return {cat("TEXT ", on_wire(text)), [=](const Known& k) {
                  return body(k, piece) ||
                         std::any_of(k.fields.begin(), k.fields.end(),
                                     [&](const Field& f) { return in(casemap(f.name + ": ") + f.folded, piece); }) ||
                         std::any_of(k.everywhere.begin(), k.everywhere.end(),
                                     [&](const auto& t) { return in(t, piece); });
                }};
    }
  }
  static bool body(const Known& k, const std::u16string& piece) {
    return std::any_of(k.bodies.begin(), k.bodies.end(), [&](const auto& t) { return in(t, piece); });
  }

  Maker& m_;
  const std::vector<Known>& messages_;
  const std::int64_t now_;
  const Charset* charset_ = nullptr;
};

std::size_t setting(const char* name, std::size_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

// How far the search index is when the queries come.
enum class Indexed : std::uint8_t { not_at_all, half, whole, restarted };

struct SearchRandom : ClientTest, testing::WithParamInterface<Indexed> {
  std::filesystem::path directory = std::filesystem::temp_directory_path() / cat("mailstead-search-", ::getpid());
  std::unique_ptr<index::Index> index = make_index();

  std::unique_ptr<index::Index> make_index() {
    return std::make_unique<index::Index>(accounts, clock, directory.string());
  }
  void SetUp() override {
    ClientTest::SetUp();
    if (GetParam() != Indexed::not_at_all) context.index = index.get();
  }
  void TearDown() override {
    ClientTest::TearDown();
    std::filesystem::remove_all(directory);
  }
  void index_all() {
    for (;;) {
      const auto more = run(index->step(account->id()));
      ASSERT_TRUE(more) << more.error().detail;
      if (!*more) return;
    }
  }
};

TEST_P(SearchRandom, EqualsNaiveEvaluation) {
  const auto queries = setting("MAILSTEAD_QUERIES", 500), count = setting("MAILSTEAD_MESSAGES", 300);
  Maker maker(setting("MAILSTEAD_SEED", 1));
  std::vector<Known> messages;
  const auto inbox = account->find("INBOX")->id;
  for (std::size_t i = 0; i < count; ++i) {
    std::string octets;
    auto k = maker.message(octets, i);
    account::NewMessage m{};
    m.content = octets;
    for (const auto* f : {"\\Seen", "\\Flagged", "\\Answered", "\\Deleted", "\\Draft", "$Junk", "work"})
      if (maker.one_in(3)) m.flags.emplace_back(f), k.flags.insert(f);
    const auto day = static_cast<std::int32_t>(20'780 + maker.below(50));
    m.internal_zone = static_cast<std::int16_t>(60 * (static_cast<int>(maker.below(25)) - 12));
    m.internal_date =
        std::int64_t{day} * 86'400 + static_cast<std::int64_t>(maker.below(86'400)) - m.internal_zone * 60;
    k.internal_day = day;
    k.internal = m.internal_date;
    clock.advance_ms(static_cast<std::int64_t>(maker.below(86'400'000)) / static_cast<std::int64_t>(1 + count / 20));
    k.saved = clock.now();
    std::vector<account::NewMessage> one{std::move(m)};
    ASSERT_TRUE(run(account->append(inbox, std::move(one), actor)));
    messages.push_back(std::move(k));
    // In pieces, so that there are segments of several sizes.
    const auto stop = GetParam() == Indexed::half ? count / 2 : count;
    if (GetParam() != Indexed::not_at_all && i < stop && (maker.one_in(1 + count / 20) || i + 1 == stop)) index_all();
  }
  if (GetParam() == Indexed::restarted) {
    index = make_index();
    context.index = index.get();
  }
  if (GetParam() != Indexed::not_at_all) {
    const auto status = run(index->status(account->id()));
    ASSERT_TRUE(status);
    ASSERT_EQ(status->file.documents, GetParam() == Indexed::half ? count / 2 : count);
    ASSERT_EQ(status->waiting, count - status->file.documents);
  }
  {  // numbers that only the server gives
    const auto open = *run(account->open(inbox));
    for (std::size_t i = 0; i < count; ++i) {
      const auto& row = open->rows->at(i);
      messages[i].uid = row.uid;
      messages[i].seq = static_cast<std::uint32_t>(i + 1);
      messages[i].modseq = row.modseq;
      messages[i].email_id = *run(account->email_id(model::ContentId(row.content)));
      ASSERT_EQ(row.size, messages[i].size);
    }
  }
  clock.advance_ms(3'600'000);
  auto peer = login();
  (*peer)("SELECT INBOX");
  Queries source(maker, messages, clock.now());
  std::size_t found = 0, none = 0;
  for (std::size_t q = 0; q < queries; ++q) {
    const auto* charset = maker.one_in(4) ? &maker.pick(k_charsets) : nullptr;
    source.set_charset(charset);
    const bool save = maker.one_in(8);
    auto key = source.any(static_cast<int>(maker.below(5)));
    const auto line = cat("UID SEARCH RETURN (", save ? "SAVE " : "", "ALL) ",
                          charset != nullptr ? cat("CHARSET ", charset->name, ' ') : "", key.wire);
    std::vector<std::uint32_t> expected;
    for (const auto& k : messages)
      if (key.holds(k)) expected.push_back(k.uid);
    UidSet set;
    for (const auto u : expected) set.insert(Uid(u));
    const auto answer = (*peer)(line);
    const auto all = answer.find(" ALL ");
    const auto told =
        all == std::string::npos ? "" : answer.substr(all + 5, answer.find_first_of(" \r", all + 5) - all - 5);
    ASSERT_NE(answer.find("t OK Done"), std::string::npos) << answer << line;
    ASSERT_EQ(told, set.to_string()) << "query " << q << ": " << line;
    (expected.empty() ? none : found) += 1;
    if (save)
      for (auto& k : messages) k.in_saved = set.contains(Uid(k.uid));
  }
  RecordProperty("with_results", static_cast<int>(found));
  std::printf("%zu queries over %zu messages: %zu found something, %zu nothing\n", queries, count, found, none);
  EXPECT_GT(found, queries / 4);
}

std::string name_of(const testing::TestParamInfo<Indexed>& info) {
  static constexpr const char* names[] = {"Scanned", "HalfIndexed", "Indexed", "Restarted"};
  return names[static_cast<std::size_t>(info.param)];
}
INSTANTIATE_TEST_SUITE_P(All, SearchRandom,
                         testing::Values(Indexed::not_at_all, Indexed::half, Indexed::whole, Indexed::restarted),
                         name_of);

}  // namespace
}  // namespace mailstead::imap
