#include "imap/server/search_subject.h"

#include <algorithm>

#include "base/ascii.h"
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

void prepare_node(model::Query& q, const Scope& s);

void prepare_all(std::vector<model::Query>& of, const Scope& s) {
  for (auto& q : of) prepare_node(q, s);
}

void prepare_node(model::Query& q, const Scope& s) {
  auto& node = q.node;
  if (auto* a = std::get_if<key::And>(&node)) return prepare_all(a->of, s);
  if (auto* o = std::get_if<key::Or>(&node)) return prepare_all(o->of, s);
  if (auto* n = std::get_if<key::Not>(&node)) return prepare_all(n->of, s);
  if (auto* h = std::get_if<key::Header>(&node)) {
    h->text = mime::fold(h->text);
  } else if (auto* e = std::get_if<key::Envelope>(&node)) {
    e->text = mime::fold(e->text);
  } else if (auto* b = std::get_if<key::Body>(&node)) {
    b->text = mime::fold(b->text);
  } else if (auto* t = std::get_if<key::Text>(&node)) {
    t->text = mime::fold(t->text);
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

bool in_addresses(const std::vector<mime::Address>& addresses, std::string_view folded) {
  std::string all;
  for (const auto& a : addresses) {
    if (!all.empty()) all += ", ";
    if (!a.display_name.empty()) append(all, mime::decode_header(a.display_name), ' ');
    if (!a.group_start() && !a.group_end()) append(all, '<', mime::address_spec(a), '>');
    if (a.group_start()) append(all, a.mailbox, ':');
  }
  return mime::contains_folded(all, folded);
}

bool in_header_block(std::string_view header, std::string_view folded) {
  mime::HeaderReader reader(header);
  for (mime::HeaderField f; reader.next(f);)
    if (mime::contains_folded(cat(f.name, ": ", mime::decode_header(f.value)), folded)) return true;
  return false;
}

}  // namespace

std::vector<std::uint32_t> Scope::uids() const {
  std::vector<std::uint32_t> out;
  out.reserve(rows().size());
  for (std::size_t i = 0; i < rows().size() && rows().uid_at(i) <= view.last_uid().value; ++i)
    out.push_back(rows().uid_at(i));
  return out;
}

model::Query prepare(model::Query query, const Scope& scope) {
  prepare_node(query, scope);
  model::order_by_cost(query);
  return query;
}

std::optional<model::Subject::SentDay> MessageSubject::sent_day() const {
  if (!summary_) return std::nullopt;
  SentDay out;
  if (summary_->sent) out.day = model::day_of(summary_->sent->unix_seconds, summary_->sent->zone_minutes);
  return out;
}

// Addresses as a reader sees them: 'Name <local@host>', with ", " between them (docs/imap.md). An empty text asks
// whether there is anything.
std::optional<bool> MessageSubject::envelope_contains(std::string_view field, std::string_view text) const {
  if (!summary_) return std::nullopt;
  const auto& e = summary_->message.envelope;
  if (field == "SUBJECT")
    return text.empty() ? !e.subject.empty() : mime::contains_folded(mime::decode_header(e.subject), text);
  const auto& addresses = field == "FROM" ? e.from : field == "TO" ? e.to : field == "CC" ? e.cc : e.bcc;
  return text.empty() ? !addresses.empty() : in_addresses(addresses, text);
}

std::optional<bool> MessageSubject::header_contains(std::string_view name, std::string_view text) const {
  if (!octets_ || !summary_) return std::nullopt;
  const auto& root = summary_->message.parts.front();
  mime::HeaderReader reader(std::string_view(*octets_).substr(root.header_begin, root.body_begin - root.header_begin));
  for (mime::HeaderField f; reader.next(f);)
    if (iequals(f.name, name) && (text.empty() || mime::contains_folded(mime::decode_header(f.value), text)))
      return true;
  return false;
}

// RFC 9051 §6.4.4: BODY matches no header fields, those of attached messages neither.
std::optional<bool> MessageSubject::body_contains(std::string_view text) const {
  if (!octets_ || !summary_) return std::nullopt;
  const auto& parts = summary_->message.parts;
  return text.empty() || std::any_of(parts.begin(), parts.end(), [&](const mime::Part& part) {
           return part.type == "text" && mime::contains_folded(mime::body_text(*octets_, part), text);
         });
}

// RFC 9051 §6.4.4: TEXT matches all header fields, also those of parts and of attached messages.
std::optional<bool> MessageSubject::text_contains(std::string_view text) const {
  if (!octets_ || !summary_) return std::nullopt;
  const auto& parts = summary_->message.parts;
  const std::string_view octets = *octets_;
  return std::any_of(parts.begin(), parts.end(),
                     [&](const mime::Part& part) {
                       return in_header_block(octets.substr(part.header_begin, part.body_begin - part.header_begin),
                                              text);
                     }) ||
         *body_contains(text);
}

}  // namespace mailstead::imap
