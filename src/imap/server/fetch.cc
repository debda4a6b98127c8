#include "imap/server/fetch.h"

#include <algorithm>

#include "base/ascii.h"
#include "imap/server/ahead.h"
#include "imap/server/annotations.h"
#include "imap/server/names.h"
#include "imap/server/section.h"
#include "imap/wire/structure.h"
#include "mime/encoding.h"

namespace mailstead::imap {
namespace {

constexpr std::size_t k_batch_messages = 128;
constexpr std::size_t k_batch_bytes = 256 * 1024;
constexpr std::size_t k_batches = 3;               // the one that is sent, and those read meanwhile
constexpr std::size_t k_whole_bytes = 256 * 1024;  // larger messages are read in pieces, as far as they are asked for

bool is_octets(const FetchItem& i) {
  switch (i.attr) {
    case FetchAttr::body:
    case FetchAttr::binary:
    case FetchAttr::binary_size:
    case FetchAttr::rfc822:
    case FetchAttr::rfc822_header:
    case FetchAttr::rfc822_text:
      return true;
    default:
      return false;
  }
}

bool is_whole(const FetchItem& i) {
  return i.attr == FetchAttr::rfc822 ||
         (i.attr == FetchAttr::body && i.section.part.empty() && i.section.text == Section::Text::all);
}

bool is_of_summary(const FetchItem& i) {
  switch (i.attr) {
    case FetchAttr::envelope:
    case FetchAttr::bodystructure:
    case FetchAttr::body_structure_short:
    case FetchAttr::preview:
    case FetchAttr::threadid:
      return true;
    default:
      return is_octets(i) && !is_whole(i);
  }
}

bool marks_seen(const FetchItem& i) {
  return !i.peek && (i.attr == FetchAttr::body || i.attr == FetchAttr::binary || i.attr == FetchAttr::rfc822 ||
                     i.attr == FetchAttr::rfc822_text);
}

}  // namespace

Fetcher::Fetcher(Session& session, Fetch command) : s_(session), command_(std::move(command)) {
  const bool may_see = s_.rights(s_.selected->id()).has(model::right::seen);  // RFC 4314 §4
  for (auto& item : command_.items) {
    // RFC 3501 §6.4.5: other names of sections.
    if (item.attr == FetchAttr::rfc822_header) item.section.text = Section::Text::header;
    if (item.attr == FetchAttr::rfc822_text) item.section.text = Section::Text::text;
    needs_octets_ = needs_octets_ || is_octets(item);
    needs_summary_ = needs_summary_ || is_of_summary(item);
    sets_seen_ = sets_seen_ || (marks_seen(item) && !s_.selected->read_only && may_see);
    asks_uid_ = asks_uid_ || item.attr == FetchAttr::uid;
    asks_flags_ = asks_flags_ || item.attr == FetchAttr::flags;
    needs_annotations_ = needs_annotations_ || item.attr == FetchAttr::annotation;
    plain_ = plain_ && !is_octets(item) && item.attr != FetchAttr::emailid && item.attr != FetchAttr::annotation;
    asks_modseq_ = asks_modseq_ || item.attr == FetchAttr::modseq;
  }
}

Task<Result<>> Fetcher::run(std::vector<std::uint32_t> uids) {
  uids_ = std::move(uids);
  auto work = work_ahead<Batch>(this, k_batches);
  co_return co_await std::move(work);
}

bool Fetcher::take(Batch& out) {
  std::size_t bytes = 0;
  const auto from = at_;
  for (; at_ < uids_.size() && out.messages.size() < k_batch_messages && bytes < k_batch_bytes; ++at_) {
    const auto* row = s_.selected->rows().find(uids_[at_]);
    if (row == nullptr) continue;
    if (command_.changed_since && row->modseq <= command_.changed_since->value) continue;
    Message m{};
    m.row = *row;
    m.loaded = needs_octets_ && row->size <= k_whole_bytes;
    if (m.loaded) bytes += row->size;
    out.messages.push_back(std::move(m));
  }
  return at_ != from;
}

Task<void> Fetcher::begin(Batch& batch) {
  auto read = load(batch.messages);
  batch.loaded = co_await std::move(read);
}

Task<Result<bool>> Fetcher::finish(Batch& batch) {
  CO_TRY_VOID(std::move(batch.loaded));
  auto& messages = batch.messages;
  if (sets_seen_) CO_TRY_VOID(co_await set_seen(messages));
  for (const auto& m : messages) {
    if (plain_)
      print_plain(m);
    else
      co_await print(m);
    if (s_.connection.full()) co_await s_.connection.flush();
  }
  if (!needs_summary_ && !needs_octets_) co_await s_.account->home().yield();
  co_return s_.selected.has_value();
}

Task<Result<>> Fetcher::set_seen(std::vector<Message>& messages) {
  UidSet unseen;
  for (const auto& m : messages)
    if (!model::Flags{m.row.flags}.has(model::k_seen)) unseen.insert(Uid(m.row.uid));
  if (unseen.empty()) co_return Result<>();
  std::vector<std::string> seen{"\\Seen"};
  auto store = s_.account->store_flags(s_.selected->id(), std::move(unseen), account::FlagChange::add, std::move(seen),
                                       std::nullopt, s_.actor());
  const auto stored = co_await std::move(store);
  if (!stored) co_return std::unexpected(stored.error());
  s_.note_own_change(*stored, true);
  const auto changed = UidSet::of_numbers(stored->changed);
  for (auto& m : messages) {
    const auto* row = s_.selected->rows().find(m.row.uid);
    if (row != nullptr) m.row = *row;  // else removed meanwhile: its content is still there
    m.seen_now = changed.contains(Uid(m.row.uid));
  }
  co_return Result<>();
}

Task<Result<>> Fetcher::load_annotations(std::vector<Message>& messages) {
  UidSet uids;
  for (const auto& m : messages) uids.insert(Uid(m.row.uid));
  auto ask = annotations_of(&s_, s_.selected->id(), std::move(uids));
  CO_TRY(auto found, co_await std::move(ask));
  auto at = messages.begin();
  for (auto& one : found) {
    at = std::find_if(at, messages.end(), [&](const Message& m) { return m.row.uid == one.uid; });
    if (at == messages.end()) break;
    at->annotations = std::move(one.annotations);
  }
  co_return Result<>();
}

Task<Result<>> Fetcher::load(std::vector<Message>& messages) {
  if (needs_annotations_ && !messages.empty()) CO_TRY_VOID(co_await load_annotations(messages));
  if (needs_summary_) {
    std::vector<model::ContentId> ids;
    for (const auto& m : messages) ids.emplace_back(m.row.content);
    auto ask = s_.account->summaries(std::move(ids));
    CO_TRY(auto summaries, co_await std::move(ask));
    for (std::size_t i = 0; i < messages.size(); ++i) {
      if (summaries[i])
        messages[i].summary = *std::move(summaries[i]);
      else if (!failed_)
        failed_ = summaries[i].error();
    }
  }
  std::vector<model::ContentId> ids;
  std::vector<std::size_t> where;
  for (std::size_t i = 0; i < messages.size(); ++i)
    if (messages[i].loaded) {
      ids.emplace_back(messages[i].row.content);
      where.push_back(i);
    }
  if (ids.empty()) co_return Result<>();
  auto ask = s_.account->read_many(std::move(ids));
  CO_TRY(auto texts, co_await std::move(ask));
  for (std::size_t n = 0; n < where.size(); ++n) {
    auto& m = messages[where[n]];
    m.loaded = texts[n].has_value();
    if (m.loaded)
      m.octets = *std::move(texts[n]);
    else if (!failed_)
      failed_ = texts[n].error();
  }
  co_return Result<>();
}

bool Fetcher::print_begin(const Message& m) {
  if (needs_summary_ && !m.summary) return false;  // failed_ tells
  if (needs_octets_ && !m.loaded && m.row.size <= k_whole_bytes) return false;
  const auto seq = s_.selected->view.seq_of(s_.selected->rows(), Uid(m.row.uid));
  if (!seq) return false;
  if (asks_flags_ || m.seen_now) s_.announce_new_keywords();
  s_.print_fetch(seq->value, m.row.uid);
  // RFC 9051 §6.4.9; RFC 7162 §3.2.4: also where \Seen was set by the way.
  if (!s_.uidonly && !asks_uid_ && (command_.uid || (m.seen_now && s_.condstore)))
    append(s_.connection.out(), "UID ", m.row.uid, ' ');
  return true;
}

void Fetcher::print_end(const Message& m) {
  auto& out = s_.connection.out();
  if (m.seen_now && !asks_flags_) {
    out += " FLAGS ";
    s_.print_flag_list(m.row);
  }
  if (!asks_modseq_ && (command_.changed_since || (m.seen_now && s_.condstore)))  // RFC 7162 §3.1.4.1
    append(out, " MODSEQ (", m.row.modseq, ')');
  out += ")\r\n";
}

void Fetcher::print_plain(const Message& m) {
  if (!print_begin(m)) return;
  for (const auto& item : command_.items) {
    if (&item != &command_.items.front()) s_.connection.out() += ' ';
    print_plain_item(m, item);
  }
  print_end(m);
}

Task<void> Fetcher::print(const Message& m) {
  auto& out = s_.connection.out();
  const auto start = out.size();
  flushed_ = false;
  if (!print_begin(m)) co_return;
  bool any = false;
  for (const auto& item : command_.items) {
    const auto before = out.size();
    if (any) out += ' ';
    const auto begin = out.size();
    auto one = print_item(m, item);
    const auto printed = co_await std::move(one);
    if (printed) {
      // RFC 5257 §5: there is no ANNOTATION without an entry.
      if (item.attr == FetchAttr::annotation && out.size() == begin)
        out.resize(before);
      else
        any = true;
      continue;
    }
    // A cut literal cannot be mended; a message not yet begun can be left out.
    if (flushed_) throw net::ConnectionOver("content lost within FETCH");
    out.resize(start);
    if (!failed_) failed_ = printed.error();
    co_return;
  }
  if (!any) {
    if (out.back() == '(' && !command_.changed_since) {  // nothing is to be told of it
      out.resize(start);
      co_return;
    }
    if (out.back() == ' ') out.pop_back();  // behind its UID
  }
  print_end(m);
}

void Fetcher::print_plain_item(const Message& m, const FetchItem& item) {
  auto p = s_.printer();
  switch (item.attr) {
    case FetchAttr::uid:
      p.raw("UID ").number(m.row.uid);
      break;
    case FetchAttr::flags:
      p.raw("FLAGS ");
      s_.print_flag_list(m.row);
      break;
    case FetchAttr::internaldate:
      p.raw("INTERNALDATE ").date(m.row.internal_date, m.row.internal_zone);
      break;
    case FetchAttr::rfc822_size:
      p.raw("RFC822.SIZE ").number(m.row.size);
      break;
    case FetchAttr::modseq:
      p.raw("MODSEQ (").number(m.row.modseq).raw(')');
      break;
    case FetchAttr::savedate:  // RFC 8514 §4.1
      p.raw("SAVEDATE ").date(m.row.save_date, 0);
      break;
    case FetchAttr::threadid:
      p.raw("THREADID (").raw(thread_id(*m.summary)).raw(')');  // RFC 8474 §5.2
      break;
    case FetchAttr::envelope:
      p.raw("ENVELOPE ");
      print_envelope(p, m.summary->message.envelope);
      break;
    case FetchAttr::bodystructure:
    case FetchAttr::body_structure_short:
      p.raw(item_name(item)).space();
      print_structure(p, m.summary->message, item.attr == FetchAttr::bodystructure);
      break;
    case FetchAttr::preview:
      p.raw("PREVIEW ").string(m.summary->preview);
      break;
    default:
      std::unreachable();  // print_item() has them
  }
}

Task<Result<>> Fetcher::print_item(const Message& m, const FetchItem& item) {
  switch (item.attr) {
    case FetchAttr::emailid: {  // RFC 8474 §5.1
      auto ask = s_.account->email_id(model::ContentId(m.row.content));
      CO_TRY(const auto id, co_await std::move(ask));
      s_.printer().raw("EMAILID (").raw(id).raw(')');
      co_return Result<>();
    }
    case FetchAttr::annotation:
      print_annotations(s_.printer(), item, m.annotations);
      co_return Result<>();
    case FetchAttr::binary:
    case FetchAttr::binary_size: {
      auto binary = print_binary(m, item);
      co_return co_await std::move(binary);
    }
    case FetchAttr::body:
    case FetchAttr::rfc822:
    case FetchAttr::rfc822_header:
    case FetchAttr::rfc822_text: {
      auto body = print_body(m, item);
      co_return co_await std::move(body);
    }
    default:
      print_plain_item(m, item);
      co_return Result<>();
  }
}

Task<Result<>> Fetcher::print_body(const Message& m, const FetchItem& item) {
  s_.printer().raw(item_name(item)).space();
  const auto range = is_whole(item) ? std::optional(mime::Range{0, m.row.size})
                                    : body_range(m.summary->message, m.row.size, item.section);
  if (!range) {
    s_.printer().raw("NIL");
    co_return Result<>();
  }
  const bool named = item.section.text == Section::Text::header_fields;
  if (named || item.section.text == Section::Text::header_fields_not) {
    CO_TRY(const auto header, co_await octets(m, range->begin, range->size()));
    const auto fields = header_fields(header, item.section.fields, !named);
    const auto part = cut({0, fields.size()}, item.partial);
    s_.printer().literal(std::string_view(fields).substr(part.begin, part.size()));
    co_return Result<>();
  }
  const auto part = cut(*range, item.partial);
  auto print = print_octets(m, part.begin, part.size());
  co_return co_await std::move(print);
}

Task<Result<>> Fetcher::print_binary(const Message& m, const FetchItem& item) {
  const bool size_only = item.attr == FetchAttr::binary_size;
  s_.printer().raw(item_name(item)).space();
  const auto part = binary_part(m.summary->message, m.row.size, item.section);
  if (!part) {
    s_.printer().raw(size_only ? "0" : "NIL");
    co_return Result<>();
  }
  if (!known_encoding(part->encoding)) {  // RFC 3516 §4.3
    unknown_encoding_ = true;
    co_return fail(Errc::unsupported, "Unknown transfer encoding");
  }
  CO_TRY(const auto raw, co_await octets(m, part->range.begin, part->range.size()));
  const auto decoded = part->encoding.empty() ? raw : mime::decode_transfer(raw, part->encoding);
  if (size_only) {
    s_.printer().number(decoded.size());
    co_return Result<>();
  }
  const auto range = cut({0, decoded.size()}, item.partial);
  const auto bytes = std::string_view(decoded).substr(range.begin, range.size());
  s_.printer().literal(bytes, bytes.find('\0') != std::string_view::npos);  // RFC 9051 §4.3: NUL only in literal8
  co_return Result<>();
}

Task<Result<>> Fetcher::print_octets(const Message& m, std::uint64_t begin, std::uint64_t size) {
  if (m.loaded) {
    if (begin + size > m.octets.size()) co_return fail(Errc::corrupt, "message shorter than its row says");
    s_.printer().literal(std::string_view(m.octets).substr(begin, size));
    co_return Result<>();
  }
  const auto end = begin + size;
  bool first = true;
  do {
    CO_TRY(const auto piece, co_await octets(m, begin, std::min<std::uint64_t>(k_whole_bytes, end - begin)));
    if (first) s_.printer().literal_header(size);
    first = false;
    s_.connection.write(piece);
    begin += piece.size();
    if (begin < end) {
      flushed_ = true;
      co_await s_.connection.flush();
    }
  } while (begin < end);
  co_return Result<>();
}

Task<Result<std::string>> Fetcher::octets(const Message& m, std::uint64_t begin, std::uint64_t size) {
  if (m.loaded) {
    if (begin + size > m.octets.size()) co_return fail(Errc::corrupt, "message shorter than its row says");
    co_return m.octets.substr(begin, size);
  }
  auto read = s_.account->read(model::ContentId(m.row.content), begin, size);
  CO_TRY(auto bytes, co_await std::move(read));
  if (bytes.size() != size) co_return fail(Errc::corrupt, "message shorter than its row says");
  co_return bytes;
}

}  // namespace mailstead::imap
