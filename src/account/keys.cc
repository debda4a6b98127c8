#include "account/keys.h"

#include "account/blocks.h"
#include "base/codec.h"

namespace mailstead::account {
namespace {

constexpr std::uint8_t k_version = 1;
constexpr char k_block_mark = 'b';

Error corrupt(std::string_view what) {
  return {Errc::corrupt, std::string(what)};
}

void write_quota(Writer& w, const Quota& q) {
  w.varint(q.bytes_used).varint(q.messages_used).varint(q.bytes_max).varint(q.messages_max);
  w.varint(q.removed_bytes).varint(q.removed_messages);
}

Quota read_quota(Reader& r) {
  Quota q;
  q.bytes_used = r.varint();
  q.messages_used = r.varint();
  q.bytes_max = r.varint();
  q.messages_max = r.varint();
  q.removed_bytes = r.varint();
  q.removed_messages = r.varint();
  return q;
}

void write_row(Writer& w, const Row& r) {
  w.varint(r.modseq).varint(r.content).varint(r.flags).svarint(r.internal_date).varint(r.size).varint(r.save_date);
  w.svarint(r.internal_zone);
}

Row read_row(Reader& r, std::uint32_t uid) {
  Row row{};
  row.uid = uid;
  row.modseq = r.varint();
  row.content = r.varint();
  row.flags = r.varint();
  row.internal_date = r.svarint();
  row.size = static_cast<std::uint32_t>(r.varint());
  row.save_date = static_cast<std::uint32_t>(r.varint());
  row.internal_zone = static_cast<std::int16_t>(r.svarint());
  return row;
}

void write_names(Writer& w, const std::vector<std::string>& names) {
  w.varint(names.size());
  for (const auto& n : names) w.str(n);
}

std::vector<std::string> read_names(Reader& r) {
  std::vector<std::string> names;
  for (auto n = r.varint(); n > 0 && !r.bad(); --n) names.emplace_back(r.str());
  return names;
}

void write_uids(Writer& w, const UidSet& uids) {
  w.varint(uids.ranges().size());
  for (const auto& range : uids.ranges()) w.varint(range.first.value).varint(range.last.value - range.first.value);
}

UidSet read_uids(Reader& r) {
  UidSet uids;
  for (auto n = r.varint(); n > 0 && !r.bad(); --n) {
    const auto first = static_cast<std::uint32_t>(r.varint());
    uids.insert(Uid(first), Uid(first + static_cast<std::uint32_t>(r.varint())));
  }
  return uids;
}

}  // namespace

std::string mailbox_key(std::uint32_t mailbox) {
  return Writer().raw("m").u32be(mailbox).take();
}
std::string row_key(std::uint32_t mailbox, std::uint32_t uid) {
  return Writer().raw("e").u32be(mailbox).u32be(uid).take();
}
std::string block_key(std::uint32_t mailbox, std::uint32_t block) {
  return row_key(mailbox, last_uid(block)) + k_block_mark;
}
std::optional<RowPlace> parse_row_key(std::string_view key) {
  if (key.empty() || key[0] != 'e') return std::nullopt;
  Reader in(key.substr(1));
  RowPlace place{};
  place.mailbox = in.u32be();
  place.uid = in.u32be();
  if (in.done()) return place;
  place.block = true;
  if (in.bad() || in.rest() != std::string_view(&k_block_mark, 1) || place.uid != last_uid(block_of(place.uid)))
    return std::nullopt;
  return place;
}
std::string content_key(std::uint64_t content) {
  return Writer().raw("c").u64be(content).take();
}
std::string summary_key(std::uint64_t content) {
  return Writer().raw("p").u64be(content).take();
}
std::string removed_key(std::uint64_t number) {
  return Writer().raw("r").u64be(number).take();
}
std::string sharing_key(std::uint32_t mailbox) {
  return Writer().raw("l").u32be(mailbox).take();
}
std::string annotation_key(std::uint32_t mailbox, std::string_view name) {
  return Writer().raw("a").u32be(mailbox).raw(name).take();
}
std::string annotations_key(std::uint32_t mailbox, std::uint32_t uid, std::string_view user) {
  return Writer().raw("n").u32be(mailbox).u32be(uid).raw(user).take();
}
std::string subscription_key(std::string_view name) {
  return Writer().raw("s").raw(name.substr(0, 500)).take();
}
std::string hidden_key(std::uint32_t device) {
  return Writer().raw("d").u32be(device).take();
}
std::string view_key(std::uint32_t mailbox, std::uint32_t device) {
  return Writer().raw("g").u32be(mailbox).u32be(device).take();
}
std::string options_key() {
  return "o";
}
std::string after_letter(char letter) {
  return std::string(1, static_cast<char>(letter + 1));
}

std::string encode_state(const State& s) {
  Writer w;
  w.u8(k_version).varint(s.next_mailbox).varint(s.last_uidvalidity).varint(s.next_content).varint(s.next_removed);
  write_quota(w, s.quota);
  return w.take();
}

Result<State> decode_state(std::string_view bytes) {
  Reader r(bytes);
  const bool known = r.u8() == k_version;
  State s;
  s.next_mailbox = static_cast<std::uint32_t>(r.varint());
  s.last_uidvalidity = static_cast<std::uint32_t>(r.varint());
  s.next_content = r.varint();
  s.next_removed = r.varint();
  s.quota = read_quota(r);
  if (!known || !r.done()) return std::unexpected(corrupt("account state"));
  return s;
}

std::string encode_mailbox(const Mailbox& m) {
  Writer w;
  w.u8(k_version).str(m.name).u32be(m.uidvalidity).varint(m.uidnext).varint(m.highest_modseq);
  w.varint(m.messages).varint(m.unseen).varint(m.deleted).varint(m.bytes);
  w.u8(m.use ? static_cast<std::uint8_t>(1 + static_cast<std::uint8_t>(*m.use)) : std::uint8_t{0});
  w.u8(static_cast<std::uint8_t>((m.subscribed ? 1 : 0) | (m.selectable ? 2 : 0) | (m.annotated ? 4 : 0)));
  write_names(w, m.keywords.names());
  return w.take();
}

Result<Mailbox> decode_mailbox(std::uint32_t id, std::string_view bytes) {
  Reader r(bytes);
  const bool known = r.u8() == k_version;
  Mailbox m{};
  m.id = MailboxId(id);
  m.name = r.str();
  m.uidvalidity = r.u32be();
  m.uidnext = static_cast<std::uint32_t>(r.varint());
  m.highest_modseq = r.varint();
  m.messages = r.varint();
  m.unseen = r.varint();
  m.deleted = r.varint();
  m.bytes = r.varint();
  const auto use = r.u8();
  if (use != 0) m.use = static_cast<model::SpecialUse>(use - 1);
  const auto bits = r.u8();
  m.subscribed = (bits & 1) != 0;
  m.selectable = (bits & 2) != 0;
  m.annotated = (bits & 4) != 0;
  m.keywords = model::KeywordTable(read_names(r));
  if (!known || !r.done() || use > 8) return std::unexpected(corrupt("mailbox row"));
  return m;
}

std::string encode_row(const Row& row) {
  Writer w;
  w.u8(k_version);
  write_row(w, row);
  return w.take();
}

Result<Row> decode_row(std::uint32_t uid, std::string_view bytes) {
  Reader r(bytes);
  const bool known = r.u8() == k_version;
  const auto row = read_row(r, uid);
  if (!known || !r.done()) return std::unexpected(corrupt("message row"));
  return row;
}

std::string encode_content(const Content& c) {
  return Writer().u8(k_version).raw(c.blob.view()).str(c.prefix).varint(c.size).str(c.email_id).take();
}

Result<Content> decode_content(std::string_view bytes) {
  Reader r(bytes);
  const bool known = r.u8() == k_version;
  const auto blob = store::BlobId::from(r.raw(24));
  Content c;
  c.prefix = r.str();
  c.size = r.varint();
  c.email_id = r.str();
  if (!known || !blob || !r.done()) return std::unexpected(corrupt("content row"));
  c.blob = *blob;
  return c;
}

std::string encode_removed(const RemovedRow& removed) {
  Writer w;
  w.u8(k_version).u32be(removed.row.uid);
  write_row(w, removed.row);
  w.u32be(removed.mailbox).str(removed.mailbox_name).svarint(removed.removed_at).str(removed.actor);
  write_names(w, removed.flags);
  return w.take();
}

Result<RemovedRow> decode_removed(std::string_view bytes) {
  Reader r(bytes);
  const bool known = r.u8() == k_version;
  RemovedRow removed;
  const auto uid = r.u32be();
  removed.row = read_row(r, uid);
  removed.mailbox = r.u32be();
  removed.mailbox_name = r.str();
  removed.removed_at = r.svarint();
  removed.actor = r.str();
  removed.flags = read_names(r);
  if (!known || !r.done()) return std::unexpected(corrupt("removed row"));
  return removed;
}

std::string encode_annotation(std::string_view value) {
  return Writer().u8(1).str(value).take();
}

Result<std::string> decode_annotation(std::string_view bytes) {
  Reader r(bytes);
  const bool known = r.u8() == 1;
  std::string value(r.str());
  if (!known || !r.done()) return fail(Errc::corrupt, "annotation");
  return value;
}

std::string encode_annotations(const Entries& entries) {
  Writer w;
  w.u8(k_version).varint(entries.size());
  for (const auto& [entry, value] : entries) w.str(entry).str(value);
  return w.take();
}

Result<Entries> decode_annotations(std::string_view bytes) {
  Reader r(bytes);
  const bool known = r.u8() == k_version;
  Entries entries;
  for (auto n = r.varint(); n > 0 && !r.bad(); --n) {
    std::string entry(r.str());
    entries[std::move(entry)] = r.str();
  }
  if (!known || !r.done()) return std::unexpected(corrupt("annotations"));
  return entries;
}

std::string encode_uids(const UidSet& uids) {
  Writer w;
  w.u8(k_version);
  write_uids(w, uids);
  return w.take();
}

Result<UidSet> decode_uids(std::string_view bytes) {
  Reader r(bytes);
  const bool known = r.u8() == k_version;
  auto uids = read_uids(r);
  if (!known || !r.done()) return std::unexpected(corrupt("UIDs"));
  return uids;
}

std::string encode_view(const Pop3View& v) {
  Writer w;
  w.u8(k_version).varint(v.last_day);
  write_uids(w, v.hidden);
  w.varint(v.retrieved.size());
  for (const auto& batch : v.retrieved) {
    w.varint(batch.day);
    write_uids(w, batch.uids);
  }
  return w.take();
}

Result<Pop3View> decode_view(std::string_view bytes) {
  Reader r(bytes);
  const bool known = r.u8() == k_version;
  Pop3View v;
  v.last_day = static_cast<std::uint32_t>(r.varint());
  v.hidden = read_uids(r);
  for (auto n = r.varint(); n > 0 && !r.bad(); --n) {
    const auto day = static_cast<std::uint32_t>(r.varint());
    v.retrieved.push_back({day, read_uids(r)});
  }
  if (!known || !r.done()) return std::unexpected(corrupt("POP3 view"));
  return v;
}

}  // namespace mailstead::account
