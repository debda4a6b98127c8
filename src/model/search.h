// A SEARCH as a tree (RFC 9051 §6.4.4, RFC 3501's OLD/NEW/RECENT, RFC 7162 MODSEQ, 5032, 5182 "$", 8474, 8514), and its
// pure evaluation. Also what saved searches and filters may use.
//
// Evaluation is three-valued: a subject that has not loaded a header or body yet says so, cheap keys are asked first,
// and the caller loads more only for messages that are still undecided.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/flags.h"
#include "model/ids.h"
#include "model/numset.h"

namespace mailstead::model {

using Day = std::int32_t;  // days since 1970-01-01
// Of Unix seconds in a zone of so many minutes east: RFC 9051 §6.4.4 dates disregard time and zone.
Day day_of(std::int64_t seconds, int zone_minutes);

struct Query;

namespace key {
struct All {
  friend bool operator==(const All&, const All&) = default;
};
struct System {  // SEEN, UNSEEN, DELETED, …
  Flags flag;
  bool set;
  friend bool operator==(const System&, const System&) = default;
};
struct Keyword {  // KEYWORD x, UNKEYWORD x; by name, as the table is the mailbox's
  std::string name;
  bool set;
  friend bool operator==(const Keyword&, const Keyword&) = default;
};
struct Recent {  // RFC 3501: RECENT, OLD; NEW is RECENT UNSEEN
  bool set;
  friend bool operator==(const Recent&, const Recent&) = default;
};
struct Seqs {
  NumSet<SeqNum> set;
  friend bool operator==(const Seqs&, const Seqs&) = default;
};
struct Uids {
  NumSet<Uid> set;
  friend bool operator==(const Uids&, const Uids&) = default;
};
struct Saved {  // "$", RFC 5182
  friend bool operator==(const Saved&, const Saved&) = default;
};
struct Size {  // LARGER n, SMALLER n: both exclusive
  bool larger;
  std::uint64_t octets;
  friend bool operator==(const Size&, const Size&) = default;
};
enum class DateOf : std::uint8_t { internal, sent, saved };
enum class DateIs : std::uint8_t { before, on, since };
struct Date {
  DateOf of;
  DateIs is;
  Day day;
  friend bool operator==(const Date&, const Date&) = default;
};
struct Age {  // OLDER n, YOUNGER n: RFC 5032
  bool older;
  std::uint32_t seconds;
  friend bool operator==(const Age&, const Age&) = default;
};
struct SaveDateSupported {
  friend bool operator==(const SaveDateSupported&, const SaveDateSupported&) = default;
};
struct ModSeqFrom {  // MODSEQ n: that or later. Entry names of RFC 7162 §3.1.5 are read and have no effect.
  ModSeq modseq;
  friend bool operator==(const ModSeqFrom&, const ModSeqFrom&) = default;
};
struct ObjectId {  // RFC 8474 §5.3
  bool thread;
  std::string id;
  friend bool operator==(const ObjectId&, const ObjectId&) = default;
};
struct Envelope {  // FROM, TO, CC, BCC, SUBJECT: of the envelope
  std::string field, text;
  friend bool operator==(const Envelope&, const Envelope&) = default;
};
struct Header {  // HEADER: of the header itself; an empty text asks for the field alone
  std::string name, text;
  friend bool operator==(const Header&, const Header&) = default;
};
struct Body {
  std::string text;
  friend bool operator==(const Body&, const Body&) = default;
};
struct Text {
  std::string text;
  friend bool operator==(const Text&, const Text&) = default;
};
struct Annotation {   // RFC 5257 §4.8: to be replaced before the search
  std::string entry;  // may have "*" and "%"
  bool priv = true, shared = true;
  std::optional<std::string> text;  // none: there is no value
  friend bool operator==(const Annotation&, const Annotation&) = default;
};
struct Filter {  // RFC 5466: stands for a query that is stored under this name; to be replaced before the search
  std::string name;
  bool other_charset;  // the command's is neither UTF-8 nor US-ASCII
  friend bool operator==(const Filter&, const Filter&) = default;
};
struct And {
  std::vector<Query> of;
  friend bool operator==(const And&, const And&);
};
struct Or {
  std::vector<Query> of;
  friend bool operator==(const Or&, const Or&);
};
struct Not {
  std::vector<Query> of;  // exactly one
  friend bool operator==(const Not&, const Not&);
};
struct Fuzzy {            // RFC 6203: its texts need not match exactly
  std::vector<Query> of;  // exactly one
  friend bool operator==(const Fuzzy&, const Fuzzy&);
};
}  // namespace key

struct Query {
  std::variant<key::All, key::System, key::Keyword, key::Recent, key::Seqs, key::Uids, key::Saved, key::Size, key::Date,
               key::Age, key::SaveDateSupported, key::ModSeqFrom, key::ObjectId, key::Envelope, key::Header, key::Body,
               key::Text, key::Annotation, key::Filter, key::And, key::Or, key::Not, key::Fuzzy>
      node;
  friend bool operator==(const Query&, const Query&) = default;
};

Query both(std::vector<Query> of);  // And; a single one stands for itself, none is All
Query negate(Query q);

// What it takes to decide a query, in the order of cost.
enum class Cost : std::uint8_t { row, header, body };
Cost cost(const Query&);
// Puts cheap keys first within And and Or. Results do not change.
void order_by_cost(Query&);
bool needs_modseq(const Query&);       // RFC 7162 §3.1.5: the reply then carries MODSEQ
bool needs_seqs(const Query& q);       // a set of sequence numbers is among the keys
bool needs_fuzzy(const Query&);        // a FUZZY key is among them
Query without_fuzzy(Query q);          // asks for exact matches everywhere
bool needs_filter(const Query&);       // a named filter is among the keys
bool needs_annotations(const Query&);  // an annotation is among the keys
bool needs_saved(const Query&);        // "$" occurs
bool needs_digest(const Query&);       // a key of what Digests hold (model/digests.h): addresses, subject, sent date

// Flags that every match must and must not have. `all`: there is nothing else that it must be.
struct FlagTest {
  Flags set, clear;
  bool all = false;
  bool passes(Flags f) const { return f.has(set) && (f & clear).empty(); }
};
FlagTest flag_test(const Query&);

// The sequence-set notation of the protocol, which parses back to an equal query.
std::string to_string(const Query&);

// One message to be searched. Strings given are UTF-8; matching is by substring and without case (RFC 9051 §6.4.4),
// done by the subject, which knows charsets. nullopt: not loaded yet.
class Subject {
 public:
  virtual ~Subject() = default;
  virtual Flags flags() const = 0;
  // The same message, matching texts loosely; null: there is no other way. It must not outlive this one.
  virtual std::unique_ptr<Subject> fuzzily() const { return nullptr; }
  virtual bool has_keyword(std::string_view name) const = 0;
  virtual bool recent() const { return false; }
  virtual Uid uid() const = 0;
  virtual SeqNum seq() const = 0;
  virtual bool saved() const { return false; }  // in the result variable
  virtual std::uint64_t size() const = 0;
  virtual std::int64_t internal_date() const = 0;  // Unix seconds
  virtual int internal_zone() const = 0;           // minutes east
  virtual std::int64_t save_date() const = 0;
  virtual std::int64_t now() const = 0;
  virtual ModSeq modseq() const = 0;
  virtual std::string email_id() const = 0;
  virtual std::optional<std::string> thread_id() const = 0;
  struct SentDay {
    std::optional<Day> day;  // none: no Date field, or an unreadable one; matches no SENT… key
  };
  virtual std::optional<SentDay> sent_day() const = 0;
  virtual std::optional<bool> envelope_contains(std::string_view field, std::string_view text) const = 0;
  virtual std::optional<bool> header_contains(std::string_view name, std::string_view text) const = 0;
  virtual std::optional<bool> body_contains(std::string_view text) const = 0;
  virtual std::optional<bool> text_contains(std::string_view text) const = 0;  // header or body
};

// nullopt: the subject must load more to decide.
std::optional<bool> evaluate(const Query&, const Subject&);
// For subjects that have everything; undecided counts as no.
inline bool matches(const Query& q, const Subject& s) {
  return evaluate(q, s).value_or(false);
}

}  // namespace mailstead::model
