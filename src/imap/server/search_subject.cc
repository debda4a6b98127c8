#include "imap/server/search_subject.h"

#include <algorithm>
#include <cstring>

#include "base/ascii.h"
#include "base/utf8.h"
#include "imap/server/names.h"
#include "mime/casemap.h"
#include "mime/encoded_word.h"
#include "mime/header.h"
#include "mime/searchable.h"

namespace mailstead::imap {
namespace {

namespace key = model::key;

// RFC 9051 §6.4.4: numbers that no message has match nothing.
UidSet uids_of(const Scope& s, const SeqSet& seqs) {
  const auto& rows = s.rows();
  const auto exists = s.view.exists(rows);
  if (exists == 0) return {};
  const auto known = seqs.resolve(SeqNum(exists)).intersect(SeqSet(SeqNum(1), SeqNum(exists)));
  return s.view.uids_of(rows, known).value_or(UidSet());
}

model::Query of_uids(UidSet uids) {
  return {key::Uids{std::move(uids)}};
}

// Of a folded text: without the marks that stand behind their letters (Unicode's blocks of combining marks).
std::string without_marks(std::string_view folded) {
  static constexpr std::pair<char32_t, char32_t> marks[] = {
      {0x300, 0x36F}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x20D0, 0x20FF}, {0xFE20, 0xFE2F}};
  if (is_ascii(folded)) return std::string(folded);
  std::string out;
  for (std::size_t at = 0; at < folded.size();) {
    const auto from = at;
    const auto c = utf8_next(folded, at);
    if (std::none_of(std::begin(marks), std::end(marks),
                     [c](const auto& block) { return c >= block.first && c <= block.second; }))
      out += folded.substr(from, at - from);
  }
  return out;
}

// Texts are folded; the one looked for is without marks if `loose`. memmem is linear whatever the two are, find() is
// not.
bool contains_in_folded(std::string_view text, std::string_view needle, bool loose) {
  if (needle.empty()) return true;
  if (text.size() < needle.size()) return false;
  if (!loose) return memmem(text.data(), text.size(), needle.data(), needle.size()) != nullptr;
  return without_marks(text).find(needle) != std::string::npos;
}

// `needle` is folded, and without marks if `loose`.
bool contains(std::string_view text, std::string_view needle, bool loose) {
  return loose ? contains_in_folded(mime::fold(text), needle, true) : mime::contains_folded(text, needle);
}

constexpr index::Columns k_anywhere = index::bit(index::header) | index::bit(index::body);

index::Columns column_of(std::string_view envelope_field) {
  return index::bit(envelope_field == "SUBJECT" ? index::subject
                    : envelope_field == "FROM"  ? index::from
                    : envelope_field == "TO"    ? index::to
                    : envelope_field == "CC"    ? index::cc
                                                : index::bcc);
}

// Those of a FUZZY key are not asked: the index keeps the marks.
void questions_of(const model::Query& q, std::vector<index::Question>& out) {
  const auto all = [&](const std::vector<model::Query>& of) {
    for (const auto& one : of) questions_of(one, out);
  };
  const auto ask = [&](index::Columns columns, const std::string& text) {
    const bool there = std::any_of(out.begin(), out.end(), [&](const index::Question& other) {
      return other.columns == columns && other.folded == text;
    });
    if (!there && index::plan(text)) out.push_back({columns, text});
  };
  if (const auto* a = std::get_if<key::And>(&q.node)) return all(a->of);
  if (const auto* o = std::get_if<key::Or>(&q.node)) return all(o->of);
  if (const auto* n = std::get_if<key::Not>(&q.node)) return all(n->of);
  if (const auto* h = std::get_if<key::Header>(&q.node)) return ask(index::bit(index::header), h->text);
  if (const auto* e = std::get_if<key::Envelope>(&q.node)) return ask(column_of(e->field), e->text);
  if (const auto* b = std::get_if<key::Body>(&q.node)) return ask(index::bit(index::body), b->text);
  if (const auto* t = std::get_if<key::Text>(&q.node)) return ask(k_anywhere, t->text);
}

void prepare_node(model::Query& q, const Scope& s, bool loose);

void prepare_all(std::vector<model::Query>& of, const Scope& s, bool loose) {
  for (auto& q : of) prepare_node(q, s, loose);
}

void prepare_node(model::Query& q, const Scope& s, bool loose) {
  auto& node = q.node;
  if (auto* a = std::get_if<key::And>(&node)) return prepare_all(a->of, s, loose);
  if (auto* o = std::get_if<key::Or>(&node)) return prepare_all(o->of, s, loose);
  if (auto* n = std::get_if<key::Not>(&node)) return prepare_all(n->of, s, loose);
  if (auto* f = std::get_if<key::Fuzzy>(&node)) return prepare_all(f->of, s, true);
  const auto folded = [loose](const std::string& text) {
    auto out = mime::fold(text);
    return loose ? without_marks(out) : out;
  };
  if (auto* h = std::get_if<key::Header>(&node)) {
    h->text = folded(h->text);
  } else if (auto* e = std::get_if<key::Envelope>(&node)) {
    e->text = folded(e->text);
  } else if (auto* b = std::get_if<key::Body>(&node)) {
    b->text = folded(b->text);
  } else if (auto* t = std::get_if<key::Text>(&node)) {
    t->text = folded(t->text);
  } else if (const auto* seqs = std::get_if<key::Seqs>(&node)) {
    q = of_uids(uids_of(s, seqs->set));
  } else if (const auto* uids = std::get_if<key::Uids>(&node)) {
    q = of_uids(uids->set.resolve(uids->set.has_star() ? s.view.highest_uid(s.rows()) : Uid()));
  } else if (std::holds_alternative<key::Saved>(node)) {
    q = of_uids(s.saved);
  } else if (const auto* recent = std::get_if<key::Recent>(&node)) {
    auto is_recent = of_uids(s.recent);
    q = recent->set ? std::move(is_recent) : model::negate(std::move(is_recent));
  } else if (const auto* word = std::get_if<key::Keyword>(&node)) {
    const auto bit = s.mailbox->mailbox->keywords.parse(word->name);
    if (bit)
      q = {key::System{*bit, word->set}};
    else
      q = word->set ? model::negate({key::All{}}) : model::Query{key::All{}};
  }
}

// A message whose texts match loosely.
template <class M>
class Loose final : public model::Subject {
 public:
  explicit Loose(const M& m) : m_(m) {}

  model::Flags flags() const override { return m_.flags(); }
  bool has_keyword(std::string_view name) const override { return m_.has_keyword(name); }
  Uid uid() const override { return m_.uid(); }
  SeqNum seq() const override { return m_.seq(); }
  std::uint64_t size() const override { return m_.size(); }
  std::int64_t internal_date() const override { return m_.internal_date(); }
  int internal_zone() const override { return m_.internal_zone(); }
  std::int64_t save_date() const override { return m_.save_date(); }
  std::int64_t now() const override { return m_.now(); }
  ModSeq modseq() const override { return m_.modseq(); }
  std::string email_id() const override { return m_.email_id(); }
  std::optional<std::string> thread_id() const override { return m_.thread_id(); }
  std::optional<SentDay> sent_day() const override { return m_.sent_day(); }
  std::optional<bool> envelope_contains(std::string_view field, std::string_view text) const override {
    return m_.envelope_contains(field, text, true);
  }
  std::optional<bool> header_contains(std::string_view name, std::string_view text) const override {
    return m_.header_contains(name, text, true);
  }
  std::optional<bool> body_contains(std::string_view text) const override { return m_.body_contains(text, true); }
  std::optional<bool> text_contains(std::string_view text) const override { return m_.text_contains(text, true); }

 private:
  const M& m_;
};

model::Column envelope_column(std::string_view field) {
  return field == "SUBJECT" ? model::Column::subject
         : field == "FROM"  ? model::Column::from
         : field == "TO"    ? model::Column::to
         : field == "CC"    ? model::Column::cc
                            : model::Column::bcc;
}

constexpr std::size_t k_memos = 16;  // of a query's text keys: each takes an octet for each distinct text

}  // namespace

std::unique_ptr<model::Subject> MessageSubject::fuzzily() const {
  return std::make_unique<Loose<MessageSubject>>(*this);
}

std::unique_ptr<model::Subject> DigestSubject::fuzzily() const {
  return std::make_unique<Loose<DigestSubject>>(*this);
}

void DigestSubject::use(model::DigestsRef digests) {
  if (memos_of_.lock() != digests) memos_.clear();
  memos_of_ = digests_ = std::move(digests);
}

std::optional<model::Subject::SentDay> DigestSubject::sent_day() const {
  if (place_ == model::Digests::k_none) return std::nullopt;
  return digests_->sent_day(place_);
}

std::optional<bool> DigestSubject::envelope_contains(std::string_view field, std::string_view text, bool loose) const {
  if (place_ == model::Digests::k_none) return std::nullopt;
  const auto column = envelope_column(field);
  if (text.empty()) return digests_->has_field(column, place_);
  return contains_id(digests_->id(column, place_), text, loose);
}

bool DigestSubject::contains_id(std::uint32_t id, std::string_view text, bool loose) const {
  auto memo = std::find_if(memos_.begin(), memos_.end(),
                           [&](const Memo& m) { return m.key == text.data() && m.loose == loose; });
  if (memo == memos_.end()) {
    if (memos_.size() == k_memos) return contains_in_folded(digests_->dictionary().at(id), text, loose);
    memo = memos_.insert(memo, {text.data(), loose, {}});
  }
  if (memo->by_id.size() <= id) memo->by_id.resize(digests_->dictionary().size());
  auto& found = memo->by_id[id];
  if (found == 0) found = contains_in_folded(digests_->dictionary().at(id), text, loose) ? 1 : -1;
  return found > 0;
}

std::vector<std::uint32_t> Scope::uids(const model::FlagTest& flags) const {
  std::vector<std::uint32_t> out;
  const auto last = view.last_uid().value;
  for (std::size_t i = 0; i < rows().size(); ++i) {
    const auto& row = rows().at(i);
    if (row.uid > last) break;
    if (flags.passes({row.flags})) out.push_back(row.uid);
  }
  return out;
}

model::Query prepare(model::Query query, const Scope& scope) {
  prepare_node(query, scope, false);
  model::order_by_cost(query);
  return query;
}

std::optional<std::string> MessageSubject::thread_id() const {
  if (!summary_) return std::nullopt;
  return imap::thread_id(*summary_);
}

std::vector<index::Question> Known::questions(const model::Query& prepared) {
  std::vector<index::Question> out;
  questions_of(prepared, out);
  return out;
}

index::Verdict Known::of(index::Columns columns, std::string_view folded, std::uint64_t content) const {
  for (std::size_t i = 0; i < questions_.size(); ++i)
    if (questions_[i].columns == columns && questions_[i].folded == folded) return hits_->of(i, content);
  return index::Verdict::look;
}

// `sure`: that the columns contain it is all that is asked.
std::optional<bool> MessageSubject::known(index::Columns columns, std::string_view text, bool loose, bool sure) const {
  if (!known_ || loose) return std::nullopt;
  const auto verdict = known_->of(columns, text, row_.content);
  if (verdict == index::Verdict::no) return false;
  if (verdict == index::Verdict::yes && sure) return true;
  return std::nullopt;
}

std::optional<model::Subject::SentDay> MessageSubject::sent_day() const {
  if (!summary_) return std::nullopt;
  SentDay out;
  if (summary_->sent) out.day = model::day_of(summary_->sent->unix_seconds, summary_->sent->zone_minutes);
  return out;
}

// Addresses as a reader sees them: 'Name <local@host>', with ", " between them (docs/imap.md). An empty text asks
// whether there is anything.
std::optional<bool> MessageSubject::envelope_contains(std::string_view field, std::string_view text, bool loose) const {
  if (!summary_) return known(column_of(field), text, loose);
  const auto& e = summary_->message.envelope;
  if (field == "SUBJECT") return text.empty() ? !e.subject.empty() : contains(mime::subject_text(e), text, loose);
  const auto& addresses = field == "FROM" ? e.from : field == "TO" ? e.to : field == "CC" ? e.cc : e.bcc;
  return text.empty() ? !addresses.empty() : contains(mime::addresses_text(addresses), text, loose);
}

std::optional<bool> MessageSubject::header_contains(std::string_view name, std::string_view text, bool loose) const {
  if (!octets_ || !summary_) return known(index::bit(index::header), text, loose, false);
  const auto& root = summary_->message.parts.front();
  mime::HeaderReader reader(std::string_view(*octets_).substr(root.header_begin, root.body_begin - root.header_begin));
  for (mime::HeaderField f; reader.next(f);)
    if (iequals(f.name, name) && (text.empty() || contains(mime::decode_header(f.value), text, loose))) return true;
  return false;
}

// RFC 9051 §6.4.4: BODY matches no header fields, those of attached messages neither.
std::optional<bool> MessageSubject::body_contains(std::string_view text, bool loose) const {
  if (!octets_ || !summary_) return known(index::bit(index::body), text, loose);
  return text.empty() || !mime::body_texts(*octets_, summary_->message.parts,
                                           [&](std::string_view body) { return !contains(body, text, loose); });
}

// RFC 9051 §6.4.4: TEXT matches all header fields, also those of parts and of attached messages.
std::optional<bool> MessageSubject::text_contains(std::string_view text, bool loose) const {
  if (!octets_ || !summary_) return known(k_anywhere, text, loose);
  for (const auto& part : summary_->message.parts)
    if (!mime::header_texts(*octets_, part, [&](std::string_view field) { return !contains(field, text, loose); }))
      return true;
  return body_contains(text, loose);
}

}  // namespace mailstead::imap
