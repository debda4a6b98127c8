#include "imap/server/search_subject.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/utf8.h"
#include "imap/server/names.h"
#include "mime/casemap.h"
#include "mime/encoded_word.h"
#include "mime/header.h"

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

// `needle` is folded, and without marks if `loose`.
bool contains(std::string_view text, std::string_view needle, bool loose) {
  if (!loose) return mime::contains_folded(text, needle);
  return without_marks(mime::fold(text)).find(needle) != std::string::npos;
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
    q = of_uids(uids->set.resolve(uids->set.has_star() ? s.view.last_uid() : Uid()));
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

bool in_addresses(const std::vector<mime::Address>& addresses, std::string_view folded, bool loose) {
  std::string all;
  for (const auto& a : addresses) {
    if (!all.empty()) all += ", ";
    if (!a.display_name.empty()) append(all, mime::decode_header(a.display_name), ' ');
    if (!a.group_start() && !a.group_end()) append(all, '<', mime::address_spec(a), '>');
    if (a.group_start()) append(all, a.mailbox, ':');
  }
  return contains(all, folded, loose);
}

bool in_header_block(std::string_view header, std::string_view folded, bool loose) {
  mime::HeaderReader reader(header);
  for (mime::HeaderField f; reader.next(f);)
    if (contains(cat(f.name, ": ", mime::decode_header(f.value)), folded, loose)) return true;
  return false;
}

// A message whose texts match loosely.
class Loose final : public model::Subject {
 public:
  explicit Loose(const MessageSubject& m) : m_(m) {}

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
  const MessageSubject& m_;
};

}  // namespace

std::unique_ptr<model::Subject> MessageSubject::fuzzily() const {
  return std::make_unique<Loose>(*this);
}

std::vector<std::uint32_t> Scope::uids() const {
  std::vector<std::uint32_t> out;
  out.reserve(rows().size());
  for (std::size_t i = 0; i < rows().size() && rows().uid_at(i) <= view.last_uid().value; ++i)
    out.push_back(rows().uid_at(i));
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

std::optional<model::Subject::SentDay> MessageSubject::sent_day() const {
  if (!summary_) return std::nullopt;
  SentDay out;
  if (summary_->sent) out.day = model::day_of(summary_->sent->unix_seconds, summary_->sent->zone_minutes);
  return out;
}

// Addresses as a reader sees them: 'Name <local@host>', with ", " between them (docs/imap.md). An empty text asks
// whether there is anything.
std::optional<bool> MessageSubject::envelope_contains(std::string_view field, std::string_view text, bool loose) const {
  if (!summary_) return std::nullopt;
  const auto& e = summary_->message.envelope;
  if (field == "SUBJECT")
    return text.empty() ? !e.subject.empty() : contains(mime::decode_header(e.subject), text, loose);
  const auto& addresses = field == "FROM" ? e.from : field == "TO" ? e.to : field == "CC" ? e.cc : e.bcc;
  return text.empty() ? !addresses.empty() : in_addresses(addresses, text, loose);
}

std::optional<bool> MessageSubject::header_contains(std::string_view name, std::string_view text, bool loose) const {
  if (!octets_ || !summary_) return std::nullopt;
  const auto& root = summary_->message.parts.front();
  mime::HeaderReader reader(std::string_view(*octets_).substr(root.header_begin, root.body_begin - root.header_begin));
  for (mime::HeaderField f; reader.next(f);)
    if (iequals(f.name, name) && (text.empty() || contains(mime::decode_header(f.value), text, loose))) return true;
  return false;
}

// RFC 9051 §6.4.4: BODY matches no header fields, those of attached messages neither.
std::optional<bool> MessageSubject::body_contains(std::string_view text, bool loose) const {
  if (!octets_ || !summary_) return std::nullopt;
  const auto& parts = summary_->message.parts;
  return text.empty() || std::any_of(parts.begin(), parts.end(), [&](const mime::Part& part) {
           return part.type == "text" && contains(mime::body_text(*octets_, part), text, loose);
         });
}

// RFC 9051 §6.4.4: TEXT matches all header fields, also those of parts and of attached messages.
std::optional<bool> MessageSubject::text_contains(std::string_view text, bool loose) const {
  if (!octets_ || !summary_) return std::nullopt;
  const auto& parts = summary_->message.parts;
  const std::string_view octets = *octets_;
  return std::any_of(parts.begin(), parts.end(),
                     [&](const mime::Part& part) {
                       return in_header_block(octets.substr(part.header_begin, part.body_begin - part.header_begin),
                                              text, loose);
                     }) ||
         *body_contains(text, loose);
}

}  // namespace mailstead::imap
